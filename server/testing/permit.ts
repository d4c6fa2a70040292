import type { AppContext } from "@/server/context";
import type { TaskRow } from "@/server/db/task-store";
import { accessTo } from "@/server/repositories/access";
import { askGate, type Permit } from "@/server/repositories/gate";
import { createFakeGitHub } from "./fake-github";

/** A permit for the task's requester, from a GitHub that says yes: for tests of what comes behind the gate. */
export async function permitFor(context: AppContext, task: TaskRow): Promise<Permit> {
  const { github, state } = createFakeGitHub();
  state.permissions.set(task.createdBy, "write");
  state.userIds.set(task.createdBy, task.userId);
  const person = { userId: task.userId, login: task.createdBy };
  const question = { door: "retry", access: accessTo(task), person, issueNumber: task.issueNumber } as const;
  const answer = await askGate({ ...context, github }, question);
  if (answer.is !== "granted") throw new Error("the gate is shut");
  return answer.permit;
}
