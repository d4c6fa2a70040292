import { toFilesText } from "@/lib/context-files";
import { AGENTS } from "@/lib/agents";
import { isTerminal } from "@/lib/task";
import type { RetryRequest } from "@/lib/task-request";
import type { AppContext } from "@/server/context";
import type { TaskRow } from "@/server/db/task-store";
import { AppError } from "@/server/errors";
import { GitHubError, type RunFiles } from "@/server/github/port";
import { problemOfGitHub } from "@/server/identity/user-token";
import { buildPrompt } from "@/server/prompts/build";
import { askSaid, saidFor, type ThreadAnswer } from "@/server/repositories/discussion";
import { accessTo } from "@/server/repositories/access";
import { askBeforeARun, NOTHING_BEFORE, requireRules } from "@/server/repositories/before-a-run";
import { askGate, type Door } from "@/server/repositories/gate";
import { problemOfGate } from "@/server/repositories/gate-problem";
import { requireAgent, requireStart, requireMachine } from "./start-limits";
import { derivedTaskId } from "./derived-id";
import { earlierExchanges } from "./earlier";
import { tryCreditAgain } from "../attempt/refused-secret";
import { requireFailed, retryAsNewTask, retryTask } from "./retry";
import { readAuthor } from "../read/view";
import { withTexts } from "../texts/texts";
import { adviceFix } from "@/lib/fix";

/** Children of one task with the same wish that were started one after the other. */
const MAX_CHILDREN = 20;

/**
 * The owner's retry from page or API; answers the id of the task that runs now. The same wish again: the same task,
 * started once however often it is sent. Another agent, model or other instructions: one new task.
 */
export async function retryOwnTask(context: AppContext, task: TaskRow, request: RetryRequest): Promise<string> {
  const agent = request.agent ?? task.agent;
  const model = request.model ?? (agent === task.agent ? task.model : AGENTS[agent].defaultModel);
  const instructions = request.instructions ?? task.instructions;
  const whose = { userId: task.userId, repositoryId: task.repositoryId };
  const machine = request.machine ?? task.machine;
  const budget = request.budget ?? task.askedBudgetUsd;
  const isSame =
    agent === task.agent &&
    model === task.model &&
    machine === task.machine &&
    budget === task.askedBudgetUsd &&
    instructions === task.instructions;
  const isSeen = request.version === undefined || request.version === task.version;
  if (isSame) {
    if (!isSeen || (await tryCreditAgain(context, task)) || isOpen(task)) return task.id;
    requireFailed(task);
    await requireAgent(context, task.userId, agent);
    const { permit, login, before } = await enter(context, task, "retry");
    // A double click is one start: the attempt is still the one that ended.
    await requireStart(context, { ...whose, id: `retry:${task.id}:${task.attempt}` });
    await retryTask(context, task, { by: login, permit, before });
    return task.id;
  }
  const known = await childOf(context, task, {
    agent,
    model,
    machine,
    budget,
    instructions,
    key: request.idempotencyKey ?? null,
  });
  if (known.exists) return known.id;
  if (isOpen(task))
    throw new AppError("conflict", "This task has not ended.", {
      fix: adviceFix("Stop it first, or wait for its end."),
    });
  requireFailed(task);
  if (!isSeen) throw new AppError("conflict", "This task has moved on.", { fix: adviceFix("Look at it again.") });
  await requireAgent(context, task.userId, agent);
  await requireMachine(context, task.userId, request.machine ?? null);
  const isOther = instructions !== task.instructions;
  const door = isOther ? "retry_with_other_words" : "retry_with_another_agent";
  const { permit, login, before, files, said } = await enter(context, task, door);
  await requireStart(context, { ...whose, id: `task:${known.id}` });
  const old = await withTexts(context, task);
  const built = isOther ? await promptWith(context, old, { instructions, files, said }) : null;
  return retryAsNewTask(context, old, {
    id: known.id,
    userId: task.userId,
    login,
    permit,
    before,
    agent,
    model,
    machine,
    askedBudgetUsd: budget,
    prompt: built?.prompt ?? old.prompt,
    promptOmissions: built === null ? old.promptOmissions : JSON.stringify(built.omissions),
    contextFiles: built === null ? old.contextFiles : toFilesText(built.files),
    instructions,
    mentionId: null,
    commentId: null,
  });
}

const isOpen = ({ status }: TaskRow): boolean => !isTerminal(status);

type Wish = {
  agent: string;
  model: string | null;
  machine: string | null;
  budget: number | null;
  instructions: string;
  key: string | null;
};

/** A double click finds the first click's task; a wish that was tried and has ended is a new one. */
async function childOf(context: AppContext, task: TaskRow, wish: Wish): Promise<{ id: string; exists: boolean }> {
  const { agent, model, machine, budget, instructions, key } = wish;
  for (let turn = 0; turn < MAX_CHILDREN; turn++) {
    const id = await derivedTaskId("retry", task.id, agent, model, machine, budget, instructions, key, turn);
    const child = await context.db.tasks.get(id);
    if (child === null) return { id, exists: false };
    if (key !== null || !isTerminal(child.status)) return { id, exists: true };
  }
  throw new AppError("rate_limited", "This was retried very often.", {
    fix: adviceFix("Comment a new command instead."),
  });
}

/** Whether its owner may still start work there, and what a new prompt needs of the repository. Throws `AppError`. */
async function enter(context: AppContext, task: TaskRow, door: Door) {
  const question = {
    door,
    access: accessTo(task),
    person: { userId: task.userId, login: task.createdBy },
    issueNumber: task.issueNumber,
  };
  const isOther = door === "retry_with_other_words";
  const end = { commentId: null, at: context.clock.now().toISOString() };
  const { repositoryId, userId, createdBy } = task;
  const answer = await askGate(context, question, (repository) =>
    Promise.all([
      isOther ? repository.runFiles(task.baseBranch) : null,
      isOther ? askSaid(context, repository, { issueNumber: task.issueNumber, end }) : null,
      askBeforeARun(context, repository, { repositoryId, userId, login: createdBy }),
    ]),
  );
  if (answer.is !== "granted") throw problemOfGate(answer);
  const { permit, login, more } = answer;
  if (more.status === "rejected") throw more.reason instanceof GitHubError ? problemOfGitHub(more.reason) : more.reason;
  const [files, said, before] = more.value ?? [null, null, NOTHING_BEFORE];
  requireRules(before);
  return { permit, login, files, said, before };
}

/** The old task's frozen texts with the new instructions. */
const promptWith = async (
  context: AppContext,
  task: TaskRow,
  input: { instructions: string; files: RunFiles | null; said: ThreadAnswer | null },
) => {
  const [earlier, discussion] = await Promise.all([
    earlierExchanges(context, task),
    saidFor(context, task, input.said),
  ]);
  return buildPrompt({
    earlier,
    ...discussion,
    issueTitle: task.issueTitle,
    issueBody: task.issueBody,
    issueNumber: task.issueNumber,
    issueAuthor: readAuthor(task.issueAuthor),
    instructions: input.instructions,
    repositoryContext: input.files?.contextFile ?? null,
    repositoryFullName: `${task.repoOwner}/${task.repoName}`,
    nonce: context.ids.secret(12),
  });
};
