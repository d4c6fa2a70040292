import { z } from "zod";
import { AGENT_IDS } from "./agents.ts";
import { FAILURE_CODES, FAILURES, fixFor, type FailureCode } from "./failures.ts";
import { fixSchema } from "./fix-schema.ts";
import { issueAuthorSchema } from "./issue-author-schema.ts";
import { setUpViewSchema } from "./set-up/view-schema.ts";
import { PULL_CHECKS, PULL_REVIEWS, PULL_STATES } from "./pull-state.ts";
import { TASK_PHASES, TASK_STATUSES } from "./task.ts";
import { waitReasonSchema } from "./wait-reason-schema.ts";

const code = z.enum(FAILURE_CODES);
const count = z.number().int().min(0);

/** What a failure, a block or a refusal means to a person, and the way out (lib/failures). */
export const explanationSchema = z.object({
  sentence: z.string(),
  fix: fixSchema.nullable(),
});

/** `Task` of the API: docs/specification.md "A task". Instants are ISO. */
export const taskViewSchema = z.object({
  id: z.string(),
  status: z.enum(TASK_STATUSES),
  repoOwner: z.string(),
  repoName: z.string(),
  issueNumber: z.number().int(),
  issueTitle: z.string(),
  issueBody: z.string(),
  /** Who wrote the issue, and what they were in the repository when the run was asked for. */
  issueAuthor: issueAuthorSchema.optional(),
  agent: z.enum(AGENT_IDS),
  /** 1 low, 2 normal, 3 high. */
  priority: z.number().int(),
  /** 0 to 100. */
  progress: z.number().int(),
  createdBy: z.string(),
  branch: z.string().optional(),
  prUrl: z.string().optional(),
  callbackAttempts: count.optional(),
  callbackMaxAttempts: count.optional(),
  callbackLastHttpCode: z.number().int().optional(),
  createdAt: z.string(),
  startedAt: z.string().optional(),
  completedAt: z.string().optional(),
  errorMessage: z.string().optional(),

  phase: z.enum(TASK_PHASES),
  failureCode: code.optional(),
  /** Waits for its requester; starts by itself after the fix. */
  blockedReason: code.optional(),
  /** Why it waits although nothing blocks it. */
  waitReason: waitReasonSchema.optional(),
  /** Of a queued task that nothing blocks, asked for one by one: its place among its requester's, from 1. */
  queue: z
    .object({
      position: count,
      waiting: count,
      running: count,
      sentence: z.string().describe("2nd of 4: five tasks are running"),
    })
    .optional(),
  /** What runs of this repository take (the middle of the last 50), once there are ten. */
  typicalRunMs: count.optional(),
  /** Of `failureCode` or `blockedReason`. */
  explanation: explanationSchema.optional(),
  stoppedBy: z.string().optional(),
  /** Rises with every fact that GitHub is told of. */
  version: z.number().int(),
  /** Rises with every change of the view, over all tasks of its owner: an older view never replaces a newer one. */
  seq: z.number().int(),
  /** 0 before the first. */
  attempt: count,
  createdById: z.number().int(),
  parentTaskId: z.string().optional(),
  model: z.string().optional(),
  baseBranch: z.string().optional(),
  instructions: z.string(),
  /** How its machines are set up, and from which files; absent: a task of before. */
  setUp: setUpViewSchema.optional(),
  timeoutMinutes: z.number().int(),
  issueUrl: z.string(),
  branchUrl: z.string().optional(),
  prNumber: z.number().int().optional(),
  prTitle: z.string().optional(),
  /** Its pull request as GitHub had it last. */
  prState: z.enum(PULL_STATES).optional(),
  /** The worst of the checks of its newest commit; absent: there are none, or the App may not see them. */
  prChecks: z.enum(PULL_CHECKS).optional(),
  /** What its reviewers said last. */
  prReview: z.enum(PULL_REVIEWS).optional(),
  prMergedBy: z.string().optional(),
  /** When it was merged or closed. */
  prEndedAt: z.string().optional(),
  wipBranch: z.string().optional(),
  wipBranchUrl: z.string().optional(),
  summary: z.string().optional(),
  steps: count,
  lastStep: z.string().optional(),
  commits: count.optional(),
  filesChanged: count.optional(),
  additions: count.optional(),
  deletions: count.optional(),
  /** What calls of models cost, by Porter's own count; absent: nothing yet, or an agent that cannot be metered. */
  costUsd: z.number().optional(),
  /** What the task may spend, all attempts together. */
  budgetUsd: z.number().optional(),
  inputTokens: count.optional(),
  outputTokens: count.optional(),
  logTail: z.string().optional(),
  /** Its requester cannot read the repository any more: texts of it are left out. Absent while they can. */
  isOutcomeOnly: z.literal(true).optional(),
  /** Why the issue is told no more of this; absent while it is told. Of a task that is asked for by itself. */
  untold: z.string().optional(),
  updatedAt: z.string(),
});
export type TaskView = z.infer<typeof taskViewSchema>;

export type Explanation = z.infer<typeof explanationSchema>;
/** `mention`: with which this Porter's commands begin. */
export const explainFailure = (failure: FailureCode, mention: string): Explanation => {
  const { sentence } = FAILURES[failure];
  return { sentence, fix: fixFor(failure, mention) };
};
