import type { Command } from "@/lib/commands/command";
import { commandSchema } from "@/lib/commands/command-schema";
import type { FailureCode } from "@/lib/failures";
import { readJson, tryJson } from "@/lib/json";
import { mayHave } from "@/lib/machine-size";
import type { AppContext } from "@/server/context";
import type { MentionRow } from "@/server/db/mention-store";
import { GitHubError, type GitHubRepository } from "@/server/github/port";
import { withRepository } from "@/server/repositories/github-access";
import { refusalOf } from "@/server/repositories/refusal";
import { loadRunSettings } from "@/server/settings/run-settings";
import { countStart } from "@/server/tasks/daily-cap";
import { planTask } from "@/server/tasks/plan";
import { refusalReply, unreadableReply } from "@/server/commands/replies";
import { SET_ASIDE_AFTER, isUnreadable, tellOperators } from "@/server/tasks/unreadable";
import { answerCommand, type ContextFile } from "./answer-command";
import { askFirst } from "./ask-first";
import { replyContext } from "./say";
import { isSelected, mayCommand } from "./policy";

/**
 * Admission: a pending mention ends in exactly one recorded outcome (rulings 1): a task, an answer, a refusal
 * with its code, or ignored with its reason. Returns the task that was made. Safe to run twice: every end is
 * guarded by the mention still being pending. Throws `GitHubError` when GitHub must be asked again later.
 */
export async function admit(context: AppContext, mention: MentionRow): Promise<string | null> {
  const settle = (patch: Parameters<typeof context.db.mentions.settle>[1]) =>
    context.db.mentions.settle(mention.id, { settledAt: context.clock.now().toISOString(), ...patch });
  const installationId = mention.installationId ?? (await findInstallation(context, mention));
  if (installationId === null) {
    await settle({ status: "ignored", outcome: "no_installation", reaction: "none" });
    return null;
  }
  const asked = await askGitHub(context, { installationId, mention });
  if ("lost" in asked) {
    // Nobody knows whether this person may command: silence on GitHub; their own page and the operator's list say it.
    await settle({ status: "ignored", outcome: asked.lost, reaction: "none", installationId });
    return null;
  }
  const isSamePerson = asked.userId === null || asked.userId === mention.actorId;
  if (!mayCommand(asked.permission) || !isSamePerson) {
    // Silence, no reaction (rulings 17).
    await settle({ status: "ignored", outcome: "no_write_access", reaction: "none", installationId });
    return null;
  }
  try {
    const contextFile = await readContext(context, { installationId, mention, file: asked.file });
    if ("refused" in contextFile) {
      const reply = refusalReply(contextFile.refused, replyContext(context));
      await settle({ status: "refused", outcome: contextFile.refused, reply, replyState: "owed", installationId });
      return null;
    }
    return await answerWriter(context, { mention: { ...mention, installationId }, contextFile: contextFile.read });
  } catch (error) {
    if (!isUnreadable(error) || mention.tries + 1 < SET_ASIDE_AFTER) throw error;
    await tellOperators(context, { kind: "mention", id: mention.id, error });
    await settle({
      status: "refused",
      outcome: "unreadable",
      reply: unreadableReply(),
      replyState: "owed",
      installationId,
    });
    return null;
  }
}

type Admitted = { mention: MentionRow & { installationId: number }; contextFile: ContextFile };

/** The command of somebody who may give it. */
async function answerWriter(context: AppContext, { mention, contextFile }: Admitted): Promise<string | null> {
  const settle = (patch: Parameters<typeof context.db.mentions.settle>[1]) =>
    context.db.mentions.settle(mention.id, { settledAt: context.clock.now().toISOString(), ...patch });
  const { installationId } = mention;
  const command = readJson(commandSchema, mention.command);
  const settings = await loadRunSettings(context, mention.actorId);
  if (!isSelected(settings.selectedRepositoryNames, { owner: mention.repoOwner, name: mention.repoName })) {
    const reply = refusalReply("repository_not_selected", replyContext(context));
    await settle({
      status: "refused",
      outcome: "repository_not_selected",
      reaction: "none",
      reply,
      replyState: "owed",
      installationId,
    });
    return null;
  }
  const asked =
    command.kind === "start" && !mention.isPullRequest ? await askFirst(context, { mention, command }) : null;
  if (asked !== null || command.kind !== "start" || mention.isPullRequest) {
    const answer = asked ?? (await answerCommand(context, { mention, command, contextFile }));
    await settle({
      status: "answered",
      outcome: answer.outcome,
      reply: answer.reply,
      replyState: answer.reply === null ? "none" : "owed",
      installationId,
    });
    return answer.taskId;
  }
  if (!mayHave(command.machine ?? null, settings.config.largestMachine)) {
    const reply = refusalReply("machine_too_large", replyContext(context));
    await settle({ status: "refused", outcome: "machine_too_large", reply, replyState: "owed", installationId });
    return null;
  }
  return createTask(context, { mention, command, contextFile });
}

