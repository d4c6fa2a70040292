import type { AttemptRow, TaskRow } from "@/server/db/task-store";
import { FAILURE_CODES, type FailureCode } from "@/lib/failures";
import { isTerminal } from "@/lib/task";
import { flyWords } from "@/lib/wait-reason";
import { readWaitReason } from "@/lib/wait-reason-schema";

/** All timing rules of a task's life, ms. Sources: rulings 2, 4, 7, 27, 29. */
export const TIMES = {
  blockedFor: 7 * 24 * 3600_000,
  blockedRecheck: 3600_000,
  queuedRecheck: 30_000,
  /** From the launch of the machine to its first progress. */
  provisioning: 180_000,
  heartbeatSilence: 60_000,
  /** Silent so long, a machine that Fly still calls started counts as wedged. */
  wedged: 180_000,
  deadlineGrace: 120_000,
  stopGrace: 60_000,
  reportEvery: 60_000,
  /** So often GitHub is asked again whether the requester of what runs may still have it. */
  askEvery: 300_000,
  /** Where it did not say. */
  askSoon: 60_000,
  /** Waiting for a machine that Fly does not give ends here. */
  capacityFor: 24 * 3600_000,
} as const;

export type Snapshot = { task: TaskRow; attempts: AttemptRow[] };

export type Action =
  | { kind: "recheck_block" }
  | { kind: "claim_slot" }
  | { kind: "launch" }
  | { kind: "inspect_machine" }
  | { kind: "ask_again" }
  /** Opens the pull request, or ends the task as the completion says; of a stopped task: links the late work. */
  | { kind: "apply_completion"; attempt: number }
  | { kind: "lose_attempt"; code: FailureCode }
  /** Fly gave no machine in the time in which one starts: that is no fault of a machine, and costs no retry. */
  | { kind: "await_fly" }
  | { kind: "fail"; code: FailureCode; message: string | null }
  | { kind: "time_out" }
  | { kind: "stop_machine"; attempt: number }
  | { kind: "end_attempt"; attempt: number; reason: string }
  | { kind: "clean_up"; attempt: number }
  | { kind: "seal_log"; attempt: number }
  | { kind: "report" };

export type Decision = {
  actions: Action[];
  /** When to look again, ms since the epoch; null: never by itself. */ dueAt: number | null;
};

const ms = (iso: string | null): number | null => (iso === null ? null : Date.parse(iso));

/** Compares what the rows say with what should be true at `now` (ms since the epoch). Pure. */
export function decide(snapshot: Snapshot, now: number): Decision {
  const { task, attempts } = snapshot;
  const parts = [
    life(snapshot, now),
    ...attempts.filter((attempt) => needsCare(attempt, task)).map((attempt) => care(attempt, task, now)),
    reporting(task, now),
  ];
  return together(parts);
}

function together(parts: Decision[]): Decision {
  const dues = parts.map((part) => part.dueAt).filter((due) => due !== null);
  return { actions: parts.flatMap((part) => part.actions), dueAt: dues.length === 0 ? null : Math.min(...dues) };
}

const wait = (dueAt: number | null): Decision => ({ actions: [], dueAt });
const doNow = (...actions: Action[]): Decision => ({ actions, dueAt: null });

function life({ task, attempts }: Snapshot, now: number): Decision {
  const current = attempts.find((attempt) => attempt.attempt === task.attempt) ?? null;
  if (isTerminal(task.status)) return wait(null);
  if (task.status === "queued") return queued({ task, attempts }, now);
  if (current === null) return doNow({ kind: "fail", code: "internal", message: "a running task without an attempt" });
  return running(task, current, now);
}

function queued({ task, attempts }: Snapshot, now: number): Decision {
  if (task.blockedReason !== null) {
    const ends = Date.parse(task.updatedAt) + TIMES.blockedFor;
    if (now >= ends) return doNow({ kind: "fail", code: "blocked_too_long", message: null });
    return { actions: [{ kind: "recheck_block" }], dueAt: Math.min(ends, now + TIMES.blockedRecheck) };
  }
  const notBefore = ms(task.notBefore);
  const since = withoutMachineSince(task, attempts);
  const reason = readWaitReason(task.waitReason);
  if (since !== null && reason !== null && now >= since + TIMES.capacityFor)
    return doNow({ kind: "fail", code: "machine_capacity", message: flyWords(reason) });
  if (notBefore !== null && now < notBefore) return wait(notBefore);
  return { actions: [{ kind: "claim_slot" }], dueAt: now + TIMES.queuedRecheck };
}

const GAVE_NONE: readonly (string | null)[] = ["machine_capacity", "machine_never_started"];

/** Since when Fly has given no machine, ms; null when the last attempt had one. An explicit retry begins anew. */
function withoutMachineSince(task: TaskRow, attempts: AttemptRow[]): number | null {
  const other = attempts.findLastIndex(
    ({ endReason, machineId, attempt }) =>
      !GAVE_NONE.includes(endReason) || machineId !== null || attempt <= task.earlierAttempts,
  );
  return ms(attempts[other + 1]?.createdAt ?? null);
}

function running(task: TaskRow, attempt: AttemptRow, now: number): Decision {
  if (attempt.completion !== null)
    return afterDue(attempt.applyDueAt, now, { kind: "apply_completion", attempt: attempt.attempt });
  // Over, and nobody said how the task goes on: what ended the attempt says it.
  if (attempt.endedAt !== null) return doNow({ kind: "lose_attempt", code: readCode(attempt.endReason) });
  const over = Date.parse(attempt.deadlineAt) + TIMES.deadlineGrace;
  if (now >= over) return doNow({ kind: "time_out" });
  return together([machineOf(task, attempt, { now, over }), authority(task, now)]);
}

