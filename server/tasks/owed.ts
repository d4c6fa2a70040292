import { type KindOf, kindsOf, type Obligation, subjectOf } from "@/lib/obligations";
import type { AttemptRow, TaskRow } from "@/server/db/task-store";
import { TIMES } from "./times";

/** A task with its attempts, and how it stands with what they owe. */
export type TaskSnapshot = { task: TaskRow; attempts: AttemptRow[]; obligations: Obligation[] };

export type TaskKind = KindOf<"task">;
export type AttemptKind = KindOf<"attempt">;
/** `dueAt`: ms since the epoch. `row`: of the tries that failed. */
type Due = { dueAt: number; row: Obligation | undefined };
export type OwedByTask = { kind: TaskKind } & Due;
export type OwedByAttempt = { kind: AttemptKind; attempt: number } & Due;
export type Owed = OwedByTask | OwedByAttempt;

/** From when on something is to be done, ms since the epoch; null: it is not owed. */
type Since = number | null;
type OfAttempt = { task: TaskRow; attempt: AttemptRow; now: number; isGivenUp: (kind: AttemptKind) => boolean };

const SINCE_OF_TASK: Record<TaskKind, (task: TaskRow, row: Obligation | undefined) => Since> = {
  report(task, row) {
    // A row without news: part of the last report had to wait.
    if (task.version > task.reportedVersion || row !== undefined) return 0;
    if (task.status !== "running" || task.reportedAt === null || task.steps === task.reportedSteps) return null;
    return Date.parse(task.reportedAt) + TIMES.reportEvery;
  },
  look_at_pull: ({ prNumber, prLookAt }) => (prNumber === null || prLookAt === null ? null : Date.parse(prLookAt)),
};

const SINCE_OF_ATTEMPT: Record<AttemptKind, (facts: OfAttempt) => Since> = {
  launch: ({ task, attempt, now }) =>
    isLive(task, attempt) && needsMachine(attempt) && now < launchEnds(attempt) ? 0 : null,
  apply_completion({ task, attempt }) {
    if (attempt.completion === null) return null;
    if (isRunning(task, attempt)) return 0;
    // Late work of an earlier attempt waits for the end of the one that runs.
    const isLate = attempt.endedAt !== null && attempt.completionAppliedAt === null && task.status !== "running";
    return isLate ? 0 : null;
  },
  clean_up: ({ attempt }) => (isClean(attempt) ? null : cleanUpSince(attempt)),
  /** The log of an attempt that has ended and is cleaned up gets no more records. */
  seal_log({ attempt, isGivenUp }) {
    const isOver = attempt.endedAt !== null && (isClean(attempt) || isGivenUp("clean_up"));
    return isOver && attempt.logSealedAt === null && attempt.records > 0 ? 0 : null;
  },
};

const isRunning = (task: TaskRow, attempt: AttemptRow): boolean =>
  task.status === "running" && attempt.attempt === task.attempt;
const isLive = (task: TaskRow, attempt: AttemptRow): boolean => isRunning(task, attempt) && attempt.endedAt === null;

/** A machine that speaks is there, also while Fly cannot say which one it is. */
export const needsMachine = (attempt: AttemptRow): boolean => attempt.machineId === null && attempt.startedAt === null;

/** When no machine is asked for any more. */
export const launchEnds = (attempt: AttemptRow): number =>
  Math.min(Date.parse(attempt.createdAt) + TIMES.provisioning, runEnds(attempt));
export const runEnds = (attempt: AttemptRow): number => Date.parse(attempt.deadlineAt) + TIMES.deadlineGrace;

/** Nothing of it is left, neither machine nor token; true of one that has not ended. */
export const isClean = ({ endedAt, machineDestroyedAt, tokenRevokedAt }: AttemptRow): boolean =>
  endedAt === null || (machineDestroyedAt !== null && tokenRevokedAt !== null);

const cleanUpSince = ({ endedAt, completion }: AttemptRow): number =>
  Date.parse(endedAt ?? "") + (completion === null ? 0 : TIMES.goodbye);

/** What is owed and not given up, as the facts say. Pure. */
export function owedObligations({ task, attempts, obligations }: TaskSnapshot, now: number): Owed[] {
  const rowOf = (subject: string, kind: Obligation["kind"]) =>
    obligations.find((row) => row.subject === subject && row.kind === kind);
  const ofTask = kindsOf("task").flatMap((kind) => {
    const row = rowOf(task.id, kind);
    return whileOwed({ kind, row }, SINCE_OF_TASK[kind](task, row));
  });
  const ofAttempts = attempts.flatMap((attempt) => {
    const own = (kind: Obligation["kind"]) => rowOf(subjectOf(attempt), kind);
    const isGivenUp = (kind: AttemptKind) => own(kind)?.gaveUpReason != null;
    return kindsOf("attempt").flatMap((kind) => {
      const since = SINCE_OF_ATTEMPT[kind]({ task, attempt, now, isGivenUp });
      return whileOwed({ kind, attempt: attempt.attempt, row: own(kind) }, since);
    });
  });
  return [...ofAttempts, ...ofTask];
}

function whileOwed<One extends { row: Obligation | undefined }>(one: One, since: Since): (One & { dueAt: number })[] {
  if (since === null || one.row?.gaveUpReason != null) return [];
  const putOffTo = one.row?.dueAt ?? null;
  return [{ ...one, dueAt: putOffTo === null ? since : Math.max(since, Date.parse(putOffTo)) }];
}

/** Rows of what is not owed any more: done, or never to be done. What was given up stays to be read. */
export const settledRows = (snapshot: TaskSnapshot, all: Owed[]): Obligation[] =>
  snapshot.obligations.filter((row) => row.gaveUpReason === null && !all.some((one) => one.row === row));
