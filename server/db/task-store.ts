import { and, eq, isNull, lte, or, sql } from "drizzle-orm";
import type { Obligation } from "@/lib/obligations";
import { MAX_RUNNING_TASKS_PER_USER, type TaskStatus } from "@/lib/task";
import { nextChange, type OnChange } from "./change-seq";
import { assignmentsOf, withRetry, type Database } from "./database";
import { dropRow, forgetAfterMove, putRow } from "./obligation-store";
import { taskAttempts, tasks } from "./schema";
import { APP_SWEEP_EVERY_MS } from "./app-sweep-store";
import { createTaskQueries } from "./task-queries";
import { isCurrent, type AttemptOutcome, type TaskRow, taskRow } from "./task-row";
import { waitingLine } from "./waiting-line";

export type { TaskRow } from "./task-row";
export type NewTask = typeof tasks.$inferInsert;
export type TaskPatch = Partial<Omit<NewTask, "id" | "userId" | "version" | "changeSeq" | "moveId" | "attempt">>;
export type OutcomePatch = Partial<AttemptOutcome>;
export type AttemptRow = typeof taskAttempts.$inferSelect;
export type NewAttempt = typeof taskAttempts.$inferInsert;
export type TaskEvent = { kind: string; data: Record<string, unknown> };

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

type Notes = Pick<
  TaskPatch,
  | "prDraft"
  | "trackingCommentId"
  | "commentIntentAt"
  | "reportedVersion"
  | "reportedAt"
  | "reportedBody"
  | "reportedPlace"
  | "reportedLabel"
  | "reportedSteps"
  | "permittedAt"
>;

type ChangedRow = { id: string; user_id: number; change_seq: number };
const changeOf = (row: ChangedRow) => ({ userId: row.user_id, taskId: row.id, seq: row.change_seq });

const placeholders = (count: number) => Array.from({ length: count }, () => "?").join(", ");
const setList = (columns: string[]) => columns.map((column) => `${column} = ?`).join(", ");

