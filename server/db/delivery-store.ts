import { and, eq, exists, inArray, isNotNull, sql } from "drizzle-orm";
import { type Database, withRetry } from "./database";
import { insertWhere } from "./insert-where";
import { ignorePending } from "./mention-store";
import { dropRow } from "./obligation-store";
import { deliveries, mentions, obligations } from "./schema";

/** `dueAt`: when what it asks for, or its admission, is due; without one nothing is owed. */
type Due = { dueAt?: string | null };
export type NewDelivery = typeof deliveries.$inferInsert & Due;
export type NewMention = typeof mentions.$inferInsert & Due;
export type DeliveryRow = typeof deliveries.$inferSelect;

/** Deliveries of what this login did; the index is of small letters. */
export const isActor = (login: string) =>
  and(eq(sql`lower(${deliveries.actorLogin})`, login.toLowerCase()), isNotNull(deliveries.actorLogin));

/** Webhook deliveries: claimed once by id, with the mentions found in them. */
export function createDeliveryStore(db: Database) {
  return {
    /**
     * One batch: the delivery and its mentions with what they owe, or nothing new. `claimed` is false when the delivery
     * id is known. `mentionIds` are the mentions of this very call: the same comment under another delivery id adds none.
     */
    async claim(
      { dueAt, ...delivery }: NewDelivery,
      found: NewMention[],
    ): Promise<{ claimed: boolean; mentionIds: string[] }> {
      const [first] = found;
      const insertMention = ({ dueAt: _due, ...row }: NewMention) =>
        db.insert(mentions).values(row).onConflictDoNothing().returning({ id: mentions.id });
      const [received, ...others] = await withRetry(() =>
        db.batch([
          db
            .insert(deliveries)
            .values(delivery)
            .onConflictDoNothing({ target: deliveries.id })
            .returning({ id: deliveries.id }),
          ...found.map(insertMention),
          ...(first === undefined ? [] : [ignoreDeleted(db, first, delivery.receivedAt), oweAdmission(db, first)]),
          ...(dueAt == null ? [] : [oweItself(db, delivery, dueAt)]),
        ]),
      );
      const made = others.slice(0, found.length).flatMap((rows) => (Array.isArray(rows) ? rows : []));
      return { claimed: received.length > 0, mentionIds: made.map(({ id }) => id) };
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

/** GitHub does not keep the order of deliveries: the comment may be known as deleted already. */
function ignoreDeleted(db: Database, { repositoryId, commentId }: NewMention, settledAt: string) {
  const isDeleted = and(eq(deliveries.commentId, commentId), sql`${deliveries.outcome} = 'comment_deleted'`);
  const there = and(
    eq(mentions.repositoryId, repositoryId),
    eq(mentions.commentId, commentId),
    exists(
      db
        .select({ one: sql`1` })
        .from(deliveries)
        .where(isDeleted),
    ),
  );
  return ignorePending(db, there, { outcome: "comment_deleted", settledAt });
}

/** The admission of every mention of the delivery. */
const oweAdmission = (db: Database, { deliveryId, dueAt = null }: NewMention) =>
  insertWhere(db, obligations, {
    row: { subject: mentions.id, kind: "admit", dueAt },
    from: mentions,
    where: and(eq(mentions.deliveryId, deliveryId), eq(mentions.status, "pending")),
  }).onConflictDoNothing();

/** What the delivery asks for; one that comes again was received at another time. */
const oweItself = (db: Database, { id, receivedAt }: Pick<NewDelivery, "id" | "receivedAt">, dueAt: string) =>
  insertWhere(db, obligations, {
    row: { subject: deliveries.id, kind: "carry_out", dueAt },
    from: deliveries,
    where: and(eq(deliveries.id, id), eq(deliveries.receivedAt, receivedAt)),
  }).onConflictDoNothing();
