import { and, eq, gt, lte, sql } from "drizzle-orm";
import type { Database } from "./database";
import { createLogBlockRows } from "./log-block-rows";
import { logChunks } from "./schema";

export type LogChunkRow = typeof logChunks.$inferSelect;

/** Rows of an attempt's log: the chunks that are not sealed yet, and how far sealing is. */
export function createLogRows(db: Database) {
  const ofAttempt = (taskId: string, attempt: number) =>
    and(eq(logChunks.taskId, taskId), eq(logChunks.attempt, attempt));
  return {
    ...createLogBlockRows(db),

    /** Chunks that hold records after `record`, in order. */
    chunksAfter: (input: { taskId: string; attempt: number; record: number; limit: number }): Promise<LogChunkRow[]> =>
      db
        .select()
        .from(logChunks)
        .where(and(ofAttempt(input.taskId, input.attempt), gt(logChunks.lastRecord, input.record)))
        .orderBy(logChunks.lastRecord)
        .limit(input.limit),

    /** Chunks up to `record`, in order. */
    chunksThrough: (input: {
      taskId: string;
      attempt: number;
      record: number;
      limit: number;
    }): Promise<LogChunkRow[]> =>
      db
        .select()
        .from(logChunks)
        .where(and(ofAttempt(input.taskId, input.attempt), lte(logChunks.lastRecord, input.record)))
        .orderBy(logChunks.lastRecord)
        .limit(input.limit),

    /** Of what is not sealed yet. */
    async bytesOf(taskId: string, attempt: number): Promise<number> {
      const [row] = await db
        .select({ bytes: sql<number>`coalesce(sum(${logChunks.bytes}), 0)` })
        .from(logChunks)
        .where(ofAttempt(taskId, attempt));
      return row?.bytes ?? 0;
    },

    async removeChunksThrough(input: { taskId: string; attempt: number; record: number }): Promise<void> {
      await db
        .delete(logChunks)
        .where(and(ofAttempt(input.taskId, input.attempt), lte(logChunks.lastRecord, input.record)));
    },
  };
}
export type LogRows = ReturnType<typeof createLogRows>;
