import { isTerminal } from "@/lib/task";
import type { AppContext } from "@/server/context";
import type { TaskRow } from "@/server/db/task-store";
import type { RefusalCode } from "@/server/repositories/gate";
import { failTask } from "./moves";
import { stopTask } from "./stop";

/**
 * Nobody may work on the task's issue any more, for the reason `code`: the task ends, its machine and its token with it,
 * and what is told of it is why. By default Porter may not reach the repository. False when it had ended before.
 */
export async function endWithoutAccess(
  context: AppContext,
  task: TaskRow,
  code: RefusalCode = "access_lost",
): Promise<boolean> {
  if (code === "issue_closed" || code === "issue_missing")
    return (await stopTask(context, task, { reason: "issue_closed", by: "GitHub", via: "github" })).stopped;
  let current: TaskRow | null = task;
  // A progress report may move the row between the read and the guarded write: look again, a few times.
  for (let round = 0; round < 5 && current !== null && !isTerminal(current.status); round++) {
    const result = await failTask(context, current, { code, message: null });
    if (result.outcome === "moved") {
      await context.enqueue([{ kind: "task", id: task.id }]);
      return true;
    }
    current = await context.db.tasks.get(task.id);
  }
  return false;
}