/** What GitHub said of the requester is asked again now and then; a machine is started on an answer of its own. */
function authority(task: TaskRow, now: number): Decision {
  const next = (ms(task.permittedAt) ?? 0) + TIMES.askEvery;
  return now < next ? wait(next) : { actions: [{ kind: "ask_again" }], dueAt: now + TIMES.askSoon };
}

function machineOf(task: TaskRow, attempt: AttemptRow, { now, over }: { now: number; over: number }): Decision {
  // A machine that speaks is there, also while Fly cannot say which one it is.
  if (attempt.machineId === null && attempt.startedAt === null) return launching(attempt, now);
  if (attempt.startedAt === null) return starting(task, attempt, now);
  const heartbeat = ms(attempt.heartbeatAt) ?? now;
  if (now - heartbeat >= TIMES.wedged) return doNow({ kind: "lose_attempt", code: "machine_lost" });
  if (now - heartbeat >= TIMES.heartbeatSilence) return inspect(task, attempt, now);
  return wait(Math.min(over, heartbeat + TIMES.heartbeatSilence));
}

const readCode = (reason: string | null): FailureCode => FAILURE_CODES.find((code) => code === reason) ?? "internal";

function launching(attempt: AttemptRow, now: number): Decision {
  const ends = Date.parse(attempt.createdAt) + TIMES.provisioning;
  if (now >= ends) return doNow({ kind: "await_fly" });
  const next = ms(attempt.nextLaunchAt);
  if (next !== null && now < next) return wait(Math.min(next, ends));
  return { actions: [{ kind: "launch" }], dueAt: Math.min(ends, now + 2000) };
}

function starting(task: TaskRow, attempt: AttemptRow, now: number): Decision {
  const ends = Date.parse(attempt.launchIntentAt ?? attempt.createdAt) + TIMES.provisioning;
  if (now >= ends) return doNow({ kind: "lose_attempt", code: "machine_never_started" });
  const part = inspect(task, attempt, now);
  return { actions: part.actions, dueAt: Math.min(ends, part.dueAt ?? ends) };
}

function inspect(task: TaskRow, attempt: AttemptRow, now: number): Decision {
  const seen = ms(attempt.machineSeenAt) ?? 0;
  const every = task.pollIntervalSeconds * 1000;
  if (now - seen < every) return wait(seen + every);
  return { actions: [{ kind: "inspect_machine" }], dueAt: now + every };
}

/** True while an attempt that is no longer the running one still owes something. */
function needsCare(attempt: AttemptRow, task: TaskRow): boolean {
  const isLive = attempt.attempt === task.attempt && task.status === "running" && attempt.endedAt === null;
  if (isLive) return false;
  return (
    attempt.endedAt === null ||
    attempt.cleanupDueAt !== null ||
    owesSeal(attempt) ||
    (attempt.completion !== null && attempt.completionAppliedAt === null)
  );
}

/** The log of an attempt that has ended and is cleaned up gets no more records. */
const owesSeal = (attempt: AttemptRow): boolean =>
  attempt.cleanupDueAt === null && attempt.logSealedAt === null && attempt.records > 0;

function care(attempt: AttemptRow, task: TaskRow, now: number): Decision {
  if (attempt.endedAt === null) {
    const asked = ms(attempt.stopRequestedAt) ?? Date.parse(task.completedAt ?? task.updatedAt);
    if (now >= asked + TIMES.stopGrace || attempt.launchIntentAt === null) {
      return doNow({ kind: "end_attempt", attempt: attempt.attempt, reason: task.failureCode ?? "stopped" });
    }
    const actions: Action[] =
      attempt.stopRequestedAt === null && attempt.machineId !== null
        ? [{ kind: "stop_machine", attempt: attempt.attempt }]
        : [];
    return { actions, dueAt: asked + TIMES.stopGrace };
  }
  const late =
    attempt.completion !== null && attempt.completionAppliedAt === null && task.status !== "running"
      ? afterDue(attempt.applyDueAt, now, { kind: "apply_completion", attempt: attempt.attempt })
      : wait(null);
  const cleanUp =
    attempt.cleanupDueAt === null
      ? wait(null)
      : afterDue(attempt.cleanupDueAt, now, { kind: "clean_up", attempt: attempt.attempt });
  const seal = owesSeal(attempt)
    ? afterDue(attempt.sealDueAt, now, { kind: "seal_log", attempt: attempt.attempt })
    : wait(null);
  return together([late, cleanUp, seal]);
}

/** The action, once its back-off is over. */
function afterDue(dueAt: string | null, now: number, action: Action): Decision {
  const due = ms(dueAt);
  return due !== null && now < due ? wait(due) : doNow(action);
}

function reporting(task: TaskRow, now: number): Decision {
  if (task.reportState === "given_up") return wait(null);
  // A due time without news: part of the last report had to wait.
  if (task.version > task.reportedVersion || task.reportDueAt !== null)
    return afterDue(task.reportDueAt, now, { kind: "report" });
  if (task.status !== "running" || task.reportedAt === null || task.steps === task.reportedSteps) return wait(null);
  const next = Date.parse(task.reportedAt) + TIMES.reportEvery;
  return now >= next ? doNow({ kind: "report" }) : wait(next);
}
