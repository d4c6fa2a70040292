import { and, eq, inArray, isNotNull } from "drizzle-orm";
import { type Assignments, assignmentsOf, type Database, withRetry } from "./database";
import { dropRow } from "./obligation-store";
import { deliveries, mentions, obligations } from "./schema";

/** `dueAt`: when what it asks for, or its admission, is due; without one nothing is owed. */
type Due = { dueAt?: string | null };
export type NewDelivery = typeof deliveries.$inferInsert & Due;
export type NewMention = typeof mentions.$inferInsert & Due;
export type DeliveryRow = typeof deliveries.$inferSelect;

/** Webhook deliveries: claimed once by id, with the mentions found in them. */
export function createDeliveryStore(db: Database) {
  const d1 = db.$client;
  const insert = (into: "deliveries" | "mentions", row: Assignments, onConflict: string) =>
    d1
      .prepare(
        `INSERT INTO ${into} (${row.columns.join(", ")}) VALUES (${row.columns.map(() => "?").join(", ")}) ON CONFLICT ${onConflict} RETURNING id`,
      )
      .bind(...row.values);
  return {
    /**
     * One batch: the delivery and its mentions with what they owe, or nothing new. `claimed` is false when the delivery
     * id is known. `mentionIds` are the mentions of this very call: the same comment under another delivery id adds none.
     */
    async claim(delivery: NewDelivery, found: NewMention[]): Promise<{ claimed: boolean; mentionIds: string[] }> {
      const { dueAt, ...received } = delivery;
      const statements = [
        insert("deliveries", assignmentsOf(deliveries, received), "(id) DO NOTHING"),
        ...found.map(({ dueAt: _due, ...row }) => insert("mentions", assignmentsOf(mentions, row), "DO NOTHING")),
        // GitHub does not keep the order of deliveries: the comment may be known as deleted already.
        ...found.slice(0, 1).map((mention) =>
          d1
            .prepare(
              `UPDATE mentions SET status = 'ignored', outcome = 'comment_deleted', reaction = 'none', settled_at = ?
               WHERE repository_id = ? AND comment_id = ? AND status = 'pending'
                 AND EXISTS (SELECT 1 FROM deliveries WHERE comment_id = ? AND outcome = 'comment_deleted')`,
            )
            .bind(delivery.receivedAt, mention.repositoryId, mention.commentId, mention.commentId),
        ),
        ...found
          .slice(0, 1)
          .map((mention) =>
            d1
              .prepare(
                `INSERT INTO obligations (subject, kind, due_at) SELECT id, 'admit', ?2 FROM mentions WHERE delivery_id = ?1 AND status = 'pending' ON CONFLICT DO NOTHING`,
              )
              .bind(mention.deliveryId, mention.dueAt ?? null),
          ),
        // A delivery that comes again was received at another time.
        ...(dueAt == null
          ? []
          : [
              d1
                .prepare(
                  `INSERT INTO obligations (subject, kind, due_at) SELECT id, 'carry_out', ?2 FROM deliveries WHERE id = ?1 AND received_at = ?3 ON CONFLICT DO NOTHING`,
                )
                .bind(delivery.id, dueAt, delivery.receivedAt),
            ]),
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

    /** A delivery that still wants something done, and how often that failed; null: nothing is owed. */
    async owing(id: string): Promise<{ delivery: DeliveryRow; tries: number } | null> {
      const rows = await db
        .select({ delivery: deliveries, tries: obligations.tries })
        .from(obligations)
        .innerJoin(deliveries, eq(deliveries.id, obligations.subject))
        .where(and(eq(obligations.subject, id), eq(obligations.kind, "carry_out"), isNotNull(obligations.dueAt)))
        .limit(1);
      return rows[0] ?? null;
    },

    /** Done, or quarantined with `outcome`. */
    settle: async (id: string, outcome: string) => {
      await db.batch([
        db.update(deliveries).set({ outcome }).where(eq(deliveries.id, id)),
        dropRow(db, { subject: id, kind: "carry_out" }),
      ]);
    },
  };
}
export type DeliveryStore = ReturnType<typeof createDeliveryStore>;
