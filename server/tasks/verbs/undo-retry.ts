import { z } from "zod";
import type { AppContext } from "@/server/context";
import type { TaskRow } from "@/server/db/task-store";
import { problemOfGate } from "@/server/repositories/gate-problem";
import { moveTask } from "../moves";
import { passGate } from "../pass-gate";
import { stopTask } from "../stop";

/** The run that a retry leaves: how it ended, and where the task pointed. */
const endedRunSchema = z.object({
  status: z.enum(["failed", "timed_out"]),
  branch: z.string().nullable(),
  earlierAttempts: z.number().int(),
});
const retriedSchema = z.object({ ended: endedRunSchema });

/** For the event of a retry: what its undoing points back at. */
export const endedRun = ({ status, branch, earlierAttempts }: TaskRow) => ({ status, branch, earlierAttempts });

/**
 * Takes a retry back while nothing came of it: the task has ended again as it had before, and points at what came of the
 * attempt that it left. Only as long as the retry is
 * its last move: once it has a slot a machine is asked for, and the way back is a stop. False: nothing was changed.
 */
export async function undoRetry(context: AppContext, task: TaskRow, by: string): Promise<boolean> {
  if (task.status !== "queued" || task.moveId === null) return false;
  const retried = retriedSchema.safeParse(await context.db.tasks.eventData(task.moveId, "user.retried"));
  if (!retried.success) return false;
  const { status, ...pointer } = retried.data.ended;
  const { outcome } = await moveTask(context, task, {
    event: status === "timed_out" ? "user.unretried_timed_out" : "user.unretried_failed",
    patch: pointer,
    data: { by, byId: task.userId, via: context.via },
    after: task.moveId,
    moveId: `undo:${task.moveId}`,
  });
  if (outcome === "moved") await context.enqueue([{ kind: "task", id: task.id }]);
  return outcome !== "refused";
}

/**
 * What undo of a retry means at any time: the end that it left where that can be, else a stop. It starts nothing, so it
 * is done also while GitHub does not say whether its owner may still command there. Throws `AppError`.
 */
export async function takeBackRetry(context: AppContext, task: TaskRow, by: string): Promise<void> {
  const passage = await passGate(context, task, { door: "undo" });
  if (passage.is === "ended") throw problemOfGate({ is: "refused", code: passage.code, mayKnow: "reason" });
  if (!(await undoRetry(context, task, by)))
    await stopTask(context, task, { reason: "stopped_by_user", by, byId: task.userId, via: context.via });
}
