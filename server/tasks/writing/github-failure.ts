import type { FailureCode } from "@/lib/failures";
import { readJson } from "@/lib/json";
import { writeProgressSchema } from "@/lib/write-progress";
import type { AppContext } from "@/server/context";
import type { ChangeSetRow } from "@/server/db/change-set-store";
import type { GitHubError } from "@/server/github/port";
import { refusalOf } from "@/server/repositories/refusal";
import { endAsFailed, type Settlement, reportLateWork } from "../settlement";
import { failTask } from "../moves";
import { obligationAfterTry, failedOf } from "../postpone-obligation";
import { keepRefusal } from "./write-set-to-branch";
import { codeOfRefusal, refusalOfPullRequest } from "./refusals";

/** So long one part of GitHub may not know what another one made. */
const LAGS_FOR_MS = 90_000;

/** Puts the applying off, or ends the task where it will not go on by itself: true. What is written is told as saved. */
export async function afterGitHubFailure(
  context: AppContext,
  settlement: Settlement,
  error: GitHubError,
): Promise<boolean> {
  const { task, attempt, outcome } = settlement;
  const { failure } = error;
  const set = await context.db.changeSets.newestWhole(task.id, attempt.attempt);
  const failed = lags(context, set, error) ? { message: error.message } : failedOf(error);
  const next = obligationAfterTry(context, settlement, { kind: "apply_completion", failed });
  const isFinal = next.gaveUpReason !== null;
  const { kind, message } = failure;
  context.log.warn("completion.github_failed", { taskId: task.id, kind, message, isFinal });
  if (!isFinal) {
    await context.db.obligations.put(next);
    return false;
  }
  const savedBranch = task.prNumber === null ? await branchWithWork(context, settlement, set) : null;
  const refusal =
    savedBranch === null
      ? ({ kind: "github", message: message.slice(0, 500) } as const)
      : refusalOfPullRequest(failure);
  if (set !== null) await keepRefusal(context, set, refusal);
  const general = refusalOf(failure);
  // GitHub has no better word for it than which request it was.
  const code: FailureCode = general === "github_refused" ? codeOfRefusal(refusal) : general;
  const came = { ...outcome, savedBranch, commits: set?.commits ?? null, filesChanged: set?.files ?? null };
  if (task.status !== "running") await reportLateWork(context, task, { attempt, outcome: came });
  // How the run itself ended says more than that what it left could not be saved.
  else if (settlement.completion.outcome === "partial" && code !== "access_lost")
    await endAsFailed(context, settlement, came);
  else await failTask(context, task, { code, message: null, said: message, outcome: came });
  return true;
}

/** Written by Porter, or pushed by the hand that ran the machine. */
async function branchWithWork(context: AppContext, { attempt }: Settlement, set: ChangeSetRow | null) {
  if (set !== null) return set.writtenHead === null ? null : set.writtenBranch;
  return (await context.db.attempts.get(attempt.taskId, attempt.attempt))?.savedBranch ?? null;
}

function lags(context: AppContext, set: ChangeSetRow | null, { failure }: GitHubError): boolean {
  if (failure.kind !== "invalid" || failure.mayLag !== true || set === null || set.writeProgress === null) return false;
  const { shownAt } = readJson(writeProgressSchema, set.writeProgress);
  return shownAt !== null && context.clock.now().getTime() - Date.parse(shownAt) < LAGS_FOR_MS;
}
