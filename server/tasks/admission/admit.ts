import { z } from "zod";
import type { Command } from "@/lib/commands/command";
import { commandSchema } from "@/lib/commands/command-schema";
import { CLOSED_ISSUE } from "@/lib/closed-issue";
import type { FailureCode } from "@/lib/failures";
import { readJson, tryJson } from "@/lib/json";
import { isAnswer } from "@/lib/commands/meaning";
import type { IssueAuthor } from "@/lib/issue-author";
import { mayHave } from "@/lib/machine-size";
import type { AppContext } from "@/server/context";
import type { MentionRow } from "@/server/db/mention-store";
import { GitHubError, type RunFiles } from "@/server/github/port";
import { accessTo } from "@/server/repositories/access";
import { askBeforeARun, type BeforeARun, NOTHING_BEFORE, withBranch } from "@/server/repositories/before-a-run";
import { askSaid, type ThreadAnswer } from "@/server/repositories/discussion";
import { askAuthor, askGate, type GateAnswer, type Permit } from "@/server/repositories/gate";
import { authorWith } from "@/server/repositories/issue-author";
import { withRepository } from "@/server/repositories/github-access";
import { refusalOf } from "@/server/repositories/refusal";
import type { RunSettings } from "@/server/settings/run-settings";
import { DEFAULT_AGENT } from "@/lib/agents";
import { mayRun, capSentence, countStart } from "../verbs/start-limits";
import { planTask } from "@/server/tasks/verbs/plan";
import { refusalReply, rulesReply, unreadableReply } from "@/server/replies/replies";
import { QUARANTINE_AFTER, isUnreadable, notifyOperators } from "@/server/rows/unreadable";
import { answerCommand } from "./answer-command";
import { asAnswer, askFirst } from "./ask-first";
import { replyContext } from "./mention-answer";

/**
 * Admission: a pending mention ends in exactly one recorded outcome: a task, an answer, a refusal
 * with its code, or ignored with its reason. Returns the task that was made. Safe to run twice: every end is
 * guarded by the mention still being pending. Throws `GitHubError` when GitHub must be asked again later.
 */
export async function admitMention(context: AppContext, mention: MentionRow): Promise<string | null> {
  const settle = (patch: Parameters<typeof context.db.mentions.settle>[1]) =>
    context.db.mentions.settle(mention.id, { settledAt: context.clock.now().toISOString(), ...patch });
  const installationId = mention.installationId ?? (await findInstallation(context, mention));
  if (installationId === null) {
    await settle({ status: "ignored", outcome: "no_installation", reaction: "none" });
    return null;
  }
  try {
    const answer = await enter(context, { installationId, mention });
    if (answer.is === "unknown") throw answer.error;
    if (answer.is === "refused") {
      await settle({ ...refusedPatch(context, answer), installationId });
      return null;
    }
    const known = await readFiles(context, { installationId, mention, told: answer.more });
    if ("refused" in known) {
      const reply = refusalReply(known.refused, replyContext(context));
      await settle({ status: "refused", outcome: known.refused, reply, installationId });
      return null;
    }
    const { permit, settings, login: actorLogin, permission } = answer;
    const isOwnIssue = permission !== null && authorOf(mention)?.id === mention.actorId;
    const admitted = {
      mention: { ...mention, installationId, actorLogin },
      permit,
      settings,
      files: known.files,
      said: known.said,
      before: known.before,
      issueAuthor: isOwnIssue ? authorWith(permission, authorAsked(mention)) : known.author,
    };
    return await answerWriter(context, admitted);
  } catch (error) {
    if (!isUnreadable(error)) throw error;
    const row = await context.db.obligations.get(mention.id, "admit");
    if ((row?.tries ?? 0) + 1 < QUARANTINE_AFTER) throw error;
    await notifyOperators(context, { kind: "mention", id: mention.id, error });
    await settle({
      status: "refused",
      outcome: "unreadable",
      reply: unreadableReply(),
      installationId,
    });
    return null;
  }
}

type Admitted = {
  mention: MentionRow & { installationId: number };
  files: RunFiles | null;
  said: ThreadAnswer | null;
  before: BeforeARun;
  issueAuthor: IssueAuthor;
  permit: Permit;
  settings: RunSettings;
};

