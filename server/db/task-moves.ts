import { and, eq, inArray, isNull, lte, notExists, or, type SQL, sql } from "drizzle-orm";
import type { BatchItem } from "drizzle-orm/batch";
import type { TaskStatus } from "@/lib/task";
import { APP_SWEEP_EVERY_MS } from "./app-sweep-store";
import { nextChange, type OnChange } from "./change-seq";
import { type Database, lastOf, withRetry } from "./database";
import { insertWhere } from "./insert-where";
import { forgetAfterMove } from "./obligation-store";
import { appSweeps, taskAttempts, taskEvents, tasks } from "./schema";
import { hasBegun, type NewAttempt, type NewTask, type AttemptOutcome } from "./task-row";
import { changedTask, dueBy, insertEvent, isMovedBy, oneVersionMore, oneWakeMore, type TaskEvent } from "./task-writes";
import { hasSlot, waitingLine } from "./waiting-line";

export type TaskPatch = Partial<Omit<NewTask, "id" | "userId" | "version" | "changeSeq" | "moveId" | "attempt">>;
export type OutcomePatch = Partial<AttemptOutcome>;

/**
 * `moved`: this call did it. `already_there`: this very move, or the target status, was there before.
 * `refused`: another status or attempt; nothing changed.
 */
export type MoveResult = {
  outcome: "moved" | "already_there" | "refused";
  task: { status: TaskStatus; attempt: number; version: number } | null;
};

export type Move = {
  id: string;
  /** Null: any attempt. */
  attempt: number | null;
  from: readonly TaskStatus[];
  patch: TaskPatch;
  event: TaskEvent;
  moveId: string;
  /** Only while this was the task's last move. */
  after?: string;
  now: string;
  /** Ends the current attempt in the same batch. */
  endAttempt?: { reason: string };
  /** What came of the current attempt, in the same batch. */
  outcome?: OutcomePatch | undefined;
  /** What the task and its attempts owe is due at once, as if never tried, also what was given up. */
  beginsAnew?: boolean;
};

/** A task that takes one of its user's slots, and the attempt that it begins. */
export type SlotClaim = Pick<Move, "id" | "moveId" | "now" | "event"> & { attempt: NewAttempt };

/** The only writers of a task's `status`. `onChange` hears of every move. */
export function createTaskMoves(db: Database, onChange: OnChange) {
  async function run(
    move: Pick<Move, "id" | "moveId" | "now" | "event"> & { target: TaskStatus | undefined },
    update: ReturnType<typeof moveTask>,
    hanging: BatchItem<"sqlite">[],
  ): Promise<MoveResult> {
    const answers = await withRetry(() =>
      db.batch([update, ...hanging, insertEvent(db, move), standOf(db, move)] as const),
    );
    const row = lastOf(answers)[0];
    if (row === undefined) return { outcome: "refused", task: null };
    const { taskId, userId, seq, mine, ...task } = row;
    // Also when an answer was lost on its way and the second sending found the move done.
    if (mine === 1) onChange({ taskId, userId, seq });
    if (answers[0].length > 0) return { outcome: "moved", task };
    return { outcome: mine === 1 || task.status === move.target ? "already_there" : "refused", task };
  }

  return {
    /**
     * The one way in which a task changes status, phase or outcome. Safe to send again after an unknown outcome, and
     * whenever after: a move of the same id is made once.
     */
    transition: (move: Move): Promise<MoveResult> =>
      run({ ...move, target: move.patch.status }, moveTask(db, move), hangingOn(db, move)),

    /**
     * Takes one of the user's slots and makes the attempt's row, or does nothing. The count stands inside the
     * statement, so that any number of concurrent claims make at most five, and so does the
     * order of the user's waiting tasks.
     */
    claimSlot: (claim: SlotClaim): Promise<MoveResult> =>
      run({ ...claim, target: "running" }, takeSlot(db, claim), beginAttempt(db, claim)),
  };
}

/** No move of this id was made, by the task or before its last one. */
const isNew = (db: Database, moveId: string): SQL | undefined =>
  and(
    sql`${tasks.moveId} IS NOT ${moveId}`,
    notExists(
      db
        .select({ one: sql`1` })
        .from(taskEvents)
        .where(eq(taskEvents.moveId, moveId)),
    ),
  );

