import { and, desc, eq, inArray, isNotNull, isNull, lte, sql, sum } from "drizzle-orm";
import type { Database } from "./database";
import { changeSets, IS_TYPICAL, tasks } from "./schema";

export type ChangeSetRow = typeof changeSets.$inferSelect;
export type ChangeSetKey = Pick<ChangeSetRow, "taskId" | "attempt" | "number">;

type AttemptKey = Pick<ChangeSetRow, "taskId" | "attempt">;
export const ofAttempt = ({ taskId, attempt }: AttemptKey) =>
  and(eq(changeSets.taskId, taskId), eq(changeSets.attempt, attempt));
export const isSet = (key: ChangeSetKey) => and(ofAttempt(key), eq(changeSets.number, key.number));

/** The newest runs of a repository that came to their own end. */
const newestOf = (db: Database, repositoryId: number) =>
  db
    .select({ id: tasks.id })
    .from(tasks)
    .where(and(eq(tasks.repositoryId, repositoryId), sql.raw(IS_TYPICAL)))
    .orderBy(desc(tasks.createdAt))
    .limit(50);

/** Everything that is read of change sets. */
export function createChangeSetQueries(db: Database) {
  return {
    get: async (key: ChangeSetKey): Promise<ChangeSetRow | null> =>
      (await db.select().from(changeSets).where(isSet(key)).limit(1))[0] ?? null,

    /** Whether GitHub verified what was written last in a repository; null: nothing was. */
    wasVerified: async (repositoryId: number): Promise<boolean | null> =>
      (
        await db
          .select({ verified: changeSets.verified })
          .from(changeSets)
          .innerJoin(tasks, eq(tasks.id, changeSets.taskId))
          .where(and(inArray(tasks.id, newestOf(db, repositoryId)), isNotNull(changeSets.verified)))
          .orderBy(desc(changeSets.createdAt))
          .limit(1)
      )[0]?.verified ?? null,

    /** Bytes of an attempt's sets whose files are there. */
    bytesOf: async (taskId: string, attempt: number): Promise<number> =>
      (
        await db
          .select({ bytes: sum(changeSets.bytes).mapWith(Number) })
          .from(changeSets)
          .where(and(ofAttempt({ taskId, attempt }), isNull(changeSets.removedAt)))
      )[0]?.bytes ?? 0,

    /** What is written of an attempt; null: nothing came whole. */
    newestWhole: async (taskId: string, attempt: number): Promise<ChangeSetRow | null> =>
      (
        await db
          .select()
          .from(changeSets)
          .where(and(ofAttempt({ taskId, attempt }), isNotNull(changeSets.wholeAt)))
          .orderBy(desc(changeSets.number))
          .limit(1)
      )[0] ?? null,

    /** Every set of a task, by attempt and number. */
    ofTask: (taskId: string): Promise<ChangeSetRow[]> =>
      db.select().from(changeSets).where(eq(changeSets.taskId, taskId)).orderBy(changeSets.attempt, changeSets.number),

    /** The person's tasks that have a set. */
    taskIdsOf: async (userId: number): Promise<string[]> =>
      (
        await db.selectDistinct({ taskId: changeSets.taskId }).from(changeSets).where(eq(changeSets.userId, userId))
      ).map(({ taskId }) => taskId),

    /** Sets whose files are older than they are kept. */
    expired: (now: string, limit: number): Promise<ChangeSetKey[]> =>
      db
        .select({ taskId: changeSets.taskId, attempt: changeSets.attempt, number: changeSets.number })
        .from(changeSets)
        .where(and(lte(changeSets.expiresAt, now), isNull(changeSets.removedAt)))
        .limit(limit),
  };
}
