import { and, eq, isNull, lte, or, sql } from "drizzle-orm";
import type { Obligation } from "@/lib/obligations";
import { type Database, withRetry } from "./database";
import { mentions, obligations } from "./schema";

export type MentionRow = typeof mentions.$inferSelect;

/** Mentions, and what they owe: their admission, a reaction, one reply. */
export function createMentionStore(db: Database) {
  const d1 = db.$client;
  return {
    get: async (id: string) => (await db.select().from(mentions).where(eq(mentions.id, id)).limit(1))[0] ?? null,

    /** The mention, and how it stands with what it owes; of one moment. */
    async withObligations(id: string): Promise<{ mention: MentionRow | null; obligations: Obligation[] }> {
      const [rows, owed] = await db.batch([
        db.select().from(mentions).where(eq(mentions.id, id)).limit(1),
        db.select().from(obligations).where(eq(obligations.subject, id)),
      ]);
      return { mention: rows[0] ?? null, obligations: owed };
    },

    /** Takes a mention that may owe something for `leaseOwner` until `leaseUntil`; null when somebody else has it. */
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
            sql`EXISTS (SELECT 1 FROM obligations WHERE subject = ${mentions.id} AND due_at IS NOT NULL)`,
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

    /** Gives the lease back; of what it owed `left` is left. */
    async release(input: { id: string; leaseOwner: string; left: Obligation[] }): Promise<void> {
      const { id, leaseOwner, left } = input;
      const mine = `EXISTS (SELECT 1 FROM mentions WHERE id = ?1 AND lease_owner = ?2)`;
      await withRetry(() =>
        d1.batch([
          d1.prepare(`DELETE FROM obligations WHERE subject = ?1 AND ${mine}`).bind(id, leaseOwner),
          ...left.map((row) =>
            d1
              .prepare(
                `INSERT INTO obligations (subject, kind, due_at, tries, gave_up_reason) SELECT ?1, ?3, ?4, ?5, ?6 WHERE ${mine} ON CONFLICT DO NOTHING`,
              )
              .bind(id, leaseOwner, row.kind, row.dueAt, row.tries, row.gaveUpReason),
          ),
          d1
            .prepare(`UPDATE mentions SET lease_owner = NULL, lease_until = NULL WHERE id = ?1 AND lease_owner = ?2`)
            .bind(id, leaseOwner),
        ]),
      );
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
        .set({ status: "ignored", outcome: input.outcome, reaction: "none", settledAt: input.before })
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

    /** Other commands of the same comment, to react once. */
    ofComment: (repositoryId: number, commentId: number) =>
      db
        .select({ id: mentions.id, reaction: mentions.reaction, status: mentions.status })
        .from(mentions)
        .where(and(eq(mentions.repositoryId, repositoryId), eq(mentions.commentId, commentId))),
  };
}
export type MentionStore = ReturnType<typeof createMentionStore>;
