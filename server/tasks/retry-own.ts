import { AGENTS } from "@/lib/agents";
import { isTerminal } from "@/lib/task";
import type { RetryRequest } from "@/lib/task-request";
import type { AppContext } from "@/server/context";
import type { TaskRow } from "@/server/db/task-store";
import { AppError } from "@/server/errors";
import { GitHubError } from "@/server/github/port";
import { problemOfGitHub } from "@/server/identity/user-token";
import { mayCommand } from "@/server/mentions/policy";
import { buildPrompt } from "@/server/prompts/build";
import { withRepository } from "@/server/repositories/github-access";
import { requireStart } from "./daily-cap";
import { derivedTaskId } from "./derived-id";
import { earlierExchanges } from "./earlier";
import { requireMachine } from "./machine-allowed";
import { retryAsNewTask, retryTask } from "./retry";
import { advice } from "@/lib/fix";

/** Children of one task with the same wish that were started one after the other. */
const MAX_CHILDREN = 20;

/**
 * The owner's retry from page or API; answers the id of the task that runs now. The same wish again: the same task,
 * started once however often it is sent. Another agent, model or other instructions: one new task (rulings 5).
 */
export async function retryOwnTask(context: AppContext, task: TaskRow, request: RetryRequest): Promise<string> {
  const agent = request.agent ?? task.agent;
  const model = request.model ?? (agent === task.agent ? task.model : AGENTS[agent].defaultModel);
  const instructions = request.instructions ?? task.instructions;
  const whose = { userId: task.userId, repositoryId: task.repositoryId };
  const machine = request.machine ?? task.machine;
  const isSame =
    agent === task.agent && model === task.model && machine === task.machine && instructions === task.instructions;
  const isSeen = request.version === undefined || request.version === task.version;
  if (isSame) {
    if (!isSeen) return task.id;
    // A double click is one start: the attempt is still the one that ended.
    if (isRetryable(task)) await requireStart(context, { ...whose, id: `retry:${task.id}:${task.attempt}` });
    await retryTask(context, task, { by: task.createdBy });
    return task.id;
  }
  const known = await childOf(context, task, {
    agent,
    model,
    machine,
    instructions,
    key: request.idempotencyKey ?? null,
  });
  if (known.exists) return known.id;
  if (!isTerminal(task.status))
    throw new AppError("conflict", "This task has not ended.", { fix: advice("Stop it first, or wait for its end.") });
  if (task.status === "success")
    throw new AppError("conflict", "This task succeeded; there is nothing to retry.", {
      fix: advice("Comment a new command to ask for more."),
    });
  if (!isSeen) throw new AppError("conflict", "This task has moved on.", { fix: advice("Look at it again.") });
  await requireMachine(context, task.userId, request.machine ?? null);
  await requireStart(context, { ...whose, id: `task:${known.id}` });
  const built = instructions === task.instructions ? null : await promptWith(context, task, instructions);
  return retryAsNewTask(context, task, {
    id: known.id,
    userId: task.userId,
    login: task.createdBy,
    agent,
    model,
    machine,
    prompt: built?.prompt ?? task.prompt,
    promptOmissions: built === null ? task.promptOmissions : JSON.stringify(built.omissions),
    instructions,
    mentionId: null,
    commentId: null,
  });
}

const isRetryable = ({ status }: TaskRow): boolean => isTerminal(status) && status !== "success";

type Wish = { agent: string; model: string | null; machine: string | null; instructions: string; key: string | null };

/** A double click finds the first click's task; a wish that was tried and has ended is a new one. */
async function childOf(context: AppContext, task: TaskRow, wish: Wish): Promise<{ id: string; exists: boolean }> {
  const { agent, model, machine, instructions, key } = wish;
  for (let turn = 0; turn < MAX_CHILDREN; turn++) {
    const id = await derivedTaskId("retry", task.id, agent, model, machine, instructions, key, turn);
    const child = await context.db.tasks.get(id);
    if (child === null) return { id, exists: false };
    if (key !== null || !isTerminal(child.status)) return { id, exists: true };
  }
  throw new AppError("rate_limited", "This was retried very often.", { fix: advice("Comment a new command instead.") });
}

/** The old task's frozen texts with the new instructions; the person must still be allowed to write there. */
async function promptWith(context: AppContext, task: TaskRow, instructions: string) {
  const access = {
    installationId: task.installationId,
    repository: { id: task.repositoryId, owner: task.repoOwner, name: task.repoName },
  };
  try {
    const [asked, contextFile] = await withRepository(context, access, (repository) =>
      Promise.all([repository.permissionOf(task.createdBy), repository.contextFile()]),
    );
    if (!mayCommand(asked.permission) || (asked.userId !== null && asked.userId !== task.userId))
      throw new AppError("forbidden", "Only people who can write to this repository can start work in it.");
    return buildPrompt({
      earlier: await earlierExchanges(context, task),
      issueTitle: task.issueTitle,
      issueBody: task.issueBody,
      issueNumber: task.issueNumber,
      instructions,
      repositoryContext: contextFile,
      repositoryFullName: `${task.repoOwner}/${task.repoName}`,
      nonce: context.ids.secret(12),
    });
  } catch (error) {
    throw error instanceof GitHubError ? problemOfGitHub(error) : error;
  }
}
