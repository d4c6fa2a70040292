import type { AppContext } from "@/server/context";
import type { ChangeSetRow } from "@/server/db/change-set-store";
import type { TaskRow } from "@/server/db/task-store";

/** Whether work in this repository is published only after somebody has looked at it. */
export async function waitsForClick(_context: AppContext, _task: TaskRow, _set: ChangeSetRow): Promise<boolean> {
  return false;
}
