import type { AppContext } from "@/server/context";
import type { ChangeSetRow } from "@/server/db/change-set-store";
import type { OutcomePatch, TaskRow } from "@/server/db/task-store";
import { moveTask } from "../moves";
import { openedPull } from "../pull/opened-pull";
import { type Settlement, reportLateWork } from "../settlement";
import { figuresOf } from "./figures";
import { mayWrite } from "./may-write";
import { keepRefusal, pauseFor, writeSetToBranch } from "./write-set-to-branch";
import { openPullRequest } from "./pull-request";
import { pushHeldPaths } from "./push-held-paths";
import { progressOf } from "./write-set";

/**
 * Somebody clicked: writes what is not written, pushes the held-back paths that they want too, and opens the pull
 * request where there is none. No run is needed for any of it. False: it goes on later.
 */
export async function publishAsked(context: AppContext, settlement: Settlement, set: ChangeSetRow): Promise<boolean> {
  const { task, attempt, outcome } = settlement;
  const placed = (await mayWrite(context, task))
    ? await writeSetToBranch(context, settlement, { set, branch: attempt.branch })
    : null;
  if (placed === null || placed.is === "refused") return tell(context, settlement, { set, outcome });
  if (placed.is === "later") return false;
  const progress = progressOf(placed.set, placed.branch);
  const asked = progress.more?.paths ?? progress.asked?.paths ?? [];
  const pushed = asked.length === 0 ? null : await pushHeldPaths(context, { task, attempt, set: placed.set, progress });
  if (pushed?.is === "paused") return pauseFor(context, settlement, pushed.waitMs);
  if (pushed?.is === "refused") await keepRefusal(context, set, pushed.refusal);
  const now = (await context.db.changeSets.get(set)) ?? placed.set;
  if (task.prNumber === null) return open(context, settlement, now);
  const figures = await figuresOf(context, task, { set: now, pull: task.prNumber, head: now.writtenHead ?? "" });
  return tell(context, settlement, { set: now, outcome: { ...outcome, ...figures } });
}

async function open(context: AppContext, settlement: Settlement, set: ChangeSetRow): Promise<boolean> {
  const { task, attempt, completion, outcome } = settlement;
  const pull = await openPullRequest(context, { task, attempt, branch: set.writtenBranch ?? "", completion, set });
  const head = set.writtenHead ?? pull.headSha;
  const figures = await figuresOf(context, task, { set, pull: pull.number, head });
  await forget(context, set);
  await moveTask(context, task, {
    event: "user.published",
    patch: openedPull(pull, { head, now: context.clock.now() }),
    outcome: { ...outcome, ...figures, savedBranch: null },
    data: { prNumber: pull.number, prUrl: pull.url },
  });
  return true;
}

async function tell(
  context: AppContext,
  { task, attempt }: { task: TaskRow; attempt: Settlement["attempt"] },
  { set, outcome }: { set: ChangeSetRow; outcome: OutcomePatch },
): Promise<boolean> {
  await forget(context, set);
  const savedBranch = task.prNumber === null && set.writtenHead !== null ? set.writtenBranch : null;
  await reportLateWork(context, task, { attempt, outcome: { ...outcome, savedBranch } });
  return true;
}

/** It is done, or cannot be done: whoever wants it clicks again. */
async function forget(context: AppContext, key: ChangeSetRow): Promise<void> {
  const set = await context.db.changeSets.get(key);
  if (set === null || set.writeProgress === null) return;
  const progress = { ...progressOf(set, ""), asked: null, more: null };
  await context.db.changeSets.update(set, { writeProgress: JSON.stringify(progress) });
}
