import { completeRequestSchema } from "@/lib/agent-protocol";
import type { AppContext } from "@/server/context";
import { waitsForClick } from "@/server/repositories/settings";
import { failTask, moveTask } from "../moves";
import { openedPull } from "../pull/opened-pull";
import { passGate } from "../pass-gate";
import { type Settlement, reportLateWork } from "../settlement";
import { figuresOf } from "./figures";
import { keepRefusal, writeSetToBranch } from "./write-set-to-branch";
import { openPullRequest, type PullRequestToOpen } from "./pull-request";
import { codeOfRefusal } from "./refusals";

/** Writes what a run that ended well left, and opens its pull request. False: it goes on later. */
export async function publishSet(context: AppContext, settlement: Settlement): Promise<boolean> {
  const { attempt, outcome } = settlement;
  const passage = await enter(context, settlement);
  if (passage === null) return true;
  const { task } = passage;
  const set = await context.db.changeSets.newestWhole(task.id, attempt.attempt);
  if (set === null) throw new Error(`${task.id} has no set any more`);
  const kept = { ...outcome, commits: set.commits, filesChanged: set.files };
  if (set.writeProgress === null && (await waitsForClick(context, task))) {
    await keepRefusal(context, set, { kind: "waits_for_click" });
    await failTask(context, task, { code: "waits_for_click", message: null, outcome: kept });
    return true;
  }
  const placed = await writeSetToBranch(context, { ...settlement, task }, { set, branch: attempt.branch });
  if (placed.is === "later") return false;
  if (placed.is === "refused") {
    await failTask(context, task, { code: codeOfRefusal(placed.refusal), message: null, outcome: kept });
    return true;
  }
  await open(context, { ...settlement, task, branch: placed.branch, set: placed.set });
  return true;
}

/**
 * The short callback, of a machine that somebody ran by hand with a token of their own: a draft that says
 * that Porter has not looked at it. None of the machine's words are used.
 */
export async function publishHandPushed(context: AppContext, settlement: Settlement): Promise<boolean> {
  const passage = await enter(context, settlement);
  if (passage === null) return true;
  const { task } = passage;
  const { taskId, attempt, branch } = settlement.attempt;
  // It is there, whatever becomes of the pull request.
  await context.db.attempts.update(taskId, attempt, { savedBranch: branch });
  const completion = completeRequestSchema.parse({ taskId, status: "complete" });
  await open(context, { ...settlement, task, branch, completion, set: null });
  return true;
}

/**
 * Porter writes and opens it with a power of its own, which its requester may have lost: then nothing is written, and
 * the work stays kept. Null: the task has ended.
 */
async function enter(context: AppContext, { task, attempt, outcome }: Settlement) {
  const passage = await passGate(context, task, { door: "pull_request" });
  if (passage.is === "unknown") throw passage.error;
  if (passage.is === "granted") return passage;
  const ended = await context.db.tasks.get(task.id);
  if (ended !== null) await reportLateWork(context, ended, { attempt, outcome });
  return null;
}

/** What GitHub does not tell of it afterwards is never its end. */
async function open(context: AppContext, opening: Settlement & PullRequestToOpen): Promise<void> {
  const { task, set, outcome } = opening;
  const pull = await openPullRequest(context, opening);
  const head = set?.writtenHead ?? pull.headSha;
  const figures = await figuresOf(context, task, { set, pull: pull.number, head });
  await moveTask(context, task, {
    event: "agent.finished",
    patch: openedPull(pull, { head, now: context.clock.now() }),
    outcome: { ...outcome, ...figures, savedBranch: null },
    data: { prNumber: pull.number, prUrl: pull.url },
    endAttempt: "completed",
  });
}
