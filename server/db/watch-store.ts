import { and, eq, gt } from "drizzle-orm";
import type { Database } from "./database";
import { taskAttempts, taskEvents, tasks } from "./schema";
import { newestChange } from "./task-counts";
import { isCurrent, type ShortTaskRow, shortTaskRow } from "./task-row";

/** What streams read: by an index, a few rows at a time. */
export function createWatchStore(db: Database) {
  return {
    /** The number of the user's newest change; 0 without any. */
    newestChange: async (userId: number): Promise<number> => (await newestChange(db, userId))[0]?.seq ?? 0,

    /** The user's tasks that changed after `seq`, in the order of their newest change. */
    changedSince: (userId: number, seq: number, limit: number): Promise<ShortTaskRow[]> =>
      db
        .select(shortTaskRow)
        .from(tasks)
        .leftJoin(taskAttempts, isCurrent)
        .where(and(eq(tasks.userId, userId), gt(tasks.changeSeq, seq)))
        .orderBy(tasks.changeSeq)
        .limit(limit),

    /** One task of the user, its events after `event` and the attempt, of one moment. */
    async task(input: { userId: number; id: string; event: number; attempt: number; limit: number }) {
      const [rows, events, attempts] = await db.batch([
        db
          .select(shortTaskRow)
          .from(tasks)
          .leftJoin(taskAttempts, isCurrent)
          .where(and(eq(tasks.id, input.id), eq(tasks.userId, input.userId)))
          .limit(1),
        db
          .select()
          .from(taskEvents)
          .where(and(eq(taskEvents.taskId, input.id), gt(taskEvents.seq, input.event)))
          .orderBy(taskEvents.seq)
          .limit(input.limit),
        db
          .select()
          .from(taskAttempts)
          .where(and(eq(taskAttempts.taskId, input.id), eq(taskAttempts.attempt, input.attempt)))
          .limit(1),
      ]);
      return { task: rows[0] ?? null, events, attempt: attempts[0] ?? null };
    },
  };
}
export type WatchStore = ReturnType<typeof createWatchStore>;
