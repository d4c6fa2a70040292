import { z } from "zod";
import { LARGEST_FILE_BYTES } from "./held-back.ts";

export const CHANGE_SET_LIMITS = {
  partBytes: 8 * 1024 ** 2,
  fileBytes: LARGEST_FILE_BYTES,
  totalBytes: 50 * 1024 ** 2,
  paths: 5000,
  commits: 200,
  heldBack: 500,
  lines: 50,
} as const;

const count = z.number().int().min(0);

/** Another line of work that the agent left: in the bundle, but not in the commits. */
export const otherLineSchema = z.object({
  kind: z.enum(["head", "branch", "tag", "worktree", "stash", "detached"]),
  name: z.string().max(255),
  commits: count,
  files: count,
  additions: count,
  deletions: count,
});
export type OtherLine = z.infer<typeof otherLineSchema>;

export const noteSchema = z.discriminatedUnion("kind", [
  /** The work is not what was checked out at the end. */
  z.object({ kind: z.literal("taken_from"), line: otherLineSchema }),
  z.object({ kind: z.literal("other_line"), line: otherLineSchema }),
  z.object({ kind: z.literal("unrelated_line"), name: z.string().max(255) }),
  z.object({
    kind: z.literal("in_the_middle"),
    of: z.enum(["rebase", "merge", "cherry-pick", "revert", "am", "bisect"]),
  }),
  z.object({ kind: z.literal("conflict_markers"), paths: z.array(z.string().max(4096)).max(50) }),
  /** git itself would write these paths otherwise (line endings, filters); they stay as they were. */
  z.object({ kind: z.literal("rewritten_by_git"), paths: z.array(z.string().max(4096)).max(50), count }),
  z.object({ kind: z.literal("squashed"), why: z.enum(["rewrote", "many"]), commits: count }),
  z.object({ kind: z.literal("imports_ignored"), path: z.string().max(4096), by: z.string().max(4096) }),
  z.object({ kind: z.literal("files_only") }),
]);
export type Note = z.infer<typeof noteSchema>;
