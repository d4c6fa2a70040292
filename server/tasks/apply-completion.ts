import { type CompleteRequest, completeRequestSchema } from "@/lib/agent-protocol";
import type { FailureCode } from "@/lib/failures";
import { tryJson } from "@/lib/json";
import { questionAtEnd } from "@/lib/question";
import type { AppContext } from "@/server/context";
import type { AttemptRow, OutcomePatch, TaskRow } from "@/server/db/task-store";
import { GitHubError, type GitHubRepository, type PullRequest } from "@/server/github/port";
import { accessTo } from "@/server/repositories/access";
import { withRepository } from "@/server/repositories/github-access";
import { refusalOf } from "@/server/repositories/refusal";
import { askForReview } from "./ask-for-review";
import { fail, move } from "./moves";
import { passGate } from "./pass-gate";
import { pullRequestText } from "./pull-request-text";
import { afterTry, type Duty, failedOf } from "./put-off";
import { tryAnotherModel, waitForKey } from "./refused-secret";

/**
 * Carries the machine's last word over to the task: opens the pull request, or ends the task as it says. For a
 * task that was stopped meanwhile only the saved work and the summary are taken (rulings 4).
 */
export async function applyCompletion(context: AppContext, duty: Duty): Promise<void> {
  const { task, attempt } = duty;
  const completion = tryJson(completeRequestSchema, attempt.completion ?? "null");
  if (completion === undefined) {
    // Of an attempt before the retry it says nothing about the run that waits now.
    if (task.status === "running")
      await fail(context, task, { code: "internal", message: "the completion could not be read" });
    await context.db.attempts.update(task.id, attempt.attempt, {
      completionAppliedAt: context.clock.now().toISOString(),
    });
    return;
  }
  try {
    if (task.status === "running") await settle(context, { task, attempt, completion });
    else await linkLateWork(context, task, { attempt, completion });
    await context.db.attempts.update(task.id, attempt.attempt, {
      completionAppliedAt: context.clock.now().toISOString(),
    });
  } catch (error) {
    if (!(error instanceof GitHubError)) throw error;
    await afterGitHubFailure(context, { ...duty, completion, error });
  }
}

type Settlement = { task: TaskRow; attempt: AttemptRow; completion: CompleteRequest };

/** What the completion says came of the attempt. */
function facts(completion: CompleteRequest): OutcomePatch {
  return {
    commits: completion.commits,
    filesChanged: completion.filesChanged,
    additions: completion.additions,
    deletions: completion.deletions,
    headSha: completion.headSha ?? null,
    summary: completion.summary ?? null,
    logTail: completion.logTail ?? null,
    ...(completion.usage
      ? {
          costUsd: completion.usage.costUsd,
          inputTokens: completion.usage.inputTokens,
          outputTokens: completion.usage.outputTokens,
        }
      : {}),
    ...(completion.callbackAttempts === undefined ? {} : { callbackAttempts: completion.callbackAttempts }),
    ...(completion.callbackMaxAttempts === undefined ? {} : { callbackMaxAttempts: completion.callbackMaxAttempts }),
    ...(completion.callbackLastHttpCode === undefined ? {} : { callbackLastHttpCode: completion.callbackLastHttpCode }),
  };
}

async function settle(context: AppContext, settlement: Settlement): Promise<void> {
  const { task, attempt, completion } = settlement;
  const outcome = completion.outcome ?? (await guessOutcome(context, settlement));
  switch (outcome) {
    case "changed":
      return openPullRequest(context, settlement);
    case "no_changes": {
      const question = questionAtEnd(completion.summary ?? "");
      const code = question === null ? "no_changes" : "agent_asks";
      await fail(context, task, { code, message: question, outcome: facts(completion) });
      return;
    }
    case "partial":
    case "failed": {
      if ((await waitForKey(context, settlement)) || (await tryAnotherModel(context, settlement))) return;
      const done = { ...facts(completion), savedBranch: outcome === "partial" ? attempt.wipBranch : null };
      const code: FailureCode = completion.failureCode ?? "agent_failed";
      if (completion.status === "timed_out" || code === "timed_out") {
        await move(context, task, {
          event: "clock.timed_out",
          patch: { failureCode: "timed_out", errorMessage: completion.message ?? null },
          outcome: done,
          endAttempt: "timed_out",
        });
      } else await fail(context, task, { code, message: completion.message ?? null, outcome: done });
    }
  }
}

