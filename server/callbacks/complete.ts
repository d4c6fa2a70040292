import type { CompleteRequest } from "@/lib/agent-protocol";
import { readPhaseTimes } from "@/lib/phase-times";
import { withReport } from "@/lib/phases";
import type { AppContext } from "@/server/context";
import type { AttemptRow } from "@/server/db/task-store";
import type { TaskPhase } from "@/lib/task";
import { AppError } from "@/server/errors";
import { keptReport, countUnsealed } from "@/server/tasks/attempt/network";
import { redactorOf, redactTexts } from "@/server/tasks/attempt/own-secrets";
import type { CalledBack } from "./authenticate";
import { laterPhase } from "./progress";

/**
 * `POST /api/callbacks/complete`: the machine's last word, accepted once. Only what the machine owns is read:
 * the branch must be one of the attempt's own. A replay is answered like the first; an attempt that ended
 * otherwise answers 409, and the container stops itself.
 */
export async function completeAttempt(
  context: AppContext,
  { attempt, task }: CalledBack,
  request: CompleteRequest,
): Promise<{ replayed: boolean }> {
  if (request.branch != null && request.branch !== attempt.branch && request.branch !== attempt.wipBranch) {
    throw new AppError("bad_request", "This branch does not belong to the attempt.", { field: "branch" });
  }
  if (task.attempt !== attempt.attempt) throw new AppError("conflict", "A later attempt has taken over.");
  const redact = await redactorOf(context, attempt);
  const now = context.clock.now();
  const { network, ...last } = request;
  const words = redactTexts(last, redact);
  // The runner counts its tries in the body: a replay differs in nothing else. As said, because what is redacted
  // changes once the token is revoked.
  const { callbackAttempts: _tries, callbackLastHttpCode: _code, ...said } = request;
  const outcome = await context.db.attempts.complete({
    taskId: task.id,
    attempt: attempt.attempt,
    completion: JSON.stringify(words),
    completionHash: await context.sealer.hmac("completion", JSON.stringify(said), attempt.hmacKeyVersion),
    reason: "completed",
    network: network == null ? null : keptReport(network, redact),
    setUpReport: request.setUpReport == null ? null : JSON.stringify(request.setUpReport),
    phases: phasesAtEnd(attempt, request, now.getTime()),
    now: now.toISOString(),
  });
  if (outcome === "accepted" && network != null) await countUnsealed(context, attempt, network);
  if (outcome === "rejected") throw new AppError("conflict", "The attempt has ended otherwise.");
  return { replayed: outcome === "replayed" };
}

/** Where the run ended: its last word may tell of phases that no progress told of. */
function phasesAtEnd(
  attempt: AttemptRow,
  request: CompleteRequest,
  at: number,
): { phase: TaskPhase; phaseTimes: string } | null {
  // What is pushed is Porter's now: it opens the pull request.
  const own = request.outcome === "changed" ? "reporting" : undefined;
  const last = request.failedPhase ?? request.phases?.at(-1)?.phase ?? own;
  if (last === undefined) return null;
  const times = withReport(readPhaseTimes(attempt.phaseTimes), { ...request, phase: last }, at);
  return { phase: laterPhase(attempt.phase, last), phaseTimes: JSON.stringify(times) };
}
