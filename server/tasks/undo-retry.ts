import type { AppContext } from "@/server/context";
import type { TaskRow } from "@/server/db/task-store";
import { move } from "./moves";
import { stopTask } from "./stop";

/** How a task ended: what a retry clears, and its undoing writes again. */
const OUTCOME = [
  "failureCode",
  "errorMessage",
  "stoppedBy",
  "infraRetries",
  "startedAt",
  "completedAt",
  "branch",
  "wipBranch",
  "headSha",
  "commits",
  "filesChanged",
  "additions",
  "deletions",
  "summary",
  "logTail",
  "lastStep",
  "steps",
  "reportedSteps",
  "costUsd",
  "inputTokens",
  "outputTokens",
] as const satisfies (keyof TaskRow)[];
type Outcome = Pick<TaskRow, (typeof OUTCOME)[number]>;
type Ended = { status: TaskRow["status"]; outcome: Outcome };

/** The end that a retry leaves, for its event. */
export const endOf = (task: TaskRow): Ended => ({
  status: task.status,
  outcome: Object.fromEntries(OUTCOME.map((key) => [key, task[key]])) as Outcome,
});

/**
 * Takes a retry back while nothing came of it: the task has ended again as it had before. Only as long as the retry is
 * its last move: once it has a slot a machine is asked for, and the way back is a stop. False: nothing was changed.
 */
export async function undoRetry(context: AppContext, task: TaskRow, by: string): Promise<boolean> {
  if (task.status !== "queued" || task.moveId === null) return false;
  const data = await context.db.tasks.eventData(task.moveId, "user.retried");
  const { ended } = (data ?? {}) as { ended?: Ended };
  if (ended === undefined) return false;
  const { outcome } = await move(context, task, {
    event: ended.status === "timed_out" ? "user.unretried_timed_out" : "user.unretried_failed",
    patch: ended.outcome,
    data: { by },
    after: task.moveId,
    moveId: `undo:${task.moveId}`,
  });
  if (outcome === "moved") await context.enqueue([{ kind: "task", id: task.id }]);
  return outcome !== "refused";
}

/** What undo of a retry means at any time: the end that it left where that can be, else a stop. */
export async function takeBackRetry(context: AppContext, task: TaskRow, by: string): Promise<void> {
  if (!(await undoRetry(context, task, by))) await stopTask(context, task, { reason: "stopped_by_user", by });
}
