import { and, eq, isNull, or, sql } from "drizzle-orm";
import type { Obligation } from "@/lib/obligations";
import { type TaskPhase, TERMINAL_STATUSES } from "@/lib/task";
import { nextChange, type OnChange } from "./change-seq";
import { assignmentsOf, quotedList, withRetry, type Database } from "./database";
import { ofTaskAndAttempts } from "./obligation-store";
import { logChunks, obligations, taskAttempts } from "./schema";
import type { AttemptRow, NewAttempt } from "./task-store";

export type ProgressWrite = {
  taskId: string;
  attempt: number;
  seq: number;
  now: string;
  phase: TaskPhase;
  /** True when the phase differs from the stored one: then the task's version moves and GitHub is told. */
  phaseChanged: boolean;
  progress: number;
  steps: number;
  lastStep: string | null;
  /** JSON; without it what is known stays. */
  plan?: string | null;
  /** JSON; without it what is known stays. */
  network?: string | null;
  phaseTimes: string;
  spent: { inputTokens: number; outputTokens: number; costUsd: number } | null;
  chunk: { firstRecord: number; lastRecord: number; bytes: number; r2Key: string } | null;
  moveId: string;
};

/**
 * Machine lives of tasks. Every write hangs on (task, attempt) and on the attempt not having ended. `onChange` hears of
 * what tasks show of it.
 */
