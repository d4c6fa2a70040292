import { and, eq, isNotNull, isNull, lte, or, sql } from "drizzle-orm";
import type { Database } from "./database";
import { mentions } from "./schema";

export type MentionRow = typeof mentions.$inferSelect;

/** Mentions and their obligations (reaction, one reply). */
export function createMentionStore(db: Database) {
  return {
    get: async (id: string) => (await db.select().from(mentions).where(eq(mentions.id, id)).limit(1))[0] ?? null,

    /** Takes the mention for `leaseOwner` until `leaseUntil`; null when somebody else has it. */
    async lease(input: {
      id: string;
      leaseOwner: string;
      leaseUntil: string;
      now: string;
    }): Promise<MentionRow | null> {
      const rows = await db
        .update(mentions)
        .set({ leaseOwner: input.leaseOwner, leaseUntil: input.leaseUntil })
        .where(
          and(
            eq(mentions.id, input.id),
            isNotNull(mentions.dueAt),
            or(isNull(mentions.leaseUntil), lte(mentions.leaseUntil, input.now)),
          ),
        )
        .returning();
      return rows[0] ?? null;
    },

    /** Ends the admission of a pending mention; false when it was settled before. */
    async settle(
      id: string,
      patch: Partial<
        Pick<
          MentionRow,
          "status" | "outcome" | "reply" | "replyState" | "reaction" | "settledAt" | "taskId" | "installationId"
        >
      >,
    ): Promise<boolean> {
      const rows = await db
        .update(mentions)
        .set(patch)
        .where(and(eq(mentions.id, id), eq(mentions.status, "pending")))
        .returning({ id: mentions.id });
      return rows.length > 0;
    },

    update: async (id: string, patch: Partial<MentionRow>) => {
      await db.update(mentions).set(patch).where(eq(mentions.id, id));
    },

    /** Gives the lease back; `dueAt` null means that nothing is owed any more. */
    release: async (input: { id: string; leaseOwner: string; dueAt: string | null; failed: string | null }) => {
      await db
        .update(mentions)
        .set({
          leaseOwner: null,
          leaseUntil: null,
          dueAt: input.dueAt,
          tries: input.failed === null ? 0 : sql`${mentions.tries} + 1`,
          lastError: input.failed,
        })
        .where(and(eq(mentions.id, input.id), eq(mentions.leaseOwner, input.leaseOwner)));
    },

    /** Mentions of a closed issue that nobody admitted yet become ignored. */
    ignorePendingOfIssue: async (input: {
      repositoryId: number;
      issueNumber: number;
      before: string;
      outcome: string;
    }) => {
      await db
        .update(mentions)
        .set({ status: "ignored", outcome: input.outcome, reaction: "none", dueAt: null, settledAt: input.before })
        .where(
          and(
            eq(mentions.repositoryId, input.repositoryId),
            eq(mentions.issueNumber, input.issueNumber),
            eq(mentions.status, "pending"),
            lte(mentions.createdAt, input.before),
          ),
        );
    },

    /** Commands of a deleted comment that nobody admitted yet become ignored. */
    ignorePendingOfComment: async (input: { repositoryId: number; commentId: number; now: string }) => {
      await db
        .update(mentions)
        .set({
          status: "ignored",
          outcome: "comment_deleted",
          reaction: "none",
          dueAt: null,
          settledAt: input.now,
        })
        .where(
          and(
            eq(mentions.repositoryId, input.repositoryId),
            eq(mentions.commentId, input.commentId),
            eq(mentions.status, "pending"),
          ),
        );
    },

    due: (now: string, limit: number) =>
      db
        .select({ id: mentions.id })
        .from(mentions)
        .where(
          and(
            isNotNull(mentions.dueAt),
            lte(mentions.dueAt, now),
            or(isNull(mentions.leaseUntil), lte(mentions.leaseUntil, now)),
          ),
        )
        .orderBy(mentions.dueAt)
        .limit(limit),

    /** Other commands of the same comment, to react once. */
    ofComment: (repositoryId: number, commentId: number) =>
      db
        .select({ id: mentions.id, reaction: mentions.reaction, status: mentions.status })
        .from(mentions)
        .where(and(eq(mentions.repositoryId, repositoryId), eq(mentions.commentId, commentId))),
  };
}
export type MentionStore = ReturnType<typeof createMentionStore>;
