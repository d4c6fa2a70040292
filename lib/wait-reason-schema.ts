import { z } from "zod";
import { parseJson } from "./json.ts";
import { LOSS_CODES } from "./losses.ts";
import type { WaitReason } from "./wait-reason.ts";

const text = z.string().nullable();

/** A reason to wait in answers and rows; apart from lib/wait-reason.ts, which pages take to the browser. */
export const waitReasonSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("fly_full"), region: text, next: text }),
  z.object({ kind: z.literal("fly_silent") }),
  z.object({ kind: z.literal("github_silent") }),
  z.object({ kind: z.literal("machine_lost"), code: z.enum(LOSS_CODES) }),
  z.object({ kind: z.literal("model_gone") }),
  z.object({ kind: z.literal("older"), sentence: text }),
]) satisfies z.ZodType<WaitReason>;

export const writeWaitReason = (reason: WaitReason): string => JSON.stringify(reason);

/** Of a task's row. Never throws: a reason that cannot be read stops no task. */
export function readWaitReason(column: string | null): WaitReason | null {
  if (column === null) return null;
  const json = parseJson(column);
  if (json === undefined) return { kind: "older", sentence: column };
  return waitReasonSchema.safeParse(json).data ?? { kind: "older", sentence: null };
}
