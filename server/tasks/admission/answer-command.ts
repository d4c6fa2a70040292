import { toFilesText } from "@/lib/context-files";
import { AGENTS } from "@/lib/agents";
import type { Command } from "@/lib/commands/command";
import { mayHave } from "@/lib/machine-size";
import { PRIORITIES, TASK_STATUSES } from "@/lib/task";
import * as replies from "@/server/replies/replies";
import type { AppContext } from "@/server/context";
import type { MentionRow } from "@/server/db/mention-store";
import type { TaskRow } from "@/server/db/task-store";
import type { RunFiles } from "@/server/github/port";
import { buildPrompt } from "@/server/prompts/build";
import { readAuthor } from "@/server/tasks/read/view";
import { saidFor, type ThreadAnswer } from "@/server/repositories/discussion";
import type { Permit } from "@/server/repositories/gate";
import { loadRunSettings } from "@/server/settings/run-settings";
import { mayRun, capSentence, countStart } from "../verbs/start-limits";
import { earlierExchanges } from "@/server/tasks/verbs/earlier";
import { tryCreditAgain } from "@/server/tasks/attempt/refused-secret";
import { retryAsNewTask, retryTask } from "@/server/tasks/verbs/retry";
import { stopTask } from "@/server/tasks/stop";
import { runUrl } from "@/server/tasks/urls";
import { hasUnpublishedWork } from "@/server/tasks/read/work";
import type { BeforeARun } from "@/server/repositories/before-a-run";
import { answerTalk } from "./ask-first";
import { taskMention, replyContext, answerWith, type MentionAnswer } from "./mention-answer";
import { openSetUp } from "./open-set-up";
import { withTexts } from "../texts/texts";

type Stop = Extract<Command, { kind: "stop" }>;
type Retry = Extract<Command, { kind: "retry" }>;

/** Everything that is no start: verbs, mistakes, and commands on pull requests. */
export async function answerCommand(
  context: AppContext,
  input: {
    mention: MentionRow & { installationId: number };
    command: Command;
    files: RunFiles | null;
    said: ThreadAnswer | null;
    before: BeforeARun;
    permit: Permit;
  },
): Promise<MentionAnswer> {
  const { mention, command } = input;
  const words = replyContext(context);
  if (mention.isPullRequest) return answerWith("on_pull_request", replies.pullRequestReply(words));
  switch (command.kind) {
    case "start":
    case "help":
      return answerWith("help", replies.helpReply(words));
    case "setup": {
      const { unmet } = input.before;
      if (unmet.length > 0) return answerWith("branch_rules", replies.rulesReply(unmet, words));
      return openSetUp(context, input);
    }
    case "mistake":
      return answerWith(command.code, replies.mistakeReply(command));
    case "talk":
      if (command.about !== "progress") return answerTalk(context, { mention, command });
      return answerWith("status", replies.statusReply(await statusLines(context, mention), words));
    case "status":
      return answerWith("status", replies.statusReply(await statusLines(context, mention), words));
    case "stop":
      return stop(context, mention, command);
    case "retry":
      return retry(context, { ...input, command });
  }
}

async function statusLines(context: AppContext, mention: MentionRow): Promise<replies.TaskLine[]> {
  const tasks = await ofIssue(context, mention);
  return tasks.map((task) => ({
    ...taskMention(context, task),
    status: task.status,
    failureCode: task.failureCode,
    blockedReason: task.blockedReason,
    phase: task.phase,
    requester: task.createdBy,
  }));
}

const ofIssue = (context: AppContext, mention: MentionRow) =>
  context.db.tasks.ofIssue(mention.repositoryId, mention.issueNumber, TASK_STATUSES);

/**
 * Any writer may stop; without an id, every open task of the issue that was there when the comment was written. A task
 * that this very command stopped before it could say so counts as well.
 */
async function stop(context: AppContext, mention: MentionRow, command: Stop): Promise<MentionAnswer> {
  const { taskId, agent } = command;
  const moveOf = (task: TaskRow) => `stop:${mention.id}:${task.id}`;
  const recent = await ofIssue(context, mention);
  const moved = new Set((await context.db.tasks.movedBy(recent.map(moveOf))).map((move) => move.taskId));
  const stopped = recent.filter(({ id }) => moved.has(id));
  const isMeant = (task: TaskRow) =>
    !moved.has(task.id) &&
    (taskId === null ? task.createdAt <= mention.createdAt : task.id === taskId) &&
    (agent === null || task.agent === agent);
  // Page by page: an issue may have more open tasks than one read answers.
  const { repositoryId, issueNumber } = mention;
  for (let isMore = true; isMore;) {
    isMore = false;
    for (const task of (await context.db.githubLocations.open({ repositoryId, issueNumber })).filter(isMeant)) {
      const who = { by: mention.actorLogin, byId: mention.actorId, via: "comment" } as const;
      const input = { reason: "stopped_by_user" as const, ...who, moveId: moveOf(task) };
      const result = await stopTask(context, task, input);
      if (!result.stopped) continue;
      stopped.push(result.task);
      isMore = true;
    }
  }
  if (stopped.length === 0) return answerWith("nothing_to_stop", replies.nothingToStopReply(taskId));
  // Each task's own comment says that it was stopped, and in the end what was saved: a second message could only guess.
  return { outcome: "stopped", reply: null, taskId: stopped[0]?.id ?? null };
}

