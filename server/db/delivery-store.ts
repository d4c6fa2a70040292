import { and, eq, inArray, isNotNull, lte, sql } from "drizzle-orm";
import { assignments, withRetry, type Database } from "./database";
import { deliveries, mentions } from "./schema";

export type NewDelivery = typeof deliveries.$inferInsert;
export type NewMention = typeof mentions.$inferInsert;

/** Webhook deliveries: claimed once by id, with the mentions found in them. */
export function createDeliveryStore(db: Database) {
  const d1 = db.$client;
  return {
    /**
     * One batch: the delivery and its mentions, or nothing new. `claimed` is false when the delivery id is known.
     * `mentionIds` are the mentions of this very call: the same comment under another delivery id adds none.
     */
    async claim(delivery: NewDelivery, found: NewMention[]): Promise<{ claimed: boolean; mentionIds: string[] }> {
      const row = assignments(deliveries, delivery);
      const statements = [
        d1
          .prepare(
            `INSERT INTO deliveries (${row.columns.join(", ")}) VALUES (${row.columns.map(() => "?").join(", ")}) ON CONFLICT (id) DO NOTHING RETURNING id`,
          )
          .bind(...row.values),
        ...found.map((mention) => {
          const values = assignments(mentions, mention);
          return d1
            .prepare(
              `INSERT INTO mentions (${values.columns.join(", ")}) VALUES (${values.columns.map(() => "?").join(", ")}) ON CONFLICT DO NOTHING RETURNING id`,
            )
            .bind(...values.values);
        }),
        // GitHub does not keep the order of deliveries: the comment may be known as deleted already.
        ...found.slice(0, 1).map((mention) =>
          d1
            .prepare(
              `UPDATE mentions SET status = 'ignored', outcome = 'comment_deleted', reaction = 'none', due_at = NULL, settled_at = ?
               WHERE repository_id = ? AND comment_id = ? AND status = 'pending'
                 AND EXISTS (SELECT 1 FROM deliveries WHERE comment_id = ? AND outcome = 'comment_deleted')`,
            )
            .bind(delivery.receivedAt, mention.repositoryId, mention.commentId, mention.commentId),
        ),
      ];
      const results = await withRetry(() => d1.batch<{ id: string }>(statements));
      const ids = results.map((result) => result.results[0]?.id);
      return {
        claimed: ids[0] !== undefined,
        mentionIds: ids.slice(1, 1 + found.length).filter((id) => id !== undefined),
      };
    },

    /** Those of `ids` (at most 90) that were recorded. */
    known: async (ids: string[]): Promise<string[]> =>
      (await db.select({ id: deliveries.id }).from(deliveries).where(inArray(deliveries.id, ids))).map(({ id }) => id),

    get: async (id: string) => (await db.select().from(deliveries).where(eq(deliveries.id, id)).limit(1))[0] ?? null,

    settle: async (id: string, outcome: string) => {
      await db.update(deliveries).set({ dueAt: null, outcome }).where(eq(deliveries.id, id));
    },

    /** Puts it off; `tries` counts. */
    postpone: async (id: string, dueAt: string) => {
      await db
        .update(deliveries)
        .set({ dueAt, tries: sql`${deliveries.tries} + 1` })
        .where(eq(deliveries.id, id));
    },

    due: (now: string, limit: number) =>
      db
        .select({ id: deliveries.id })
        .from(deliveries)
        .where(and(isNotNull(deliveries.dueAt), lte(deliveries.dueAt, now)))
        .orderBy(deliveries.dueAt)
        .limit(limit),
  };
}
export type DeliveryStore = ReturnType<typeof createDeliveryStore>;