export function createAttemptStore(db: Database, onChange: OnChange = () => {}) {
  const d1 = db.$client;
  const key = (taskId: string, attempt: number) =>
    and(eq(taskAttempts.taskId, taskId), eq(taskAttempts.attempt, attempt));
  return {
    get: async (taskId: string, attempt: number): Promise<AttemptRow | null> =>
      (await db.select().from(taskAttempts).where(key(taskId, attempt)).limit(1))[0] ?? null,

    ofTask: (taskId: string) =>
      db.select().from(taskAttempts).where(eq(taskAttempts.taskId, taskId)).orderBy(taskAttempts.attempt),

    /** The attempts of a task, and how it stands with what it and they owe; of one moment. */
    async withObligations(taskId: string): Promise<{ attempts: AttemptRow[]; obligations: Obligation[] }> {
      const [attempts, rows] = await db.batch([
        db.select().from(taskAttempts).where(eq(taskAttempts.taskId, taskId)).orderBy(taskAttempts.attempt),
        db.select().from(obligations).where(ofTaskAndAttempts(taskId)),
      ]);
      return { attempts, obligations: rows };
    },

    /**
     * Writes the intent to create the machine, before the call. At most three in three seconds an app: Fly takes
     * one a second, burst three. False: too many just now, or no longer wanted.
     */
    async intendLaunch(input: {
      taskId: string;
      attempt: number;
      flyApp: string;
      now: string;
      since: string;
    }): Promise<boolean> {
      const result = await d1
        .prepare(
          `UPDATE task_attempts SET launch_intent_at = ?1
           WHERE task_id = ?2 AND attempt = ?3 AND ended_at IS NULL AND machine_id IS NULL
             AND (SELECT count(*) FROM task_attempts other WHERE other.fly_app = ?4 AND other.launch_intent_at > ?5) < 3
           RETURNING attempt`,
        )
        .bind(input.now, input.taskId, input.attempt, input.flyApp, input.since)
        .all();
      return result.results.length > 0;
    },

    /** Whatever became of the attempt meanwhile, its machine must be known, or nobody would destroy it. */
    async adoptMachine(input: {
      taskId: string;
      attempt: number;
      machineId: string;
      state: string;
      region: string | null;
      now: string;
    }): Promise<void> {
      await db
        .update(taskAttempts)
        .set({
          machineId: input.machineId,
          machineState: input.state,
          machineSeenAt: input.now,
          region: input.region,
        })
        .where(
          and(
            key(input.taskId, input.attempt),
            or(isNull(taskAttempts.machineId), eq(taskAttempts.machineId, input.machineId)),
          ),
        );
    },

    /** Free fields of an attempt; never its end. */
    async update(
      taskId: string,
      attempt: number,
      patch: Partial<Omit<NewAttempt, "taskId" | "attempt" | "endedAt" | "completion">>,
    ): Promise<void> {
      await db.update(taskAttempts).set(patch).where(key(taskId, attempt));
    },

    /**
     * Takes the claim: the first nonce wins, the same nonce wins again until `started`. Returns the row, or null
     * when another nonce came first, the attempt has ended, or it has started.
     */
    async claim(input: {
      taskId: string;
      attempt: number;
      nonceHash: string;
      callbackHmac: string;
      machineId: string | null;
      now: string;
    }): Promise<AttemptRow | null> {
      const rows = await db
        .update(taskAttempts)
        .set({
          claimNonceHash: input.nonceHash,
          callbackHmac: input.callbackHmac,
          claimedAt: sql`coalesce(${taskAttempts.claimedAt}, ${input.now})`,
          heartbeatAt: input.now,
        })
        .where(
          and(
            key(input.taskId, input.attempt),
            isNull(taskAttempts.endedAt),
            isNull(taskAttempts.startedAt),
            or(isNull(taskAttempts.claimNonceHash), eq(taskAttempts.claimNonceHash, input.nonceHash)),
          ),
        )
        .returning();
      return rows[0] ?? null;
    },

    /**
     * Commits batch `seq` of an attempt and what it says about the task. False: gap, repeat, or ended. The attempt's own
     * number moves last: of two batches with the same number that come at once the second finds nothing to hang on.
     */
    async progress(write: ProgressWrite): Promise<boolean> {
      const spent = assignmentsOf(taskAttempts, { ...(write.spent ?? {}) });
      const live = `EXISTS (SELECT 1 FROM task_attempts WHERE task_id = ? AND attempt = ? AND log_seq = ? AND ended_at IS NULL)`;
      const statements = [
        d1
          .prepare(
            `UPDATE tasks SET change_seq = ${nextChange("tasks.user_id")}, progress = max(progress, ?), updated_at = ?
               ${write.phaseChanged ? ", phase = ?, version = version + 1, wake_seq = wake_seq + 1, due_at = ?, move_id = ?" : ""}
             WHERE id = ? AND attempt = ? AND status = 'running' AND ${live} RETURNING user_id, change_seq`,
          )
          .bind(
            write.progress,
            write.now,
            ...(write.phaseChanged ? [write.phase, write.now, write.moveId] : []),
            write.taskId,
            write.attempt,
            write.taskId,
            write.attempt,
            write.seq - 1,
          ),
      ];
      if (write.phaseChanged) {
        statements.push(
          d1
            .prepare(
              `INSERT INTO task_events (task_id, user_id, attempt, kind, data, move_id, at)
               SELECT id, user_id, attempt, 'phase', ?, move_id, ? FROM tasks WHERE id = ? AND move_id = ? ON CONFLICT (move_id, kind) DO NOTHING`,
            )
            .bind(JSON.stringify({ phase: write.phase }), write.now, write.taskId, write.moveId),
        );
      }
      if (write.chunk !== null) {
        statements.push(
          d1
            .prepare(
              `INSERT INTO log_chunks (task_id, attempt, seq, first_record, last_record, bytes, r2_key, created_at)
               SELECT ?, ?, ?, ?, ?, ?, ?, ? WHERE ${live} ON CONFLICT DO NOTHING`,
            )
            .bind(
              write.taskId,
              write.attempt,
              write.seq,
              write.chunk.firstRecord,
              write.chunk.lastRecord,
              write.chunk.bytes,
              write.chunk.r2Key,
              write.now,
              write.taskId,
              write.attempt,
              write.seq - 1,
            ),
        );
      }
      statements.push(
        d1
          .prepare(
            `UPDATE task_attempts SET log_seq = ?, heartbeat_at = ?, started_at = coalesce(started_at, ?), phase = ?, phase_times = ?, plan = coalesce(?, plan), network = coalesce(?, network), records = max(records, ?),
               steps = max(steps, ?), last_step = ?${spent.columns.map((column) => `, ${column} = ?`).join("")}
             WHERE task_id = ? AND attempt = ? AND log_seq = ? AND ended_at IS NULL RETURNING log_seq`,
          )
          .bind(
            write.seq,
            write.now,
            write.now,
            write.phase,
            write.phaseTimes,
            write.plan ?? null,
            write.network ?? null,
            write.chunk?.lastRecord ?? 0,
            write.steps,
            write.lastStep,
            ...spent.values,
            write.taskId,
            write.attempt,
            write.seq - 1,
          ),
      );
      const results = await withRetry(() => d1.batch<{ user_id: number; change_seq: number }>(statements));
      const shown = results[0]?.results[0];
      if (shown !== undefined) onChange({ userId: shown.user_id, taskId: write.taskId, seq: shown.change_seq });
      return (results.at(-1)?.results.length ?? 0) > 0;
    },

    /** False when the attempt has ended. */
    async heartbeat(taskId: string, attempt: number, now: string): Promise<boolean> {
      const rows = await db
        .update(taskAttempts)
        .set({ heartbeatAt: now })
        .where(and(key(taskId, attempt), isNull(taskAttempts.endedAt)))
        .returning({ attempt: taskAttempts.attempt });
      return rows.length > 0;
    },

    /**
     * Accepts the machine's last word once and ends the attempt with it: `accepted`, `replayed` for the same
     * words again, `rejected` when the attempt ended otherwise.
     */
    async complete(input: {
      taskId: string;
      attempt: number;
      completion: string;
      completionHash: string;
      reason: string;
      /** Where the machine says that it ended. */
      phases?: { phase: TaskPhase; phaseTimes: string } | null;
      /** JSON; without it what is known stays. */
      network?: string | null;
      now: string;
    }): Promise<"accepted" | "replayed" | "rejected"> {
      const [moved, , stored] = await withRetry(() =>
        d1.batch<{ completion_hash: string | null }>([
          d1
            .prepare(
              `UPDATE task_attempts SET completion = ?, completion_hash = ?, ended_at = ?, end_reason = ?, heartbeat_at = ?,
                 phase = coalesce(?, phase), phase_times = coalesce(?, phase_times), network = coalesce(?, network)
               WHERE task_id = ? AND attempt = ? AND ended_at IS NULL RETURNING completion_hash`,
            )
            .bind(
              input.completion,
              input.completionHash,
              input.now,
              input.reason,
              input.now,
              input.phases?.phase ?? null,
              input.phases?.phaseTimes ?? null,
              input.network ?? null,
              input.taskId,
              input.attempt,
            ),
          d1
            .prepare(
              `UPDATE tasks SET wake_seq = wake_seq + 1, due_at = ?1,
                 phase = CASE WHEN status = 'running' AND attempt = ?3 THEN coalesce(?5, phase) ELSE phase END
               WHERE id = ?2 AND EXISTS (SELECT 1 FROM task_attempts WHERE task_id = ?2 AND attempt = ?3 AND completion_hash = ?4)`,
            )
            .bind(input.now, input.taskId, input.attempt, input.completionHash, input.phases?.phase ?? null),
          d1
            .prepare(`SELECT completion_hash FROM task_attempts WHERE task_id = ? AND attempt = ?`)
            .bind(input.taskId, input.attempt),
        ]),
      );
      if ((moved?.results.length ?? 0) > 0) return "accepted";
      return stored?.results[0]?.completion_hash === input.completionHash ? "replayed" : "rejected";
    },

    /**
     * Ends an attempt that has no last word (stopped and silent, lost). Where its task is over already, people were told
     * that the work is being saved: the same batch makes its end something to tell.
     */
    async end(input: { taskId: string; attempt: number; reason: string; now: string }): Promise<boolean> {
      const { taskId, attempt, reason, now } = input;
      const [ended, told] = await withRetry(() =>
        d1.batch<{ user_id: number; change_seq: number }>([
          d1
            .prepare(
              `UPDATE task_attempts SET ended_at = ?1, end_reason = ?2
               WHERE task_id = ?3 AND attempt = ?4 AND ended_at IS NULL RETURNING user_id, 0 AS change_seq`,
            )
            .bind(now, reason, taskId, attempt),
          d1
            .prepare(
              `UPDATE tasks SET version = version + 1, wake_seq = wake_seq + 1, due_at = ?1, change_seq = ${nextChange("tasks.user_id")}
               WHERE id = ?2 AND attempt = ?3 AND status IN (${quotedList(TERMINAL_STATUSES)}) AND EXISTS
                 (SELECT 1 FROM task_attempts WHERE task_id = ?2 AND attempt = ?3 AND ended_at = ?1 AND started_at IS NOT NULL AND completion IS NULL)
               RETURNING user_id, change_seq`,
            )
            .bind(now, taskId, attempt),
        ]),
      );
      const shown = told?.results[0];
      if (shown !== undefined) onChange({ userId: shown.user_id, taskId, seq: shown.change_seq });
      return (ended?.results.length ?? 0) > 0;
    },

    chunks: (taskId: string, attempt: number) =>
      db
        .select()
        .from(logChunks)
        .where(and(eq(logChunks.taskId, taskId), eq(logChunks.attempt, attempt)))
        .orderBy(logChunks.seq),
  };
}
export type AttemptStore = ReturnType<typeof createAttemptStore>;
