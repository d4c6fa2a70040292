import type { AppContext } from "@/server/context";
import type { TaskRow } from "@/server/db/task-store";
import { TIMES } from "../times";

/**
 * The place in line moves without any fact about the task itself: once the issue says another one, its report is owed
 * again, at most once a minute.
 */
export async function reportPosition(context: AppContext, task: TaskRow): Promise<void> {
  if (task.reportedAt === null || task.version > task.reportedVersion) return;
  if (context.clock.now().getTime() - Date.parse(task.reportedAt) < TIMES.reportEvery) return;
  const { position } = await context.db.tasks.queuePosition(task);
  if (position !== task.reportedPlace) await context.db.tasks.note(task.id, { reportedVersion: task.version - 1 });
}
