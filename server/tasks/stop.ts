import type { Via } from "@/lib/audit";
import { isTerminal } from "@/lib/task";
import type { AppContext } from "@/server/context";
import type { TaskRow } from "@/server/db/task-store";
import { moveTask } from "./moves";

export type StopReason = "stopped_by_user" | "issue_closed";

/**
 * Stops a task at once in the rows; the machine follows. Idempotent: a task that has ended stays as
 * it ended. Returns what is true afterwards. `by`: login, for the comment; `byId`: whose it is, by what `via` says.
 * `moveId`: of a command that is done once, however often it is looked at.
 */
export async function stopTask(
  context: AppContext,
  task: TaskRow,
  input: { reason: StopReason; by: string; byId?: number; via?: Via; moveId?: string },
): Promise<{ stopped: boolean; task: TaskRow }> {
  let current = task;
  // A progress report or a slot may move the row between the read and the guarded write: look again, a few times.
  for (let round = 0; round < 5 && !isTerminal(current.status); round++) {
    const result = await moveTask(context, current, {
      event: "user.stopped",
      patch: { failureCode: input.reason, errorMessage: null, stoppedBy: input.by },
      data: { reason: input.reason, by: input.by, byId: input.byId ?? null, via: input.via ?? "automatic" },
      ...(input.moveId === undefined ? {} : { moveId: input.moveId }),
    });
    const fresh = await context.db.tasks.get(task.id);
    if (fresh === null) break;
    current = fresh;
    if (result.outcome === "moved") {
      await context.enqueue([{ kind: "task", id: task.id }]);
      return { stopped: true, task: current };
    }
  }
  return { stopped: false, task: current };
}