const moveTask = (db: Database, move: Move) =>
  db
    .update(tasks)
    .set({
      ...move.patch,
      updatedAt: move.now,
      changeSeq: nextChange(tasks.userId),
      version: oneVersionMore,
      wakeSeq: oneWakeMore,
      dueAt: dueBy(move.now),
      moveId: move.moveId,
    })
    .where(
      and(
        eq(tasks.id, move.id),
        inArray(tasks.status, [...move.from]),
        move.after === undefined ? undefined : eq(tasks.moveId, move.after),
        move.attempt === null ? undefined : eq(tasks.attempt, move.attempt),
        isNew(db, move.moveId),
      ),
    )
    .returning({ version: tasks.version });

/** What a transition does to the current attempt, and to what is owed. */
function hangingOn(db: Database, move: Move): BatchItem<"sqlite">[] {
  const attemptOf = (more?: SQL) =>
    db
      .select({ attempt: tasks.attempt })
      .from(tasks)
      .where(and(isMovedBy(move.moveId, move.id), more));
  const ofTask = eq(taskAttempts.taskId, move.id);
  const { outcome = {}, endAttempt } = move;
  const statements: BatchItem<"sqlite">[] = [];
  if (Object.values(outcome).some((value) => value !== undefined)) {
    const isCurrent = and(ofTask, eq(taskAttempts.attempt, attemptOf(hasBegun)));
    statements.push(db.update(taskAttempts).set(outcome).where(isCurrent));
  }
  if (endAttempt !== undefined) {
    const isOpen = and(ofTask, eq(taskAttempts.attempt, attemptOf()), isNull(taskAttempts.endedAt));
    statements.push(db.update(taskAttempts).set({ endedAt: move.now, endReason: endAttempt.reason }).where(isOpen));
  }
  if (move.beginsAnew === true) statements.push(forgetAfterMove(db, { taskId: move.id, moveId: move.moveId }));
  return statements;
}

function takeSlot(db: Database, { id, attempt, moveId, now }: SlotClaim) {
  const line = waitingLine(sql`(SELECT user_id FROM tasks WHERE id = ${id})`, now);
  return db
    .update(tasks)
    .set({
      status: "running",
      phase: "starting",
      progress: 5,
      attempt: attempt.attempt,
      branch: attempt.branch,
      waitReason: null,
      notBefore: null,
      startedAt: sql`coalesce(CASE WHEN ${hasBegun} THEN ${tasks.startedAt} END, ${now})`,
      infraRetries: sql`CASE WHEN ${hasBegun} THEN ${tasks.infraRetries} ELSE 0 END`,
      updatedAt: now,
      changeSeq: nextChange(tasks.userId),
      version: oneVersionMore,
      wakeSeq: oneWakeMore,
      dueAt: now,
      moveId,
    })
    .where(
      and(
        eq(tasks.id, id),
        eq(tasks.status, "queued"),
        eq(tasks.attempt, attempt.attempt - 1),
        isNull(tasks.blockedReason),
        or(isNull(tasks.notBefore), lte(tasks.notBefore, now)),
        sql`${tasks.moveId} IS NOT ${moveId}`,
        hasSlot({ id: tasks.id, userId: tasks.userId, line }),
      ),
    )
    .returning({ version: tasks.version });
}

/** The attempt of a slot that was taken; its app is looked through from now on. */
function beginAttempt(db: Database, { id, attempt, moveId, now }: SlotClaim): BatchItem<"sqlite">[] {
  const { userId, flyApp } = attempt;
  const hangs = { from: tasks, where: isMovedBy(moveId, id) };
  const dueAt = new Date(Date.parse(now) + APP_SWEEP_EVERY_MS).toISOString();
  return [
    insertWhere(db, taskAttempts, { row: attempt, ...hangs }).onConflictDoNothing(),
    insertWhere(db, appSweeps, { row: { userId, flyApp, lastLaunchAt: now, dueAt }, ...hangs }).onConflictDoUpdate({
      target: [appSweeps.userId, appSweeps.flyApp],
      set: { lastLaunchAt: now },
    }),
  ];
}

/** How the task stands after a move, and whether the move is its own. */
const standOf = (db: Database, { id, moveId }: { id: string; moveId: string }) =>
  db
    .select({
      ...changedTask,
      status: tasks.status,
      attempt: tasks.attempt,
      version: tasks.version,
      mine: sql<number>`EXISTS (SELECT 1 FROM task_events WHERE move_id = ${moveId})`.as("mine"),
    })
    .from(tasks)
    .where(eq(tasks.id, id));
