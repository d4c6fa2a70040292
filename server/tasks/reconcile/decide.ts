import type { AttemptRow, TaskRow } from "@/server/db/task-store";
import { FAILURE_CODES, type FailureCode } from "@/lib/failures";
import type { Obligation } from "@/lib/obligations";
import { isTerminal } from "@/lib/task";
import { flyWords } from "@/lib/wait-reason";
import { readWaitReason } from "@/lib/wait-reason-schema";
import { launchEnds, needsMachine, type Owed, owedObligations, runEnds, settledRows, type TaskSnapshot } from "../owed";
import { TIMES } from "../times";

export type Action =
  | { kind: "recheck_block" }
  | { kind: "claim_slot" }
  | { kind: "inspect_machine" }
  | { kind: "ask_again" }
  | { kind: "lose_attempt"; code: FailureCode }
  /** Fly gave no machine in the time in which one starts: that is no fault of a machine, and costs no retry. */
  | { kind: "await_fly" }
  | { kind: "fail"; code: FailureCode; message: string | null }
  | { kind: "time_out" }
  | { kind: "stop_machine"; attempt: number }
  | { kind: "end_attempt"; attempt: number; reason: string }
  | Owed
  | { kind: "forget"; rows: Obligation[] };

export type Decision = {
  actions: Action[];
  /** When to look again, ms since the epoch; null: never by itself. */ dueAt: number | null;
};

const ms = (iso: string | null): number | null => (iso === null ? null : Date.parse(iso));

/** Compares what the rows say with what should be true at `now` (ms since the epoch). Pure. */
export function decideActions(snapshot: TaskSnapshot, now: number): Decision {
  const { task, attempts } = snapshot;
  const all = owedObligations(snapshot, now);
  const settled = settledRows(snapshot, all);
  return together([
    life(snapshot, now),
    ...attempts.filter((attempt) => isLeft(attempt, task)).map((attempt) => ending(attempt, task, now)),
    ...all.map((one) => (now < one.dueAt ? wait(one.dueAt) : doNow(one))),
    settled.length === 0 ? wait(null) : doNow({ kind: "forget", rows: settled }),
  ]);
}

function together(parts: Decision[]): Decision {
  const dues = parts.map((part) => part.dueAt).filter((due) => due !== null);
  return { actions: parts.flatMap((part) => part.actions), dueAt: dues.length === 0 ? null : Math.min(...dues) };
}

const wait = (dueAt: number | null): Decision => ({ actions: [], dueAt });
const doNow = (...actions: Action[]): Decision => ({ actions, dueAt: null });

function life(snapshot: TaskSnapshot, now: number): Decision {
  const { task, attempts } = snapshot;
  const current = attempts.find((attempt) => attempt.attempt === task.attempt) ?? null;
  if (isTerminal(task.status)) return wait(null);
  if (task.status === "queued") return queued(snapshot, now);
  if (current === null) return doNow({ kind: "fail", code: "internal", message: "a running task without an attempt" });
  return running(task, current, now);
}

function queued({ task, attempts }: TaskSnapshot, now: number): Decision {
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

/** Since when Fly has given no machine, ms; null when the last attempt had one. An explicit retry begins again. */
function withoutMachineSince(task: TaskRow, attempts: AttemptRow[]): number | null {
  const other = attempts.findLastIndex(
    ({ endReason, machineId, attempt }) =>
      !GAVE_NONE.includes(endReason) || machineId !== null || attempt <= task.earlierAttempts,
  );
  return ms(attempts[other + 1]?.createdAt ?? null);
}

function running(task: TaskRow, attempt: AttemptRow, now: number): Decision {
  // What it said is owed to the task.
  if (attempt.completion !== null) return wait(null);
  // Over, and nobody said how the task goes on: what ended the attempt says it.
  if (attempt.endedAt !== null) return doNow({ kind: "lose_attempt", code: readCode(attempt.endReason) });
  const over = runEnds(attempt);
  if (now >= over) return doNow({ kind: "time_out" });
  return together([machineOf(task, attempt, { now, over }), authority(task, now)]);
}

/** What GitHub said of the requester is asked again from time to time; a machine is started on an answer of its own. */
function authority(task: TaskRow, now: number): Decision {
  const next = (ms(task.permittedAt) ?? 0) + TIMES.askEvery;
  return now < next ? wait(next) : { actions: [{ kind: "ask_again" }], dueAt: now + TIMES.askSoon };
}

function machineOf(task: TaskRow, attempt: AttemptRow, { now, over }: { now: number; over: number }): Decision {
  if (needsMachine(attempt))
    return now >= launchEnds(attempt) ? doNow({ kind: "await_fly" }) : wait(launchEnds(attempt));
  if (attempt.startedAt === null) return starting(task, attempt, now);
  const heartbeat = ms(attempt.heartbeatAt) ?? now;
  if (now - heartbeat >= TIMES.wedged) return doNow({ kind: "lose_attempt", code: "machine_lost" });
  if (now - heartbeat >= TIMES.heartbeatSilence) return inspect(task, attempt, now);
  return wait(Math.min(over, heartbeat + TIMES.heartbeatSilence));
}

const readCode = (reason: string | null): FailureCode => FAILURE_CODES.find((code) => code === reason) ?? "internal";

function starting(task: TaskRow, attempt: AttemptRow, now: number): Decision {
  // Whoever claims has its image, seen or not.
  const hasImageSince = ms(attempt.imagePulledAt) ?? ms(attempt.claimedAt);
  const launchedAt = Date.parse(attempt.launchIntentAt ?? attempt.createdAt);
  const ends = hasImageSince === null ? launchedAt + TIMES.imagePull : hasImageSince + TIMES.provisioning;
  // The image may have come after the last look: that is not the end until Fly was asked once more, or does not answer.
  const isLookDue = hasImageSince === null && (ms(attempt.machineSeenAt) ?? 0) < ends;
  const latest = isLookDue ? ends + TIMES.provisioning : ends;
  if (now >= latest) return doNow({ kind: "lose_attempt", code: "machine_never_started" });
  const part = inspect(task, attempt, now);
  const next = now < ends ? ends : latest;
  return { actions: part.actions, dueAt: Math.min(next, part.dueAt ?? next) };
}

function inspect(task: TaskRow, attempt: AttemptRow, now: number): Decision {
  const seen = ms(attempt.machineSeenAt) ?? 0;
  const every = task.pollIntervalSeconds * 1000;
  if (now - seen < every) return wait(seen + every);
  return { actions: [{ kind: "inspect_machine" }], dueAt: now + every };
}

/** True of an attempt that is no longer the running one and has not ended. */
const isLeft = (attempt: AttemptRow, task: TaskRow): boolean =>
  attempt.endedAt === null && !(attempt.attempt === task.attempt && task.status === "running");

function ending(attempt: AttemptRow, task: TaskRow, now: number): Decision {
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