/** The command of somebody who may give it. */
async function answerWriter(context: AppContext, admitted: Admitted): Promise<string | null> {
  const { mention, settings } = admitted;
  const settle = (patch: Parameters<typeof context.db.mentions.settle>[1]) =>
    context.db.mentions.settle(mention.id, { settledAt: context.clock.now().toISOString(), ...patch });
  const { installationId } = mention;
  const said = readJson(commandSchema, mention.command);
  const command = mention.isPullRequest ? said : ((await asAnswer(context, { mention, command: said })) ?? said);
  const asked =
    command.kind === "start" && !mention.isPullRequest ? await askFirst(context, { mention, command }) : null;
  if (asked !== null || command.kind !== "start" || mention.isPullRequest) {
    const answer = asked ?? (await answerCommand(context, { ...admitted, command }));
    await settle({
      status: "answered",
      outcome: answer.outcome,
      reply: answer.reply,
      installationId,
    });
    return answer.taskId;
  }
  if (!mayRun(command.agent ?? DEFAULT_AGENT, settings)) {
    const reply = refusalReply("agent_unmetered", replyContext(context));
    await settle({ status: "refused", outcome: "agent_unmetered", reply, installationId });
    return null;
  }
  if (!mayHave(command.machine ?? null, settings.config.largestMachine)) {
    const reply = refusalReply("machine_too_large", replyContext(context));
    await settle({ status: "refused", outcome: "machine_too_large", reply, installationId });
    return null;
  }
  const { unmet } = admitted.before;
  if (unmet.length > 0) {
    const reply = rulesReply(unmet, replyContext(context));
    await settle({ status: "refused", outcome: "branch_rules", reply, installationId });
    return null;
  }
  return createTask(context, { ...admitted, command });
}

async function findInstallation(context: AppContext, mention: MentionRow): Promise<number | null> {
  const found = await context.github.app.installationForRepository({
    owner: mention.repoOwner,
    name: mention.repoName,
  });
  return found?.id ?? null;
}

type Asking = { installationId: number; mention: MentionRow };
const accessOf = ({ installationId, mention }: Asking) => accessTo({ ...mention, installationId });

/** Whether its writer may command there, with the files that a run needs. Only what asks for work needs an open issue. */
function enter(context: AppContext, asking: Asking) {
  const { mention } = asking;
  const asksForWork = wantsContext(mention);
  const isSetUp = tryJson(commandSchema, mention.command)?.kind === "setup" && !mention.isPullRequest;
  const isStop = tryJson(commandSchema, mention.command)?.kind === "stop" && !mention.isPullRequest;
  const question = {
    door: isStop ? "stop_by_comment" : "comment",
    access: accessOf(asking),
    person: { userId: mention.actorId, login: mention.actorLogin },
    issueNumber: asksForWork && !mention.isPullRequest ? mention.issueNumber : null,
  } as const;
  return askGate(context, question, async (repository) => {
    const { repositoryId, actorId: userId, actorLogin: login } = mention;
    // The answer about who commands says it as well.
    const isOwnIssue = authorOf(mention)?.id === userId;
    const [files, said, before, author] = await Promise.all([
      asksForWork || isSetUp ? repository.runFiles(baseOf(mention)) : null,
      hasOwnPrompt(mention) ? askSaid(context, repository, saidBefore(mention)) : null,
      beginsWork(mention) || isSetUp
        ? askBeforeARun(context, repository, { repositoryId, userId, login })
        : NOTHING_BEFORE,
      startsTask(mention) && !isOwnIssue ? askAuthor(context, repository, authorAsked(mention)) : nobodyKnown(mention),
    ]);
    return { files, said, before, author };
  });
}

const authorNameSchema = z.object({ id: z.number().int(), login: z.string() });
const authorOf = ({ issueAuthor }: MentionRow) =>
  issueAuthor === null ? null : (tryJson(authorNameSchema, issueAuthor) ?? null);
const authorAsked = (mention: MentionRow) => ({ author: authorOf(mention), repoOwner: mention.repoOwner });
const nobodyKnown = (mention: MentionRow): IssueAuthor => ({
  login: authorOf(mention)?.login ?? null,
  role: "unknown",
});

/** How a command ends that was not let in. Who may not command there hears nothing; neither does whom nobody knows. */
function refusedPatch(context: AppContext, answer: Extract<GateAnswer<unknown>, { is: "refused" }>) {
  const { code } = answer;
  if (answer.mayKnow !== "reason") {
    const outcome = code === "permission_lost" ? "no_write_access" : code;
    return { status: "ignored", outcome, reaction: "none" } as const;
  }
  const isShut = code === "issue_closed" || code === "issue_missing";
  const reply = isShut ? CLOSED_ISSUE : refusalReply(code, replyContext(context));
  return { status: "refused", outcome: code, reaction: "none", reply } as const;
}

