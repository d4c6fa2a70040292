import { z } from "zod";

/** Why a path is not in a change set although the agent changed it. */
export const holdReasonSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("unreadable") }),
  z.object({ kind: z.literal("not_a_file"), what: z.enum(["pipe", "socket", "device"]) }),
  z.object({ kind: z.literal("too_large"), bytes: z.number().int().min(0) }),
  z.object({ kind: z.literal("lfs") }),
  z.object({ kind: z.literal("filter"), name: z.string().max(100) }),
  z.object({ kind: z.literal("env_file") }),
  z.object({ kind: z.literal("private_key") }),
  z.object({ kind: z.literal("artefacts"), files: z.number().int().min(1) }),
  z.object({ kind: z.literal("leftover") }),
  z.object({ kind: z.literal("link_to_repository") }),
  z.object({ kind: z.literal("own_secret") }),
  z.object({ kind: z.literal("name") }),
  z.object({ kind: z.literal("workflow") }),
  z.object({ kind: z.literal("refused_by_git") }),
  z.object({ kind: z.literal("unseen") }),
  z.object({ kind: z.literal("asked") }),
]);
export type HoldReason = z.infer<typeof holdReasonSchema>;

/** A folder's path ends in `/`. */
export const heldBackSchema = z.object({ path: z.string().max(4096), reason: holdReasonSchema });
export type HeldBack = z.infer<typeof heldBackSchema>;

/** The largest file of a change set: one request of GitHub's takes about 30 MB, and a Worker has 128 MB of memory. */
export const LARGEST_FILE_BYTES = 20 * 1024 ** 2;