/** Tasks and their events. The only writer of `status` is `transition` and `claimSlot`. `onChange` hears of every write. */
export function createTaskStore(db: Database, onChange: OnChange = () => {}) {
  const d1 = db.$client;

  const insertEvent = (input: { id: string; moveId: string; now: string; event: TaskEvent }) =>
    d1
      .prepare(
        `INSERT INTO task_events (task_id, user_id, attempt, kind, data, move_id, at)
         SELECT id, user_id, attempt, ?, ?, move_id, ? FROM tasks WHERE id = ? AND move_id = ? ON CONFLICT (move_id, kind) DO NOTHING`,
      )
      .bind(input.event.kind, JSON.stringify(input.event.data), input.now, input.id, input.moveId);

  const readBack = (id: string, moveId: string) =>
    d1
      .prepare(
        `SELECT id, user_id, change_seq, status, attempt, version, EXISTS (SELECT 1 FROM task_events WHERE move_id = ?) AS mine FROM tasks WHERE id = ?`,
      )
      .bind(moveId, id);

  async function runMove(statements: D1PreparedStatement[], target: TaskStatus | undefined): Promise<MoveResult> {
    const results = await withRetry(() => d1.batch<Record<string, unknown>>(statements));
    const row = results.at(-1)?.results[0] as
      | (ChangedRow & { status: TaskStatus; attempt: number; version: number; mine: number })
      | undefined;
    if (row === undefined) return { outcome: "refused", task: null };
    // Also when an answer was lost on its way and the second sending found the move done.
    if (row.mine === 1) onChange(changeOf(row));
    const task = { status: row.status, attempt: row.attempt, version: row.version };
    if ((results[0]?.results.length ?? 0) > 0) return { outcome: "moved", task };
    return {
      outcome: row.mine === 1 || (target !== undefined && row.status === target) ? "already_there" : "refused",
      task,
    };
  }

  return {
    ...createTaskQueries(db),

    /**
     * The one way in which a task changes status, phase or outcome. Safe to send again after an unknown outcome, and
     * whenever after: a move of the same id is made once.
     */
    transition(move: Move): Promise<MoveResult> {
      const patch = assignmentsOf(tasks, { ...move.patch, updatedAt: move.now });
      const attempt = move.attempt === null ? "" : " AND attempt = ?";
      const after = move.after === undefined ? "" : " AND move_id = ?";
      const statements = [
        d1
          .prepare(
            `UPDATE tasks SET ${setList(patch.columns)}, change_seq = ${nextChange("tasks.user_id")}, version = version + 1, wake_seq = wake_seq + 1, due_at = min(coalesce(due_at, ?), ?), move_id = ?
             WHERE id = ? AND status IN (${placeholders(move.from.length)})${attempt}${after} AND move_id IS NOT ?
               AND NOT EXISTS (SELECT 1 FROM task_events WHERE move_id = ?) RETURNING version`,
          )
          .bind(
            ...patch.values,
            move.now,
            move.now,
            move.moveId,
            move.id,
            ...move.from,
            ...(move.attempt === null ? [] : [move.attempt]),
            ...(move.after === undefined ? [] : [move.after]),
            move.moveId,
            move.moveId,
          ),
      ];
      const outcome = assignmentsOf(taskAttempts, { ...move.outcome });
      if (outcome.columns.length > 0) {
        statements.push(
          d1
            .prepare(
              `UPDATE task_attempts SET ${setList(outcome.columns)} WHERE task_id = ? AND attempt = (SELECT attempt FROM tasks WHERE id = ? AND move_id = ? AND attempt > earlier_attempts)`,
            )
            .bind(...outcome.values, move.id, move.id, move.moveId),
        );
      }
      if (move.endAttempt !== undefined) {
        statements.push(
          d1
            .prepare(
              `UPDATE task_attempts SET ended_at = ?, end_reason = ?
               WHERE task_id = ? AND attempt = (SELECT attempt FROM tasks WHERE id = ? AND move_id = ?) AND ended_at IS NULL`,
            )
            .bind(move.now, move.endAttempt.reason, move.id, move.id, move.moveId),
        );
      }
      if (move.beginsAnew === true) statements.push(forgetAfterMove(d1, { taskId: move.id, moveId: move.moveId }));
      statements.push(insertEvent(move), readBack(move.id, move.moveId));
      return runMove(statements, move.patch.status);
    },

    /**
     * Takes one of the user's slots and makes the attempt's row, or does nothing. The count stands inside the
     * statement, so that any number of concurrent claims make at most five, and so does the
     * order of the user's waiting tasks.
     */
    claimSlot(input: {
      id: string;
      attempt: NewAttempt;
      moveId: string;
      now: string;
      event: TaskEvent;
    }): Promise<MoveResult> {
      const next = input.attempt.attempt;
      const row = assignmentsOf(taskAttempts, input.attempt);
      return runMove(
        [
          d1
            .prepare(
              `UPDATE tasks SET status = 'running', phase = 'starting', progress = 5, attempt = ?, branch = ?, wait_reason = NULL, not_before = NULL,
                 started_at = coalesce(CASE WHEN attempt > earlier_attempts THEN started_at END, ?),
                 infra_retries = CASE WHEN attempt > earlier_attempts THEN infra_retries ELSE 0 END, updated_at = ?, change_seq = ${nextChange("tasks.user_id")}, version = version + 1, wake_seq = wake_seq + 1, due_at = ?, move_id = ?
               WHERE id = ? AND status = 'queued' AND attempt = ? AND blocked_reason IS NULL AND (not_before IS NULL OR not_before <= ?) AND move_id IS NOT ?
                 AND (SELECT count(*) FROM tasks r WHERE r.user_id = tasks.user_id AND r.status = 'running')
                   + (SELECT place FROM ${waitingLine("(SELECT user_id FROM tasks WHERE id = ?)", "?")} WHERE id = tasks.id) <= ${MAX_RUNNING_TASKS_PER_USER}
               RETURNING version`,
            )
            .bind(
              next,
              input.attempt.branch,
              input.now,
              input.now,
              input.now,
              input.moveId,
              input.id,
              next - 1,
              input.now,
              input.moveId,
              input.id,
              input.now,
            ),
          d1
            .prepare(
              `INSERT INTO task_attempts (${row.columns.join(", ")}) SELECT ${placeholders(row.columns.length)} FROM tasks WHERE id = ? AND move_id = ? ON CONFLICT DO NOTHING`,
            )
            .bind(...row.values, input.id, input.moveId),
          d1
            .prepare(
              `INSERT INTO app_sweeps (user_id, fly_app, last_launch_at, due_at) SELECT ?, ?, ?, ? FROM tasks WHERE id = ? AND move_id = ?
               ON CONFLICT (user_id, fly_app) DO UPDATE SET last_launch_at = excluded.last_launch_at`,
            )
            .bind(
              input.attempt.userId,
              input.attempt.flyApp,
              input.now,
              new Date(Date.parse(input.now) + APP_SWEEP_EVERY_MS).toISOString(),
              input.id,
              input.moveId,
            ),
          insertEvent(input),
          readBack(input.id, input.moveId),
        ],
        "running",
      );
    },

    /** Turns a pending mention into its task: both, or neither. The task that now belongs to the mention is answered. */
    async createFromMention(input: {
      task: NewTask & { mentionId: string };
      event: TaskEvent;
      now: string;
      moveId: string;
    }): Promise<{ taskId: string | null; created: boolean }> {
      const row = assignmentsOf(tasks, { ...input.task, moveId: input.moveId });
      const results = await withRetry(() =>
        d1.batch<ChangedRow>([
          d1
            .prepare(
              `INSERT INTO tasks (${row.columns.join(", ")}, change_seq) SELECT ${placeholders(row.columns.length)}, ${nextChange("?")}
               WHERE EXISTS (SELECT 1 FROM mentions WHERE id = ? AND status = 'pending') ON CONFLICT (mention_id) DO NOTHING RETURNING id`,
            )
            .bind(...row.values, input.task.userId, input.task.mentionId),
          d1
            .prepare(
              `UPDATE mentions SET status = 'task', outcome = 'task', settled_at = ?, task_id = (SELECT id FROM tasks WHERE mention_id = mentions.id)
               WHERE id = ? AND status = 'pending' AND EXISTS (SELECT 1 FROM tasks WHERE mention_id = mentions.id)`,
            )
            .bind(input.now, input.task.mentionId),
          insertEvent({ id: input.task.id, moveId: input.moveId, now: input.now, event: input.event }),
          d1.prepare(`SELECT id, user_id, change_seq FROM tasks WHERE mention_id = ?`).bind(input.task.mentionId),
        ]),
      );
      const made = results[3]?.results[0];
      if (made !== undefined) onChange(changeOf(made));
      return { taskId: made?.id ?? null, created: (results[0]?.results.length ?? 0) > 0 };
    },

    /** A task outside admission (dispatch, retry by somebody else). Returns the id of the mention's task where there was one. */
    async create(input: { task: NewTask; event: TaskEvent; now: string; moveId: string }): Promise<string> {
      const row = assignmentsOf(tasks, { ...input.task, moveId: input.moveId });
      const results = await withRetry(() =>
        d1.batch<ChangedRow>([
          d1
            .prepare(
              `INSERT INTO tasks (${row.columns.join(", ")}, change_seq) VALUES (${placeholders(row.columns.length)}, ${nextChange("?")}) ON CONFLICT DO NOTHING`,
            )
            .bind(...row.values, input.task.userId),
          insertEvent({ id: input.task.id, moveId: input.moveId, now: input.now, event: input.event }),
          d1
            .prepare(`SELECT id, user_id, change_seq FROM tasks WHERE id = ? OR mention_id = ?`)
            .bind(input.task.id, input.task.mentionId ?? null),
        ]),
      );
      const made = results[2]?.results[0];
      if (made !== undefined) onChange(changeOf(made));
      return made?.id ?? input.task.id;
    },

    /** Takes a due task for one reconcile; null when somebody else has it, or when it is not due: every due time has its own message. */
    async lease(input: { id: string; leaseOwner: string; leaseUntil: string; now: string }): Promise<TaskRow | null> {
      const [leased, rows] = await db.batch([
        db
          .update(tasks)
          .set({ leaseOwner: input.leaseOwner, leaseUntil: input.leaseUntil })
          .where(
            and(
              eq(tasks.id, input.id),
              lte(tasks.dueAt, input.now),
              or(isNull(tasks.leaseUntil), lte(tasks.leaseUntil, input.now)),
            ),
          )
          .returning({ id: tasks.id }),
        db.select(taskRow).from(tasks).leftJoin(taskAttempts, isCurrent).where(eq(tasks.id, input.id)).limit(1),
      ]);
      return leased.length > 0 ? (rows[0] ?? null) : null;
    },

    /**
     * Gives the lease back with the next due time, unless a fact arrived since `wakeSeq` was read: then the
     * answer is false, and the holder looks again.
     */
    async release(input: { id: string; leaseOwner: string; wakeSeq: number; dueAt: string | null }): Promise<boolean> {
      const rows = await db
        .update(tasks)
        .set({ leaseOwner: null, leaseUntil: null, dueAt: input.dueAt, tries: 0 })
        .where(and(eq(tasks.id, input.id), eq(tasks.leaseOwner, input.leaseOwner), eq(tasks.wakeSeq, input.wakeSeq)))
        .returning({ id: tasks.id });
      return rows.length > 0;
    },

    /** After a failure, or too many rounds: the lease goes, the task stays due at `dueAt`. What is quarantined once stays so. */
    async releaseAfterFailure(input: {
      id: string;
      leaseOwner: string;
      dueAt: string;
      quarantinedAt: string | null;
    }): Promise<void> {
      await db
        .update(tasks)
        .set({
          leaseOwner: null,
          leaseUntil: null,
          dueAt: input.dueAt,
          tries: sql`${tasks.tries} + 1`,
          ...(input.quarantinedAt === null ? {} : { quarantinedAt: input.quarantinedAt }),
        })
        .where(and(eq(tasks.id, input.id), eq(tasks.leaseOwner, input.leaseOwner)));
    },

    /** A fact about the task came in: it is due now. */
    async wake(id: string, now: string): Promise<void> {
      await db
        .update(tasks)
        .set({ wakeSeq: sql`${tasks.wakeSeq} + 1`, dueAt: sql`min(coalesce(${tasks.dueAt}, ${now}), ${now})` })
        .where(eq(tasks.id, id));
    },

    /** What GitHub was told and said; never status. */
    async note(id: string, patch: Notes): Promise<void> {
      await db.update(tasks).set(patch).where(eq(tasks.id, id));
    },

    /** The report was made. `left`: what of it had to wait; null: nothing, so that its row goes. */
    async noteReport(id: string, patch: Notes, left: Obligation | null): Promise<void> {
      const own = db.update(tasks).set(patch).where(eq(tasks.id, id));
      await db.batch([own, left === null ? dropRow(db, { subject: id, kind: "report" }) : putRow(db, left)]);
    },
  };
}
export type TaskStore = ReturnType<typeof createTaskStore>;
