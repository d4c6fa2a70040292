import { and, eq, lte, type SQL } from "drizzle-orm";
import type { Obligation } from "@/lib/obligations";
import type { Database } from "./database";
import { createMentionLeases, type MentionRow } from "./mention-leases";
import { mentions, obligations } from "./schema";

export type { MentionRow } from "./mention-leases";

/** Mentions, and what they owe: their admission, a reaction, one reply. */
export function createMentionStore(db: Database) {
  return {
    ...createMentionLeases(db),

    get: async (id: string) => (await db.select().from(mentions).where(eq(mentions.id, id)).limit(1))[0] ?? null,

    /** The mention, and how it stands with what it owes; of one moment. */
    async withObligations(id: string): Promise<{ mention: MentionRow | null; obligations: Obligation[] }> {
      const [rows, owed] = await db.batch([
        db.select().from(mentions).where(eq(mentions.id, id)).limit(1),
        db.select().from(obligations).where(eq(obligations.subject, id)),
      ]);
      return { mention: rows[0] ?? null, obligations: owed };
    },

    /** Ends the admission of a pending mention; false when it was settled before. */
    async settle(
      id: string,
      patch: Partial<
        Pick<MentionRow, "status" | "outcome" | "reply" | "reaction" | "settledAt" | "taskId" | "installationId">
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

    /** Mentions of a closed issue that nobody admitted yet become ignored. */
    ignorePendingOfIssue: async (input: {
      repositoryId: number;
      issueNumber: number;
      before: string;
      outcome: string;
    }) => {
      const there = and(
        eq(mentions.repositoryId, input.repositoryId),
        eq(mentions.issueNumber, input.issueNumber),
        lte(mentions.createdAt, input.before),
      );
      await ignorePending(db, there, { outcome: input.outcome, settledAt: input.before });
    },

    /** Commands of a deleted comment that nobody admitted yet become ignored. */
    ignorePendingOfComment: async (input: { repositoryId: number; commentId: number; now: string }) => {
      await ignorePending(db, isOfComment(input), { outcome: "comment_deleted", settledAt: input.now });
    },
  };
}
export type MentionStore = ReturnType<typeof createMentionStore>;

const isOfComment = (comment: { repositoryId: number; commentId: number }) =>
  and(eq(mentions.repositoryId, comment.repositoryId), eq(mentions.commentId, comment.commentId));

/** For the batches of other stores, too. */
export const ignorePending = (db: Database, where: SQL | undefined, settled: { outcome: string; settledAt: string }) =>
  db
    .update(mentions)
    .set({ status: "ignored", reaction: "none", ...settled })
    .where(and(where, eq(mentions.status, "pending")));
