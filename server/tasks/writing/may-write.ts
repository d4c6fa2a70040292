import type { AppContext } from "@/server/context";
import type { TaskRow } from "@/server/db/task-store";
import { accessTo } from "@/server/repositories/access";
import { askGate } from "@/server/repositories/gate";

/** Whether Porter may write for a task that is over: its requester may still command. @throws where nobody says */
export async function mayWrite(context: AppContext, task: TaskRow): Promise<boolean> {
  const gate = await askGate(context, {
    door: "pull_request",
    access: accessTo(task),
    person: { userId: task.userId, login: task.createdBy },
    issueNumber: task.issueNumber,
    permittedAt: task.permittedAt,
  });
  if (gate.is === "unknown") throw gate.error;
  return gate.is === "granted";
}
