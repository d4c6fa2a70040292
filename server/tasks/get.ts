import type { TaskView } from "@/lib/task-view";
import type { AppContext } from "@/server/context";
import type { TaskRow } from "@/server/db/task-store";
import { AppError } from "@/server/errors";
import { requireUser } from "@/server/identity/actor";
import { taskView } from "./view";

/** A task of the signed-in user. Somebody else's answers exactly like one that does not exist: `not_found`. */
export async function ownTask(context: AppContext, id: string): Promise<TaskRow> {
  const { userId } = requireUser(context.actor);
  const row = await context.db.tasks.getForUser(userId, id);
  if (row === null) throw new AppError("not_found", "There is no such task.");
  return row;
}

/** `GET /api/tasks/:id/status`. */
export const getTask = async (context: AppContext, id: string): Promise<TaskView> =>
  taskView(await ownTask(context, id), context.env.GITHUB_URL);