/** The spec's bare callback says only that the machine is done: the branch tells the rest (rulings 7). */
async function guessOutcome(
  context: AppContext,
  { task, attempt, completion }: Settlement,
): Promise<"changed" | "no_changes" | "failed"> {
  if (completion.status === "failed" || completion.status === "timed_out" || completion.status === "stopped")
    return "failed";
  const sha = await withRepository(context, accessOf(task), (repository) => repository.branchSha(attempt.branch));
  return sha === null ? "no_changes" : "changed";
}

async function openPullRequest(context: AppContext, settlement: Settlement): Promise<void> {
  const { attempt, completion } = settlement;
  // Porter opens it with a power of its own, which its requester may have lost. What was pushed is told as saved work.
  const passage = await passGate(context, settlement.task, { door: "pull_request" });
  if (passage.is === "unknown") throw passage.error;
  if (passage.is === "ended") {
    const ended = await context.db.tasks.get(settlement.task.id);
    if (ended !== null) await linkLateWork(context, ended, { attempt, completion });
    return;
  }
  const { task } = passage;
  const opened = await withRepository(context, accessOf(task), async (repository) => {
    // Found by its head first, so that a second call never opens a second one.
    const known = await repository.findPullRequest(attempt.branch);
    const pull = known ?? (await createFor(context, { repository, settlement }));
    const [stats] = await Promise.all([
      repository.getPullRequest(pull.number),
      askForReview(context, { repository, task, number: pull.number }),
    ]);
    return { ...pull, ...stats };
  });
  await move(context, task, {
    event: "agent.finished",
    patch: { prNumber: opened.number, prUrl: opened.url, prTitle: opened.title, prDraft: opened.draft },
    outcome: {
      ...facts(completion),
      headSha: opened.headSha,
      commits: opened.commits,
      filesChanged: opened.changedFiles,
      additions: opened.additions,
      deletions: opened.deletions,
    },
    data: { prNumber: opened.number, prUrl: opened.url },
    endAttempt: "completed",
  });
}

async function createFor(
  context: AppContext,
  input: { repository: GitHubRepository; settlement: Settlement },
): Promise<PullRequest> {
  const { task, attempt, completion } = input.settlement;
  const base = completion.base ?? task.baseBranch ?? (await input.repository.get()).defaultBranch;
  const { repository } = input;
  const text = await pullRequestText(context, { repository, task, attempt, completion, base, set: null });
  return repository.createPullRequest({ head: attempt.branch, base, ...text });
}

/** It is the attempt's, whatever became of the task; people are told where the task still shows that attempt. */
async function linkLateWork(
  context: AppContext,
  task: TaskRow,
  input: { attempt: AttemptRow; completion: CompleteRequest },
): Promise<void> {
  const { attempt, completion } = input;
  const hasWork = completion.outcome === "partial" || completion.outcome === "changed";
  const isPushed = completion.branch === attempt.branch;
  const now = context.clock.now().toISOString();
  await context.db.attempts.update(task.id, attempt.attempt, {
    ...facts(completion),
    savedBranch: !hasWork ? null : isPushed ? attempt.branch : attempt.wipBranch,
  });
  if (attempt.attempt <= task.earlierAttempts) return;
  await context.db.tasks.transition({
    id: task.id,
    attempt: attempt.attempt,
    from: [task.status],
    patch: {},
    event: { kind: "machine.said_goodbye", data: { hasWork } },
    moveId: context.ids.uuid(),
    now,
  });
}

async function afterGitHubFailure(
  context: AppContext,
  input: Duty & { completion: CompleteRequest; error: GitHubError },
): Promise<void> {
  const { task, attempt, completion, error } = input;
  const { failure } = error;
  const next = afterTry(context, input, { kind: "apply_completion", failed: failedOf(error) });
  const isFinal = next.gaveUpReason !== null;
  context.log.warn("completion.github_failed", {
    taskId: task.id,
    kind: failure.kind,
    message: failure.message,
    isFinal,
  });
  if (isFinal) {
    const refusal = refusalOf(failure);
    // What GitHub has no better word for was the pull request: the branch is pushed.
    const code: FailureCode = refusal === "github_refused" ? "pull_request_refused" : refusal;
    // The work is there: only the pull request is not.
    const outcome = { ...facts(completion), savedBranch: attempt.branch };
    await fail(context, task, { code, message: null, said: failure.message, outcome });
    await context.db.attempts.update(task.id, attempt.attempt, {
      completionAppliedAt: context.clock.now().toISOString(),
    });
    return;
  }
  await context.db.obligations.put(next);
}

const accessOf = (task: TaskRow) => accessTo(task, { userId: task.userId });
