import { type CompleteRequest, completeRequestSchema } from "@/lib/agent-protocol";
import { tryJson } from "@/lib/json";
import { questionAtEnd } from "@/lib/question";
import type { AppContext } from "@/server/context";
import type { OutcomePatch } from "@/server/db/task-store";
import { GitHubError } from "@/server/github/port";
import { accessTo } from "@/server/repositories/access";
import { withRepository } from "@/server/repositories/github-access";
import { failTask } from "../moves";
import type { DueObligation } from "../postpone-obligation";
import { spentFields } from "../spending";
import { endAsFailed, type Settlement, reportLateWork } from "../settlement";
import { tryAnotherModel, waitForKey } from "../attempt/refused-secret";
import { afterGitHubFailure } from "../writing/github-failure";
import { publishHandPushed, publishSet } from "../writing/publish-set";
import { publishAsked } from "../writing/publish-asked";
import { saveSet } from "../writing/save-set";
import { progressOf } from "../writing/write-set";

/**
 * Carries the machine's last word over to the task: Porter writes what the machine handed over and opens the pull
 * request, or ends the task as it says. For a task that was stopped meanwhile only the saved work and the summary are
 * taken. Writing may take several invocations: each goes on where the last one stopped.
 */
export async function applyCompletion(context: AppContext, duty: DueObligation): Promise<void> {
  const { task, attempt } = duty;
  const completion = tryJson(completeRequestSchema, attempt.completion ?? "null");
  const applied = (): Promise<void> =>
    context.db.attempts.update(task.id, attempt.attempt, { completionAppliedAt: context.clock.now().toISOString() });
  if (completion === undefined) {
    // Of an attempt before the retry it says nothing about the run that waits now.
    if (task.status === "running")
      await failTask(context, task, { code: "internal", message: "the completion could not be read" });
    return applied();
  }
  const settlement = { ...duty, completion, outcome: saidOf(completion) };
  try {
    const isDone = await (task.status === "running" ? settle(context, settlement) : takeLateWork(context, settlement));
    if (isDone) await applied();
  } catch (error) {
    if (!(error instanceof GitHubError)) throw error;
    if (await afterGitHubFailure(context, settlement, error)) await applied();
  }
}

/** How much was changed is never the machine's word: Porter counts that itself. */
function saidOf(completion: CompleteRequest): OutcomePatch {
  return {
    summary: completion.summary ?? null,
    logTail: completion.logTail ?? null,
    ...(completion.spent ? spentFields(completion.spent) : {}),
    ...(completion.callbackAttempts === undefined ? {} : { callbackAttempts: completion.callbackAttempts }),
    ...(completion.callbackMaxAttempts === undefined ? {} : { callbackMaxAttempts: completion.callbackMaxAttempts }),
    ...(completion.callbackLastHttpCode === undefined ? {} : { callbackLastHttpCode: completion.callbackLastHttpCode }),
  };
}

/** False: it goes on later. */
async function settle(context: AppContext, settlement: Settlement): Promise<boolean> {
  const { task, completion, outcome } = settlement;
  const end = await endOf(context, settlement);
  switch (end) {
    case "changed":
      return publishSet(context, settlement);
    case "pushed_by_hand":
      return publishHandPushed(context, settlement);
    case "no_changes": {
      const question = questionAtEnd(completion.summary ?? "");
      const code = question === null ? "no_changes" : "agent_asks";
      await failTask(context, task, { code, message: question, outcome });
      return true;
    }
    case "undelivered":
      await failTask(context, task, { code: "result_undelivered", message: null, outcome });
      return true;
    case "partial":
    case "failed": {
      if ((await waitForKey(context, settlement)) || (await tryAnotherModel(context, settlement))) return true;
      const saved = end === "partial" ? await saveSet(context, settlement) : {};
      if (saved === "later") return false;
      await endAsFailed(context, settlement, { ...outcome, ...saved });
      return true;
    }
  }
}

type End = "changed" | "pushed_by_hand" | "no_changes" | "undelivered" | "partial" | "failed";

/**
 * What came of the run. Work is what was handed over and nothing else: a machine that says "changed" without it is not
 * believed, whatever is on its branch. The short callback of a run by hand says only that the machine is done; a branch
 * is the hand's who ran it.
 */
async function endOf(context: AppContext, { task, attempt, completion }: Settlement): Promise<End> {
  const { status, outcome } = completion;
  const set = await context.db.changeSets.newestWhole(task.id, attempt.attempt);
  if (outcome === "changed") return set === null ? "undelivered" : "changed";
  if (outcome !== undefined) return outcome;
  if (status === "failed" || status === "timed_out" || status === "stopped") return "failed";
  if (set !== null) return "changed";
  const access = accessTo(task, { userId: task.userId });
  const sha = await withRepository(context, access, (repository) => repository.branchSha(attempt.branch));
  return sha === null ? "no_changes" : "pushed_by_hand";
}

/** It is the attempt's, whatever became of the task; people are told where the task still shows that attempt. */
async function takeLateWork(context: AppContext, settlement: Settlement): Promise<boolean> {
  const { task, attempt, outcome } = settlement;
  const set = await context.db.changeSets.newestWhole(task.id, attempt.attempt);
  const isAsked = set !== null && progressOf(set, "").asked !== null && attempt.attempt > task.earlierAttempts;
  if (isAsked && task.status !== "queued") return publishAsked(context, settlement, set);
  const saved = await saveSet(context, settlement);
  if (saved === "later") return false;
  await reportLateWork(context, task, { attempt, outcome: { ...outcome, ...saved } });
  return true;
}
