import { isTerminal } from "@/lib/task";
import type { AppContext } from "@/server/context";
import type { TaskRow } from "@/server/db/task-store";
import { fail } from "./moves";

/**
 * Porter may not reach the task's repository any more: the task ends, its machine with it, and the dashboard says
 * why, because GitHub cannot be told. False when it had ended before.
 */
export async function loseAccess(context: AppContext, task: TaskRow): Promise<boolean> {
  let current: TaskRow | null = task;
  // A progress report may move the row between the read and the guarded write: look again, a few times.
  for (let round = 0; round < 5 && current !== null && !isTerminal(current.status); round++) {
    const result = await fail(context, current, { code: "access_lost", message: null });
    if (result.outcome === "moved") {
      await context.enqueue([{ kind: "task", id: task.id }]);
      return true;
    }
    current = await context.db.tasks.get(task.id);
  }
  return false;
}