type Told = { files: RunFiles | null; said: ThreadAnswer | null; before: BeforeARun; author: IssueAuthor };

/** The files, asked for again on their own where that failed: it may be all that is refused. */
async function readFiles(
  context: AppContext,
  input: Asking & { told: PromiseSettledResult<Told | null> },
): Promise<Told | { refused: FailureCode }> {
  const { told } = input;
  const author = nobodyKnown(input.mention);
  const said = hasOwnPrompt(input.mention) ? { told: null, end: saidBefore(input.mention).end } : null;
  if (told.status === "fulfilled") return told.value ?? { files: null, said, before: NOTHING_BEFORE, author };
  try {
    const base = baseOf(input.mention);
    const files = await withRepository(context, accessOf(input), (repository) => repository.runFiles(base));
    return { files, said, before: NOTHING_BEFORE, author };
  } catch (error) {
    return { refused: codeOfLoss(error) };
  }
}

/** Throws `error` again when GitHub may answer later. */
function codeOfLoss(error: unknown): FailureCode {
  if (error instanceof GitHubError && error.failure.kind === "lost") return refusalOf(error.failure);
  throw error;
}

/** The branch that the work begins from, where the command names one. */
function baseOf(mention: MentionRow): string | null {
  const command = tryJson(commandSchema, mention.command);
  return command?.kind === "start" || command?.kind === "retry" ? command.base : null;
}

/** The prompt of a start or retry has files of the repository; what cannot be read says so later, to those who may know. */
function wantsContext(mention: MentionRow): boolean {
  const command = tryJson(commandSchema, mention.command);
  // "Yes" may go on with what a run asked.
  if (command?.kind === "talk") return isAnswer(command.instructions);
  return command?.kind === "start" || command?.kind === "retry";
}

/** A pull request is no issue. */
const beginsWork = (mention: MentionRow): boolean => wantsContext(mention) && !mention.isPullRequest;

/** A retry goes on with what was known of the issue when its task was made. */
const startsTask = (mention: MentionRow): boolean =>
  beginsWork(mention) && tryJson(commandSchema, mention.command)?.kind !== "retry";

/** A retry without words of its own keeps the prompt of its task. */
function hasOwnPrompt(mention: MentionRow): boolean {
  const command = tryJson(commandSchema, mention.command);
  return beginsWork(mention) && !(command?.kind === "retry" && command.instructions === "");
}

const saidBefore = ({ issueNumber, commentId, createdAt }: MentionRow) => ({
  issueNumber,
  end: { commentId, at: createdAt },
});

type Start = Extract<Command, { kind: "start" }>;

/** One batch makes the task; what the requester still lacks is its `blockedReason`. */
async function createTask(context: AppContext, input: Admitted & { command: Start }): Promise<string | null> {
  const { mention, command } = input;
  const capped = await countStart(context, {
    id: `mention:${mention.id}`,
    userId: mention.actorId,
    repositoryId: mention.repositoryId,
  });
  if (capped !== null) {
    await context.db.mentions.settle(mention.id, {
      settledAt: context.clock.now().toISOString(),
      status: "refused",
      outcome: capped,
      reply: capSentence(context, capped),
      installationId: mention.installationId,
    });
    return null;
  }
  const task = await planTask(context, {
    userId: mention.actorId,
    login: mention.actorLogin,
    installationId: mention.installationId,
    repository: { id: mention.repositoryId, owner: mention.repoOwner, name: mention.repoName },
    issue: {
      number: mention.issueNumber,
      title: mention.issueTitle,
      body: mention.issueBody,
      author: input.issueAuthor,
    },
    agent: command.agent,
    model: command.model,
    priority: command.priority,
    base: command.base,
    machine: command.machine ?? null,
    budget: command.budget ?? null,
    instructions: command.instructions,
    files: input.files,
    said: input.said,
    permit: input.permit,
  });
  const made = await context.db.tasks.createFromMention({
    now: task.createdAt,
    moveId: context.ids.uuid(),
    event: { kind: "task.created", data: { agent: task.agent, model: task.model, via: "comment" } },
    task: {
      ...task,
      ...withBranch(context.ids.taskId(), input.before),
      mentionId: mention.id,
      commentId: mention.commentId,
    },
  });
  return made.taskId;
}
