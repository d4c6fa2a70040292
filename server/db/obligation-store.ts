import { and, count, eq, gte, isNotNull, isNull, lt, sql } from "drizzle-orm";
import type { Obligation, ObligationKind } from "@/lib/obligations";
import { type Database, withRetry } from "./database";
import { obligations } from "./schema";

/** The task that a subject is, or is an attempt of. */
export const TASK_OF_SUBJECT = "substr(subject || '/', 1, instr(subject || '/', '/') - 1)";
/** Subjects of a task and its attempts: "/" comes right before "0". */
const PREFIX = "subject >= ?1 AND subject < ?1 || '0'";
export const ofTaskAndAttempts = (taskId: string) =>
  and(gte(obligations.subject, taskId), lt(obligations.subject, `${taskId}0`));

/** What was not done at the first try (lib/obligations.ts). One writer of `obligations` with the stores' own batches. */
export function createObligationStore(db: Database) {
  const d1 = db.$client;
  return {
    of: (subject: string): Promise<Obligation[]> =>
      db.select().from(obligations).where(eq(obligations.subject, subject)),

    get: async (subject: string, kind: ObligationKind): Promise<Obligation | null> =>
      (await db.select().from(obligations).where(rowOf({ subject, kind })).limit(1))[0] ?? null,

    put: async (row: Obligation): Promise<void> => {
      await putRow(db, row);
    },

    /**
     * A report failed. It is given up only while the task is on the branch that it was read with: an explicit retry gives
     * it another one, and what a report before it met must not silence what comes after.
     */
    async putReport(row: Obligation, branch: string | null): Promise<void> {
      await withRetry(() =>
        d1
          .prepare(
            `INSERT INTO obligations (subject, kind, due_at, tries, gave_up_reason) SELECT ?1, ?2, ?3, ?4, ?5
             WHERE ?5 IS NULL OR EXISTS (SELECT 1 FROM tasks WHERE id = ?1 AND branch IS ?6)
             ON CONFLICT (subject, kind) DO UPDATE SET due_at = excluded.due_at, tries = excluded.tries, gave_up_reason = excluded.gave_up_reason`,
          )
          .bind(row.subject, row.kind, row.dueAt, row.tries, row.gaveUpReason, branch)
          .run(),
      );
    },

    /** What was given up, the newest rows first. */
    async givenUp(limit: number): Promise<Pick<Obligation, "subject" | "kind" | "tries" | "gaveUpReason">[]> {
      const { subject, kind, tries, gaveUpReason } = obligations;
      return db
        .select({ subject, kind, tries, gaveUpReason })
        .from(obligations)
        .where(isGivenUp)
        .orderBy(sql`rowid DESC`)
        .limit(limit);
    },
    countGivenUp: (): Promise<{ kind: ObligationKind; count: number }[]> =>
      db
        .select({ kind: obligations.kind, count: count() })
        .from(obligations)
        .where(isGivenUp)
        .groupBy(obligations.kind),

    /** Done, or not owed any more. */
    clear: async (rows: Pick<Obligation, "subject" | "kind">[]): Promise<void> => {
      const [first, ...others] = rows.map((row) => dropRow(db, row));
      if (first !== undefined) await db.batch([first, ...others]);
    },

    /** What this user's ended attempts owe and was postponed is due now; answers their tasks. */
    async hurryCleanUp(userId: number, now: string): Promise<{ id: string }[]> {
      const { results } = await d1
        .prepare(
          `UPDATE obligations SET due_at = ?1 WHERE due_at > ?1 AND kind = 'clean_up' AND (SELECT user_id FROM tasks WHERE id = ${TASK_OF_SUBJECT}) = ?2
           RETURNING ${TASK_OF_SUBJECT} AS id`,
        )
        .bind(now, userId)
        .all<{ id: string }>();
      return results;
    },
  };
}
export type ObligationStore = ReturnType<typeof createObligationStore>;

const isGivenUp = and(isNull(obligations.dueAt), isNotNull(obligations.gaveUpReason));

const rowOf = ({ subject, kind }: Pick<Obligation, "subject" | "kind">) =>
  and(eq(obligations.subject, subject), eq(obligations.kind, kind));

// For the batches of other stores.
export const dropRow = (db: Database, row: Pick<Obligation, "subject" | "kind">) =>
  db.delete(obligations).where(rowOf(row));
export function putRow(db: Database, row: Obligation) {
  const { dueAt, tries, gaveUpReason } = row;
  const target = [obligations.subject, obligations.kind];
  return db.insert(obligations).values(row).onConflictDoUpdate({ target, set: { dueAt, tries, gaveUpReason } });
}

/** Forgets everything about a task and its attempts, in a batch whose first statement made `moveId` its last move. */
export const forgetAfterMove = (d1: D1Database, input: { taskId: string; moveId: string }): D1PreparedStatement =>
  d1
    .prepare(`DELETE FROM obligations WHERE ${PREFIX} AND EXISTS (SELECT 1 FROM tasks WHERE id = ?1 AND move_id = ?2)`)
    .bind(input.taskId, input.moveId);
