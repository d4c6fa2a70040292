import { AGENTS, DEFAULT_AGENT, type AgentId } from "@/lib/agents";
import type { IssueAuthor } from "@/lib/issue-author";
import type { MachineSize } from "@/lib/machine-size";
import { PRIORITIES, type PriorityName } from "@/lib/task";
import type { AppContext } from "@/server/context";
import type { NewTask } from "@/server/db/task-store";
import type { GitHubRepository } from "@/server/github/port";
import { type Permit, whenPermitted } from "@/server/repositories/gate";
import { buildPrompt } from "@/server/prompts/build";
import { loadRunSettings } from "@/server/settings/run-settings";
import { earlierExchanges } from "./earlier";
import { checkRequirements } from "../attempt/requirements";

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
  contextFile: Awaited<ReturnType<GitHubRepository["contextFile"]>>;
  permit: Permit;
};
export type PlannedTask = Omit<NewTask, "id" | "mentionId" | "commentId"> & { agent: AgentId; model: string | null };

/** The row of a wanted task with its frozen prompt; what the person still lacks is its `blockedReason`. */
export async function planTask(context: AppContext, wanted: WantedTask): Promise<PlannedTask> {
  const { userId, repository, issue, instructions } = wanted;
  const settings = await loadRunSettings(context, userId);
  const agent = wanted.agent ?? DEFAULT_AGENT;
  const defaults = settings.agent(agent);
  const model = wanted.model ?? defaults.defaultModel ?? AGENTS[agent].defaultModel;
  const [requirements, earlier] = await Promise.all([
    checkRequirements(context, { userId, agent, model }),
    earlierExchanges(context, { repositoryId: repository.id, issueNumber: issue.number }),
  ]);
  const { prompt, omissions } = buildPrompt({
    issueTitle: issue.title,
    issueBody: issue.body,
    issueNumber: issue.number,
    issueAuthor: issue.author,
    instructions,
    earlier,
    repositoryContext: wanted.contextFile,
    repositoryFullName: `${repository.owner}/${repository.name}`,
    nonce: context.ids.secret(12),
  });
  const now = context.clock.now().toISOString();
  const { taskTimeout, maxRetries, pollInterval } = settings.config.settings;
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
    machine: wanted.machine,
    askedBudgetUsd: wanted.budget,
    priority: PRIORITIES[wanted.priority ?? defaults.priority],
    promptOmissions: JSON.stringify(omissions),
    timeoutMinutes: taskTimeout,
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