/** Without an id: the newest task of the issue that failed or timed out. A retry spends the retrier's keys. */
async function retry(context: AppContext, input: RetryInput): Promise<MentionAnswer> {
  const { mention, command } = input;
  const all = await ofIssue(context, mention);
  const moveId = `retry:${mention.id}`;
  // A retry that this very command made before it could say so is not made again, nor another one.
  const [moved] = await context.db.tasks.movedBy([moveId]);
  const before = all.find((candidate) => candidate.id === moved?.taskId);
  if (before !== undefined)
    return answerWith("retried", replies.retriedReply(taskMention(context, before), before.attempt + 1), before.id);
  const candidates = command.taskId === null ? all : all.filter((task) => task.id === command.taskId);
  for (const waiting of candidates.filter((one) => one.userId === mention.actorId && asksTheSame(one, command)))
    if (await tryCreditAgain(context, waiting))
      return answerWith("retried", replies.creditTriedReply(taskMention(context, waiting)), waiting.id);
  const task =
    candidates.find((candidate) => candidate.status === "failed" || candidate.status === "timed_out") ?? candidates[0];
  if (task === undefined) return answerWith("nothing_to_retry", replies.nothingToRetryReply(command.taskId));
  if (task.status === "success")
    return answerWith("already_succeeded", replies.alreadySucceededReply(taskMention(context, task)));
  if (task.status === "queued" || task.status === "running")
    return answerWith("still_running", replies.stillRunningReply(taskMention(context, task)), task.id);
  if (command.taskId === null && asksTheSame(task, command) && (await hasUnpublishedWork(context, task)))
    return answerWith("work_is_kept", replies.workIsKeptReply(taskMention(context, task), replyContext(context)));
  const machine = command.machine ?? null;
  const settings = await loadRunSettings(context, mention.actorId);
  if (!mayRun(command.agent ?? task.agent, settings))
    return answerWith("agent_unmetered", replies.refusalReply("agent_unmetered", replyContext(context)));
  const { largestMachine } = settings.config;
  if (!mayHave(machine, largestMachine))
    return answerWith("machine_too_large", replies.refusalReply("machine_too_large", replyContext(context)));
  const { unmet } = input.before;
  if (unmet.length > 0) return answerWith("branch_rules", replies.rulesReply(unmet, replyContext(context)));
  const capped = await countStart(context, {
    id: moveId,
    userId: mention.actorId,
    repositoryId: mention.repositoryId,
  });
  if (capped !== null) return answerWith(capped, capSentence(context, capped));
  const isOwn = task.userId === mention.actorId;
  if (isOwn && asksTheSame(task, command)) {
    await retryTask(context, task, {
      by: mention.actorLogin,
      via: "comment",
      moveId,
      permit: input.permit,
      before: input.before,
    });
    return answerWith("retried", replies.retriedReply(taskMention(context, task), task.attempt + 1), task.id);
  }
  const fresh = await retryForMention(context, { ...input, task });
  const reply = isOwn
    ? replies.newTaskForRetryReply(fresh, taskMention(context, task))
    : replies.retriedForYouReply(fresh, { ...taskMention(context, task), requester: task.createdBy });
  return answerWith("retried_as_new_task", reply, fresh.id);
}

type RetryInput = {
  mention: MentionRow;
  command: Retry;
  files: RunFiles | null;
  said: ThreadAnswer | null;
  before: BeforeARun;
  permit: Permit;
};

/** The old task's frozen texts with the new instructions. */
const promptFor = async (context: AppContext, { task, command, files, said }: RetryInput & { task: TaskRow }) => {
  const [earlier, discussion] = await Promise.all([earlierExchanges(context, task), saidFor(context, task, said)]);
  return buildPrompt({
    earlier,
    ...discussion,
    commentId: said?.end.commentId ?? null,
    issueTitle: task.issueTitle,
    issueBody: task.issueBody,
    issueNumber: task.issueNumber,
    issueAuthor: readAuthor(task.issueAuthor),
    instructions: command.instructions,
    repositoryContext: files?.contextFile ?? null,
    repositoryFullName: `${task.repoOwner}/${task.repoName}`,
    nonce: context.ids.secret(12),
  });
};

const asksTheSame = (task: TaskRow, command: Retry): boolean =>
  (command.agent === null || command.agent === task.agent) &&
  (command.model === null || command.model === task.model) &&
  (command.base === null || command.base === task.baseBranch) &&
  (command.machine == null || command.machine === task.machine) &&
  (command.budget == null || command.budget === task.askedBudgetUsd) &&
  (command.priority === null || PRIORITIES[command.priority] === task.priority) &&
  command.instructions === "";

async function retryForMention(
  context: AppContext,
  input: RetryInput & { task: TaskRow },
): Promise<replies.TaskMention> {
  const { mention, command } = input;
  const task = await withTexts(context, input.task);
  const agent = command.agent ?? task.agent;
  const isOther = command.instructions !== "";
  const built = isOther ? await promptFor(context, { ...input, task }) : null;
  const id = await retryAsNewTask(context, task, {
    userId: mention.actorId,
    login: mention.actorLogin,
    permit: input.permit,
    before: input.before,
    agent,
    model: command.model ?? (agent === task.agent ? task.model : AGENTS[agent].defaultModel),
    prompt: built?.prompt ?? task.prompt,
    promptOmissions: built === null ? task.promptOmissions : JSON.stringify(built.omissions),
    contextFiles: built === null ? task.contextFiles : toFilesText(built.files),
    instructions: isOther ? command.instructions : task.instructions,
    baseBranch: command.base ?? task.baseBranch,
    machine: command.machine ?? task.machine,
    askedBudgetUsd: command.budget ?? task.askedBudgetUsd,
    priority: command.priority === null ? task.priority : PRIORITIES[command.priority],
    mentionId: mention.id,
    commentId: mention.commentId,
  });
  return { id, agent, runUrl: runUrl(context, id) };
}
