import { AGENT_IDS } from "@/lib/agents";
import { FAILURE_CODES, type FailureCode } from "@/lib/failures";
import { TASK_PHASES, TASK_STATUSES } from "@/lib/task";
import type { TaskChangeView, TaskRowView } from "@/lib/live";
import { explain, type TaskView } from "@/lib/task-view";
import type { TaskRow } from "@/server/db/task-store";
import type { WatchedTask } from "@/server/db/watch-store";

type World = { GITHUB_URL: string; MENTION: string };

/** The API's `Task` of a row. `world`: GitHub's web origin for links, and what commands begin with. Never the prompt, never bookkeeping. */
export const taskView = (row: TaskRow, world: World): TaskView => ({
  ...taskChangeView(row, world),
  issueBody: row.issueBody,
  instructions: row.instructions,
});

/** `Task` without its long texts, for lists that move. */
export function taskRowView(row: WatchedTask, world: World): TaskRowView {
  const { summary: _summary, logTail: _tail, ...view } = taskChangeView(row, world);
  return view;
}

/**
 * False for a row with words of another version (an older Worker on newer rows), or nobody's: it hides itself and no
 * other row of its list.
 */
export const isReadable = (row: Pick<WatchedTask, "status" | "phase" | "agent">): boolean =>
  TASK_STATUSES.includes(row.status) && TASK_PHASES.includes(row.phase) && AGENT_IDS.includes(row.agent);

/** A code that this version does not know is still a failure. */
const known = (code: FailureCode | null): FailureCode | null =>
  code === null || FAILURE_CODES.includes(code) ? code : "internal";

/** What can change of a `Task`. */
export function taskChangeView(row: WatchedTask, world: World): TaskChangeView {
  const repository = `${world.GITHUB_URL}/${row.repoOwner}/${row.repoName}`;
  const reason = known(row.failureCode ?? row.blockedReason);
  return said({
    ...required(row),
    ...optional(row),
    explanation: reason === null ? undefined : explain(reason, world.MENTION),
    issueUrl: `${repository}/issues/${row.issueNumber}`,
    branchUrl: branchUrl(repository, row.headSha === null ? null : row.branch),
    wipBranchUrl: branchUrl(repository, row.wipBranch),
  });
}

/** Without the fields that have nothing to say: React's format, unlike JSON, writes each of them into the page. */
const said = <Fields extends object>(fields: Fields): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Fields;

const branchUrl = (repository: string, branch: string | null) =>
  branch === null ? undefined : `${repository}/tree/${branch.split("/").map(encodeURIComponent).join("/")}`;

const required = (row: WatchedTask) => ({
  id: row.id,
  status: row.status,
  repoOwner: row.repoOwner,
  repoName: row.repoName,
  issueNumber: row.issueNumber,
  issueTitle: row.issueTitle,
  agent: row.agent,
  priority: row.priority,
  progress: row.progress,
  createdBy: row.createdBy,
  createdAt: row.createdAt,
  phase: row.phase,
  version: row.version,
  seq: row.changeSeq,
  attempt: row.attempt,
  createdById: row.userId,
  timeoutMinutes: row.timeoutMinutes,
  steps: row.steps,
  updatedAt: row.updatedAt,
});

/** The spec's optional fields are absent, not null, when there is nothing to say. */
const optional = (row: WatchedTask) => ({
  branch: row.branch ?? undefined,
  prUrl: row.prUrl ?? undefined,
  callbackAttempts: row.callbackAttempts ?? undefined,
  callbackMaxAttempts: row.callbackMaxAttempts ?? undefined,
  callbackLastHttpCode: row.callbackLastHttpCode ?? undefined,
  startedAt: row.startedAt ?? undefined,
  completedAt: row.completedAt ?? undefined,
  errorMessage: row.errorMessage ?? undefined,
  failureCode: known(row.failureCode) ?? undefined,
  blockedReason: known(row.blockedReason) ?? undefined,
  waitReason: row.status === "queued" || row.phase === "starting" ? (row.waitReason ?? undefined) : undefined,
  stoppedBy: row.stoppedBy ?? undefined,
  parentTaskId: row.parentTaskId ?? undefined,
  model: row.model ?? undefined,
  baseBranch: row.baseBranch ?? undefined,
  prNumber: row.prNumber ?? undefined,
  prTitle: row.prTitle ?? undefined,
  wipBranch: row.wipBranch ?? undefined,
  summary: row.summary ?? undefined,
  lastStep: row.lastStep ?? undefined,
  commits: row.commits ?? undefined,
  filesChanged: row.filesChanged ?? undefined,
  additions: row.additions ?? undefined,
  deletions: row.deletions ?? undefined,
  costUsd: row.costUsd ?? undefined,
  inputTokens: row.inputTokens ?? undefined,
  outputTokens: row.outputTokens ?? undefined,
  logTail: row.logTail ?? undefined,
});