async function findInstallation(context: AppContext, mention: MentionRow): Promise<number | null> {
  const found = await context.github.app.installationForRepository({
    owner: mention.repoOwner,
    name: mention.repoName,
  });
  return found?.id ?? null;
}

type Asking = { installationId: number; mention: MentionRow };
type Permission = Awaited<ReturnType<GitHubRepository["permissionOf"]>>;

/** Permission and AGENTS.md side by side. `lost`: why not even the permission can be asked. */
async function askGitHub(
  context: AppContext,
  input: Asking,
): Promise<(Permission & { file: PromiseSettledResult<ContextFile> }) | { lost: FailureCode }> {
  const { mention } = input;
  try {
    return await withRepository(context, accessOf(input), async (repository) => {
      const [asked, file] = await Promise.allSettled([
        repository.permissionOf(mention.actorLogin),
        wantsContext(mention) ? repository.contextFile() : null,
      ]);
      if (asked.status === "rejected") throw asked.reason;
      return { ...asked.value, file };
    });
  } catch (error) {
    return { lost: codeOfLoss(error) };
  }
}

/** The file, asked for again on its own where it failed: it may be all that is refused. */
async function readContext(
  context: AppContext,
  input: Asking & { file: PromiseSettledResult<ContextFile> },
): Promise<{ read: ContextFile } | { refused: FailureCode }> {
  if (input.file.status === "fulfilled") return { read: input.file.value };
  try {
    return { read: await withRepository(context, accessOf(input), (repository) => repository.contextFile()) };
  } catch (error) {
    return { refused: codeOfLoss(error) };
  }
}

/** Throws `error` again when GitHub may answer later. */
function codeOfLoss(error: unknown): FailureCode {
  if (error instanceof GitHubError && error.failure.kind === "lost") return refusalOf(error.failure);
  throw error;
}

const accessOf = ({ installationId, mention }: Asking) => ({
  installationId,
  repository: { id: mention.repositoryId, owner: mention.repoOwner, name: mention.repoName },
});

/** The prompt of a start or retry has the file; what cannot be read says so later, to those who may know. */
function wantsContext(mention: MentionRow): boolean {
  const kind = tryJson(commandSchema, mention.command)?.kind;
  return kind === "start" || kind === "retry";
}

type Start = Extract<Command, { kind: "start" }>;

/** One batch makes the task; what the requester still lacks is its `blockedReason` (rulings 2). */
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
      reply: refusalReply(capped, replyContext(context)),
      replyState: "owed",
      installationId: mention.installationId,
    });
    return null;
  }
  const task = await planTask(context, {
    userId: mention.actorId,
    login: mention.actorLogin,
    installationId: mention.installationId,
    repository: { id: mention.repositoryId, owner: mention.repoOwner, name: mention.repoName },
    issue: { number: mention.issueNumber, title: mention.issueTitle, body: mention.issueBody },
    agent: command.agent,
    model: command.model,
    priority: command.priority,
    base: command.base,
    machine: command.machine ?? null,
    instructions: command.instructions,
    contextFile: input.contextFile,
  });
  const made = await context.db.tasks.createFromMention({
    now: task.createdAt,
    moveId: context.ids.uuid(),
    event: { kind: "task.created", data: { agent: task.agent, model: task.model } },
    task: { ...task, id: context.ids.taskId(), mentionId: mention.id, commentId: mention.commentId },
  });
  return made.taskId;
}
