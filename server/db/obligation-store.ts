import { and, count, eq, exists, gt, gte, isNotNull, isNull, lt, sql } from "drizzle-orm";
import type { Obligation, ObligationKind } from "@/lib/obligations";
import { type Database, withRetry } from "./database";
import { insertWhere } from "./insert-where";
import { obligations, tasks } from "./schema";
import { isMovedBy } from "./task-writes";

/** The task that a subject is, or is an attempt of. */
const taskOfSubject = sql<string>`substr(${obligations.subject} || '/', 1, instr(${obligations.subject} || '/', '/') - 1)`;
/** Subjects of a task and its attempts: "/" comes right before "0". */
export const ofTaskAndAttempts = (taskId: string) =>
  and(gte(obligations.subject, taskId), lt(obligations.subject, `${taskId}0`));

/** What was not done at the first try (lib/obligations.ts). One writer of `obligations` with the stores' own batches. */
export function createObligationStore(db: Database) {
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
      const onBranch = and(eq(tasks.id, row.subject), sql`${tasks.branch} IS ${branch}`);
      const stands =
        row.gaveUpReason === null
          ? sql`1`
          : exists(
              db
                .select({ one: sql`1` })
                .from(tasks)
                .where(onBranch),
            );
      await withRetry(() => insertWhere(db, obligations, { row, where: stands }).onConflictDoUpdate(changesTo(row)));
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
      const owner = db.select({ userId: tasks.userId }).from(tasks).where(eq(tasks.id, taskOfSubject));
      return db
        .update(obligations)
        .set({ dueAt: now })
        .where(and(gt(obligations.dueAt, now), eq(obligations.kind, "clean_up"), sql`${owner} = ${userId}`))
        .returning({ id: taskOfSubject });
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
export const putRow = (db: Database, row: Obligation) =>
  db.insert(obligations).values(row).onConflictDoUpdate(changesTo(row));
const changesTo = ({ dueAt, tries, gaveUpReason }: Obligation) => ({
  target: [obligations.subject, obligations.kind],
  set: { dueAt, tries, gaveUpReason },
});

/** Forgets everything about a task and its attempts, in a batch whose first statement made `moveId` its last move. */
export function forgetAfterMove(db: Database, { taskId, moveId }: { taskId: string; moveId: string }) {
  const moved = db
    .select({ one: sql`1` })
    .from(tasks)
    .where(isMovedBy(moveId, taskId));
  return db.delete(obligations).where(and(ofTaskAndAttempts(taskId), exists(moved)));
}
