import { and, eq, gt, lte, sql } from "drizzle-orm";
import type { Database } from "./database";
import { logChunks, taskAttempts } from "./schema";

export type LogChunkRow = typeof logChunks.$inferSelect;

/** Rows of an attempt's log: the chunks that are not sealed yet, and how far sealing is. */
export function createLogRows(db: Database) {
  const d1 = db.$client;
  const ofAttempt = (taskId: string, attempt: number) =>
    and(eq(logChunks.taskId, taskId), eq(logChunks.attempt, attempt));
  return {
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

    /** Commits one more block of an ended attempt. False: another sealer came first. Both are the blocks' JSON. */
    async addBlock(input: { taskId: string; attempt: number; from: string; to: string }): Promise<boolean> {
      const result = await d1
        .prepare(
          `UPDATE task_attempts SET log_blocks = ?1 WHERE task_id = ?2 AND attempt = ?3 AND log_blocks = ?4 AND ended_at IS NOT NULL RETURNING attempt`,
        )
        .bind(input.to, input.taskId, input.attempt, input.from)
        .all();
      return result.results.length > 0;
    },

    /** The log is whole in its blocks, which are kept until `expiresAt`. */
    async sealed(input: { taskId: string; attempt: number; now: string; expiresAt: string }): Promise<void> {
      await db
        .update(taskAttempts)
        .set({ logSealedAt: input.now, logExpiresAt: input.expiresAt })
        .where(and(eq(taskAttempts.taskId, input.taskId), eq(taskAttempts.attempt, input.attempt)));
    },

    /** Attempts whose blocks are older than they are kept. */
    expired: (now: string, limit: number) =>
      db
        .select({
          taskId: taskAttempts.taskId,
          attempt: taskAttempts.attempt,
          logBlocks: taskAttempts.logBlocks,
        })
        .from(taskAttempts)
        .where(and(lte(taskAttempts.logExpiresAt, now), sql`log_blocks <> '[]'`))
        .limit(limit),

    /** The blocks are deleted; what the agent called goes with them, how its network was closed stays. */
    async forgetBlocks(taskId: string, attempt: number): Promise<void> {
      await db
        .update(taskAttempts)
        .set({
          logBlocks: "[]",
          network: sql`json_set(${taskAttempts.network}, '$.blocked', json('[]'), '$.unlisted', 0)`,
        })
        .where(and(eq(taskAttempts.taskId, taskId), eq(taskAttempts.attempt, attempt)));
    },
  };
}
export type LogRows = ReturnType<typeof createLogRows>;
