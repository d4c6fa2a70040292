import type { WorkRefusal } from "@/lib/work-refusal";
import type { AppContext } from "@/server/context";
import type { ChangeSetRow } from "@/server/db/change-set-store";
import { BrokenSet } from "../change-set/open-change-set";
import { obligationAfterTry, type DueObligation } from "../postpone-obligation";
import { type SetWritten, writeSet } from "./write-set";

/** `later`: the next invocation goes on with it. */
export type BranchWrite =
  | Extract<SetWritten, { is: "written" }>
  | { is: "refused"; refusal: WorkRefusal }
  | { is: "later" };

/** Writes a set to its branch as far as this invocation may, and keeps why it is not there. */
export async function writeSetToBranch(
  context: AppContext,
  duty: DueObligation,
  { set, branch }: { set: ChangeSetRow; branch: string },
): Promise<BranchWrite> {
  const { task, attempt } = duty;
  const written = await writeSet(context, { task, attempt, set, branch }).catch((error: unknown): SetWritten => {
    if (!(error instanceof BrokenSet)) throw error;
    context.log.warn("write.broken_set", { taskId: task.id, attempt: attempt.attempt, message: error.message });
    return { is: "refused", refusal: { kind: "broken" } };
  });
  if (written.is === "refused") await keepRefusal(context, set, written.refusal);
  if (written.is !== "paused") return written;
  await pauseFor(context, duty, written.waitMs);
  return { is: "later" };
}

/** The next invocation goes on; that costs no try. Always false: it is not done. */
export async function pauseFor(context: AppContext, duty: DueObligation, waitMs: number): Promise<false> {
  const failed = { message: "more is to be written", waitMs, isFree: true };
  await context.db.obligations.put(obligationAfterTry(context, duty, { kind: "apply_completion", failed }));
  return false;
}

export const keepRefusal = (context: AppContext, set: ChangeSetRow, refusal: WorkRefusal): Promise<void> =>
  context.db.changeSets.update(set, { refusal: JSON.stringify(refusal) });
