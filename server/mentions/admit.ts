import type { ParsedMention } from "@/lib/commands/command";
import type { AppContext } from "@/server/context";
import type { MentionRow } from "@/server/db/mention-store";
import { GitHubError, type GitHubRepository } from "@/server/github/port";
import { withRepository } from "@/server/repositories/github-access";
import { loadRunSettings } from "@/server/settings/run-settings";
import { planTask } from "@/server/tasks/plan";
import { refusalReply, unreadableReply } from "@/server/commands/replies";
import { SET_ASIDE_AFTER, isUnreadable, tellOperators } from "@/server/tasks/unreadable";
import { answerCommand, replyContext, type ContextFile } from "./answer-command";
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
  if (asked === "lost") {
    await settle({ status: "ignored", outcome: "access_lost", reaction: "none" });
    return null;
  }
  const isSamePerson = asked.userId === null || asked.userId === mention.actorId;
  if (!mayCommand(asked.permission) || !isSamePerson) {
    // Silence, no reaction (rulings 17).
    await settle({ status: "ignored", outcome: "no_write_access", reaction: "none", installationId });
    return null;
  }
  try {
    return await answerWriter(context, { mention: { ...mention, installationId }, contextFile: asked.contextFile });
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
  const command = JSON.parse(mention.command) as ParsedMention;
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
  if (command.kind !== "start" || mention.isPullRequest) {
    const answer = await answerCommand(context, { mention, command, contextFile });
    await settle({
      status: "answered",
      outcome: answer.outcome,
      reply: answer.reply,
      replyState: answer.reply === null ? "none" : "owed",
      installationId,
    });
    return answer.taskId;
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

/** Permission and AGENTS.md side by side (rulings 31). */
async function askGitHub(
  context: AppContext,
  input: { installationId: number; mention: MentionRow },
): Promise<
  | {
      permission: Awaited<ReturnType<GitHubRepository["permissionOf"]>>["permission"];
      userId: number | null;
      contextFile: ContextFile;
    }
  | "lost"
> {
  const { mention } = input;
  const access = {
    installationId: input.installationId,
    repository: { id: mention.repositoryId, owner: mention.repoOwner, name: mention.repoName },
  };
  try {
    return await withRepository(context, access, async (repository) => {
      const [asked, contextFile] = await Promise.all([
        repository.permissionOf(mention.actorLogin),
        wantsContext(mention) ? repository.contextFile() : null,
      ]);
      return { ...asked, contextFile };
    });
  } catch (error) {
    if (error instanceof GitHubError && error.failure.kind === "lost") return "lost";
    throw error;
  }
}

/** The prompt of a start or retry has the file; what cannot be read says so later, to those who may know. */
const wantsContext = (mention: MentionRow): boolean => /"kind":"(?:start|retry)"/.test(mention.command);

type Start = Extract<ParsedMention, { kind: "start" }>;

/** One batch makes the task; what the requester still lacks is its `blockedReason` (rulings 2). */
async function createTask(context: AppContext, input: Admitted & { command: Start }): Promise<string | null> {
  const { mention, command } = input;
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
