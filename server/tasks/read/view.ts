import { AGENT_IDS } from "@/lib/agents";
import { FAILURE_CODES, type FailureCode } from "@/lib/failures";
import { PULL_CHECKS, PULL_REVIEWS, PULL_STATES } from "@/lib/pull-state";
import { TASK_PHASES, TASK_STATUSES } from "@/lib/task";
import type { TaskChangeView, TaskRowView } from "@/lib/live";
import type { IssueAuthor } from "@/lib/issue-author";
import { issueAuthorSchema } from "@/lib/issue-author-schema";
import { tryJson } from "@/lib/json";
import { inOneLine } from "@/lib/markdown/in-one-line";
import { OUTCOME_FIELDS, type OutcomeField } from "@/lib/outcome";
import { explainFailure, type TaskView } from "@/lib/task-view";
import type { TaskRow } from "@/server/db/task-store";
import { setUpView } from "../set-up";
import type { ShortTaskRow } from "@/server/db/task-row";
import { readWaitReason } from "@/lib/wait-reason-schema";

type World = { GITHUB_URL: string; MENTION: string };

/** The API's `Task` of a row. `world`: GitHub's web origin for links, and what commands begin with. Never the prompt, never bookkeeping. */
export const taskView = (row: TaskRow, world: World): TaskView => ({
  ...taskChangeView(row, world),
  issueBody: row.issueBody,
  ...(row.issueAuthor === null ? {} : { issueAuthor: readAuthor(row.issueAuthor) }),
  instructions: row.instructions,
  ...(row.setUp === null ? {} : { setUp: setUpView(row) }),
});

/** Who wrote a task's issue. */
export const readAuthor = (stored: string | null): IssueAuthor =>
  (stored === null ? undefined : tryJson(issueAuthorSchema, stored)) ?? { login: null, role: "unknown" };

/** `Task` without its long texts, for lists that move: a question, which is Markdown, as one line of words. */
export function taskRowView(row: ShortTaskRow, world: World): TaskRowView {
  const { summary: _summary, logTail: _tail, ...view } = taskChangeView(row, world);
  const { failureCode, errorMessage } = view;
  return failureCode === "agent_asks" && errorMessage !== undefined
    ? { ...view, errorMessage: inOneLine(errorMessage) }
    : view;
}

/**
 * False for a row with words of another version (an older Worker on newer rows), or nobody's: it hides itself and no
 * other row of its list.
 */
export const isReadable = (row: Pick<ShortTaskRow, "status" | "phase" | "agent">): boolean =>
  TASK_STATUSES.includes(row.status) && TASK_PHASES.includes(row.phase) && AGENT_IDS.includes(row.agent);

/** A code that this version does not know is still a failure. */
const knownCode = (code: FailureCode | null): FailureCode | null =>
  code === null || FAILURE_CODES.includes(code) ? code : "internal";

/** What can change of a `Task`. */
export function taskChangeView(row: ShortTaskRow, world: World): TaskChangeView {
  const repository = `${world.GITHUB_URL}/${row.repoOwner}/${row.repoName}`;
  const reason = knownCode(row.failureCode ?? row.blockedReason);
  return said({
    ...required(row),
    ...optional(row),
    ...outcome(row),
    explanation: reason === null ? undefined : explainFailure(reason, world.MENTION),
    issueUrl: `${repository}/issues/${row.issueNumber}`,
    branchUrl: branchUrl(repository, row.headSha === null ? null : row.branch),
    wipBranchUrl: branchUrl(repository, row.savedBranch),
  });
}

/** Without the fields that have nothing to say: React's format, unlike JSON, writes each of them into the page. */
const said = <Fields extends object>(fields: Fields): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Fields;

const branchUrl = (repository: string, branch: string | null) =>
  branch === null ? undefined : `${repository}/tree/${branch.split("/").map(encodeURIComponent).join("/")}`;

const required = (row: ShortTaskRow) => ({
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
  updatedAt: row.updatedAt,
});

/** Optional fields are absent, not null, when there is nothing to say. */
const optional = (row: ShortTaskRow) => ({
  branch: row.branch ?? undefined,
  prUrl: row.prUrl ?? undefined,
  startedAt: row.startedAt ?? undefined,
  completedAt: row.completedAt ?? undefined,
  errorMessage: row.errorMessage ?? undefined,
  failureCode: knownCode(row.failureCode) ?? undefined,
  blockedReason: knownCode(row.blockedReason) ?? undefined,
  waitReason:
    row.status === "queued" || row.phase === "starting" ? (readWaitReason(row.waitReason) ?? undefined) : undefined,
  stoppedBy: row.stoppedBy ?? undefined,
  parentTaskId: row.parentTaskId ?? undefined,
  model: row.model ?? undefined,
  baseBranch: row.baseBranch ?? undefined,
  prNumber: row.prNumber ?? undefined,
  prTitle: row.prTitle ?? undefined,
  ...(row.prNumber === null ? {} : pullFacts(row)),
});

const pullFacts = (row: ShortTaskRow) => ({
  prState: known(row.prState, PULL_STATES),
  prChecks: known(row.prChecks, PULL_CHECKS),
  prReview: known(row.prReview, PULL_REVIEWS),
  prMergedBy: row.prMergedBy ?? undefined,
  prEndedAt: row.prEndedAt ?? undefined,
});
/** A word that this version does not know says nothing. */
const known = <Word extends string>(word: Word | null, words: readonly Word[]): Word | undefined =>
  words.find((one) => one === word);

/** Under which name a view tells each part of the outcome; null: not by itself. */
const OUTCOME_NAMES = {
  savedBranch: "wipBranch",
  // `branchUrl` is there with it.
  headSha: null,
  commits: "commits",
  filesChanged: "filesChanged",
  additions: "additions",
  deletions: "deletions",
  summary: "summary",
  logTail: "logTail",
  steps: "steps",
  lastStep: "lastStep",
  costUsd: "costUsd",
  budgetUsd: "budgetUsd",
  inputTokens: "inputTokens",
  outputTokens: "outputTokens",
  callbackAttempts: "callbackAttempts",
  callbackMaxAttempts: "callbackMaxAttempts",
  callbackLastHttpCode: "callbackLastHttpCode",
} as const satisfies Record<OutcomeField, keyof TaskView | null>;
type OutcomeName = Exclude<(typeof OUTCOME_NAMES)[OutcomeField], null>;

const outcome = (row: ShortTaskRow) =>
  Object.fromEntries(
    OUTCOME_FIELDS.flatMap((field) => {
      const name = OUTCOME_NAMES[field];
      return name === null ? [] : [[name, row[field] ?? undefined]];
    }),
  ) as Pick<TaskView, OutcomeName>;
