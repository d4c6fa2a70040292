import type { LogRecord, ProgressAnswer, ProgressRequest } from "@/lib/agent-protocol";
import { readPhaseTimes } from "@/lib/phase-times";
import { withReport } from "@/lib/phases";
import { PHASE_PROGRESS, TASK_PHASES, workingProgress, type TaskPhase } from "@/lib/task";
import type { AppContext } from "@/server/context";
import type { AttemptRow } from "@/server/db/task-store";
import { AppError } from "@/server/errors";
import { failTask } from "@/server/tasks/moves";
import { isRunning } from "@/server/tasks/attempt/is-running";
import { isUnsealed, keptReport, countUnsealed } from "@/server/tasks/attempt/network";
import { redactorOf } from "@/server/tasks/attempt/own-secrets";
import { spentFields } from "@/server/tasks/spending";
import type { CalledBack } from "./authenticate";
import { hasLogCapacity } from "./log-capacity";

/** Time between two batches while somebody watches or the work has just begun, and otherwise. */
const FLUSH = { watchedMs: 1000, aloneMs: 5000, beginningMs: 30_000 } as const;

export type ProgressOutcome =
  | { kind: "applied"; answer: ProgressAnswer; phaseChanged: boolean }
  | { kind: "repeated"; answer: ProgressAnswer }
  | { kind: "gap"; expected: number }
  /** `isNews`: it ended by this very call. */
  | { kind: "ended"; reason: string; isNews?: true };

/**
 * `POST /api/callbacks/progress`: one numbered batch. R2 first, then one guarded batch in D1: the row is the
 * commit. Phases never go back within an attempt (I9).
 */
export async function applyProgress(
  context: AppContext,
  { attempt, task }: CalledBack,
  request: ProgressRequest,
): Promise<ProgressOutcome> {
  if (attempt.endedAt !== null) return { kind: "ended", reason: attempt.endReason ?? "ended" };
  if (!isRunning(task, attempt)) return { kind: "ended", reason: task.failureCode ?? "ended" };
  const pace = paceOf(context, attempt);
  const answer = () => ({ flushAfterMs: pace() });
  if (request.seq <= attempt.logSeq) return { kind: "repeated", answer: answer() };
  if (request.seq > attempt.logSeq + 1) return { kind: "gap", expected: attempt.logSeq + 1 };

  if (!(await hasLogCapacity(context, attempt, request))) return { kind: "ended", reason: "log_full" };
  if (isUnsealed(context, attempt, request)) {
    await failTask(context, task, { code: "network_open", message: null });
    return { kind: "ended", reason: "network_open", isNews: true };
  }
  const redact = await redactorOf(context, attempt);
  const records = request.records.map((record) => redactRecord(record, redact));
  const key = context.logs.key(task.id, attempt.attempt, request.seq);
  const bytes = records.length === 0 ? 0 : await context.logs.put(key, records);
  const now = context.clock.now();
  const phase = laterPhase(attempt.phase, request.phase);
  const phaseChanged = phase !== attempt.phase;
  const isApplied = await context.db.attempts.progress({
    taskId: task.id,
    attempt: attempt.attempt,
    seq: request.seq,
    now: now.toISOString(),
    phase,
    phaseChanged,
    progress: progressOf(phase, { attempt, steps: request.steps, now: now.getTime() }),
    steps: request.steps,
    lastStep: request.lastStep === null ? null : redact(request.lastStep),
    plan: request.plan == null ? null : JSON.stringify({ ...request.plan, item: redact(request.plan.item) }),
    network: request.network == null ? null : keptReport(request.network, redact),
    toolchain: request.toolchain === undefined ? null : JSON.stringify(request.toolchain),
    setUpReport: request.setUpReport === undefined ? null : JSON.stringify(request.setUpReport),
    phaseTimes: JSON.stringify(withReport(readPhaseTimes(attempt.phaseTimes), request, now.getTime())),
    spent: request.spent === undefined ? null : spentFields(request.spent),
    chunk:
      records.length === 0
        ? null
        : { firstRecord: records[0]?.n ?? 0, lastRecord: records.at(-1)?.n ?? 0, bytes, r2Key: key },
    moveId: context.ids.uuid(),
  });
  if (isApplied && request.network != null) await countUnsealed(context, attempt, request.network);
  if (isApplied) return { kind: "applied", answer: answer(), phaseChanged };
  const fresh = await context.db.attempts.get(attempt.taskId, attempt.attempt);
  if (fresh === null || fresh.endedAt !== null) return { kind: "ended", reason: fresh?.endReason ?? "ended" };
  return fresh.logSeq >= request.seq
    ? { kind: "repeated", answer: answer() }
    : { kind: "gap", expected: fresh.logSeq + 1 };
}

/**
 * How soon the next batch is wanted. The hubs are asked while the batch is stored, and what they have not said by then
 * is not waited for.
 */
function paceOf(context: AppContext, attempt: AttemptRow): () => number {
  const isBeginning =
    attempt.startedAt === null || context.clock.now().getTime() - Date.parse(attempt.startedAt) < FLUSH.beginningMs;
  const audience = context.live.audience([`task:${attempt.taskId}`, `user:${attempt.userId}`]);
  return () => (isBeginning || audience() > 0 ? FLUSH.watchedMs : FLUSH.aloneMs);
}

export const laterPhase = (known: TaskPhase, reported: TaskPhase): TaskPhase =>
  TASK_PHASES.indexOf(reported) > TASK_PHASES.indexOf(known) ? reported : known;

function progressOf(phase: TaskPhase, input: { attempt: AttemptRow; steps: number; now: number }): number {
  if (phase !== "working") return PHASE_PROGRESS[phase];
  const started = Date.parse(input.attempt.claimedAt ?? input.attempt.createdAt);
  return workingProgress({
    elapsedMs: input.now - started,
    limitMs: Date.parse(input.attempt.deadlineAt) - started,
    steps: input.steps,
  });
}

function redactRecord(record: LogRecord, redact: (text: string) => string): LogRecord {
  const s = redact(record.s).slice(0, 8192);
  switch (record.k) {
    case "c": {
      const todos = record.todos?.map((todo) => ({ ...todo, text: redact(todo.text).slice(0, 400) }));
      const tool = redact(record.tool);
      return { ...record, s, id: redact(record.id), tool, ...(todos === undefined ? {} : { todos }) };
    }
    case "r":
      return { ...record, s, id: redact(record.id) };
    case "d":
      return { ...record, s, id: redact(record.id), path: redact(record.path) };
    case "f":
      return { ...record, s, path: redact(record.path) };
    default:
      return { ...record, s };
  }
}

export const attemptGone = (reason: string) => new AppError("gone", `This attempt is over (${reason}).`);
