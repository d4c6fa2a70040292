import { and, eq, exists, isNotNull, isNull, lte, or, sql } from "drizzle-orm";
import type { Obligation } from "@/lib/obligations";
import { type Database, withRetry } from "./database";
import { insertWhere } from "./insert-where";
import { mentions, obligations } from "./schema";

export type MentionRow = typeof mentions.$inferSelect;
type Lease = { id: string; leaseOwner: string };

/** Who looks after a mention, and what it owes when they are done. */
export function createMentionLeases(db: Database) {
  return {
    /** Takes a mention that may owe something for `leaseOwner` until `leaseUntil`; null when somebody else has it. */
    async lease(input: Lease & { leaseUntil: string; now: string }): Promise<MentionRow | null> {
      const owed = db
        .select({ one: sql`1` })
        .from(obligations)
        .where(and(eq(obligations.subject, mentions.id), isNotNull(obligations.dueAt)));
      const isFree = or(isNull(mentions.leaseUntil), lte(mentions.leaseUntil, input.now));
      const rows = await db
        .update(mentions)
        .set({ leaseOwner: input.leaseOwner, leaseUntil: input.leaseUntil })
        .where(and(eq(mentions.id, input.id), exists(owed), isFree))
        .returning();
      return rows[0] ?? null;
    },

    /** Gives the lease back; of what it owed `left` is left. */
    async release({ id, leaseOwner, left }: Lease & { left: Obligation[] }): Promise<void> {
      const isHeld = and(eq(mentions.id, id), eq(mentions.leaseOwner, leaseOwner));
      const held = exists(
        db
          .select({ one: sql`1` })
          .from(mentions)
          .where(isHeld),
      );
      await withRetry(() =>
        db.batch([
          db.delete(obligations).where(and(eq(obligations.subject, id), held)),
          ...left.map((row) =>
            insertWhere(db, obligations, { row: { ...row, subject: id }, where: held }).onConflictDoNothing(),
          ),
          db.update(mentions).set({ leaseOwner: null, leaseUntil: null }).where(isHeld),
        ]),
      );
    },
  };
}
