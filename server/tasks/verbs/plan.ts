import { toFilesText } from "@/lib/context-files";
import type { AgentId } from "@/lib/agents";
import type { IssueAuthor } from "@/lib/issue-author";
import type { MachineSize } from "@/lib/machine-size";
import { PRIORITIES, type PriorityName } from "@/lib/task";
import type { AppContext } from "@/server/context";
import type { RequesterRows } from "@/server/db/requester-store";
import type { NewTask } from "@/server/db/task-store";
import type { RunFiles } from "@/server/github/port";
import { saidFor, type ThreadAnswer } from "@/server/repositories/discussion";
import { type Permit, whenPermitted } from "@/server/repositories/gate";
import { buildPrompt } from "@/server/prompts/build";
import { type RunSettings, runSettingsOf } from "@/server/settings/run-settings";
import { earlierExchanges } from "./earlier";
import { judgeRequirements, type Requirements } from "../attempt/requirements";
import { type RunChoice, chooseRun, chooseOwnRun } from "./repository-wishes";

/** A task that was asked for, in a comment or in Porter. Its texts do not change from here on. */
export type WantedTask = {
  userId: number;
  login: string;
  installationId: number;
  repository: { id: number; owner: string; name: string };
  issue: { number: number; title: string; body: string; author: IssueAuthor };
  /** null: as set in the person's settings, or Porter's default. */
  agent: AgentId | null;
  model: string | null;
  priority: PriorityName | null;
  base: string | null;
  machine: MachineSize | null;
  budget: number | null;
  instructions: string;
  /** Below the issue; null: nobody asked. */
  said: ThreadAnswer | null;
  /** Of the repository; null: GitHub did not tell. */
  files: RunFiles | null;
  permit: Permit;
};
export type PlannedTask = Omit<NewTask, "id" | "mentionId" | "commentId"> & { agent: AgentId; model: string | null };

/** The row of a wanted task with its frozen prompt; what the person still lacks is its `blockedReason`. */
export async function planTask(context: AppContext, wanted: WantedTask): Promise<PlannedTask> {
  const { userId, repository, issue, instructions } = wanted;
  const requester = await context.db.requesters.of(userId);
  const settings = runSettingsOf(context, userId, requester.settings);
  const [{ choice, requirements }, earlier, discussion] = await Promise.all([
    chooseAffordable(context, wanted, { settings, requester }),
    earlierExchanges(context, { repositoryId: repository.id, issueNumber: issue.number }),
    saidFor(context, { repositoryId: repository.id, repoOwner: repository.owner }, wanted.said),
  ]);
  const { prompt, omissions, files } = buildPrompt({
    issueTitle: issue.title,
    issueBody: issue.body,
    issueNumber: issue.number,
    issueAuthor: issue.author,
    instructions,
    commentId: wanted.said?.end.commentId ?? null,
    ...discussion,
    earlier,
    repositoryContext: wanted.files?.contextFile ?? null,
    repositoryFullName: `${repository.owner}/${repository.name}`,
    nonce: context.ids.secret(12),
  });
  const now = context.clock.now().toISOString();
  const { maxRetries, pollInterval } = settings.config.settings;
  const { agent, model, setUp } = choice;
  return {
    userId,
    agent,
    model,
    instructions,
    prompt,
    maxRetries,
    createdBy: wanted.login,
    installationId: wanted.installationId,
    repositoryId: repository.id,
    repoOwner: repository.owner,
    repoName: repository.name,
    issueNumber: issue.number,
    issueTitle: issue.title,
    issueBody: issue.body,
    issueAuthor: JSON.stringify(issue.author),
    baseBranch: wanted.base,
    machine: choice.machine,
    askedBudgetUsd: choice.budget,
    setUp: JSON.stringify(setUp),
    priority: PRIORITIES[wanted.priority ?? settings.agent(agent).priority],
    promptOmissions: JSON.stringify(omissions),
    contextFiles: toFilesText(files),
    timeoutMinutes: choice.timeoutMinutes,
    pollIntervalSeconds: pollInterval,
    status: "queued",
    phase: "queued",
    progress: 0,
    blockedReason: requirements.ok ? null : requirements.blockedReason,
    attempt: 0,
    permittedAt: whenPermitted(wanted.permit, { userId, repositoryId: repository.id }),
    version: 1,
    dueAt: now,
    createdAt: now,
    updatedAt: now,
  };
}

/** What the repository wishes, unless its requester could pay only for what they have set themselves. */
async function chooseAffordable(
  context: AppContext,
  wanted: WantedTask,
  { settings, requester }: { settings: RunSettings; requester: RequesterRows },
): Promise<{ choice: RunChoice; requirements: Requirements }> {
  const { userId } = wanted;
  const files = wanted.files?.setUpFiles ?? null;
  const choice = chooseRun(files, wanted, settings);
  const requirements = await judgeRequirements(context, { userId, ...choice }, requester);
  if (requirements.ok || files === null) return { choice, requirements };
  const own = chooseOwnRun(files, wanted, settings);
  if (own.agent === choice.agent && own.model === choice.model) return { choice, requirements };
  const afford = await judgeRequirements(context, { userId, ...own }, requester);
  return afford.ok ? { choice: own, requirements: afford } : { choice, requirements };
}
