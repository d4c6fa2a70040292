import { and, eq, isNotNull, lte, sql } from "drizzle-orm";
import type { Database } from "./database";
import { taskAttempts } from "./schema";

/** The sealed part of attempts' logs: which blocks there are, and until when. */
export function createLogBlockRows(db: Database) {
  const isAttempt = ({ taskId, attempt }: { taskId: string; attempt: number }) =>
    and(eq(taskAttempts.taskId, taskId), eq(taskAttempts.attempt, attempt));
  return {
    /** Commits one more block of an ended attempt. False: another sealer came first. Both are the blocks' JSON. */
    async addBlock(input: { taskId: string; attempt: number; from: string; to: string }): Promise<boolean> {
      const rows = await db
        .update(taskAttempts)
        .set({ logBlocks: input.to })
        .where(and(isAttempt(input), eq(taskAttempts.logBlocks, input.from), isNotNull(taskAttempts.endedAt)))
        .returning({ attempt: taskAttempts.attempt });
      return rows.length > 0;
    },

    /** The log is whole in its blocks, which are kept until `expiresAt`. */
    async sealed(input: { taskId: string; attempt: number; now: string; expiresAt: string }): Promise<void> {
      await db
        .update(taskAttempts)
        .set({ logSealedAt: input.now, logExpiresAt: input.expiresAt })
        .where(isAttempt(input));
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
        .where(isAttempt({ taskId, attempt }));
    },
  };
}
