import { and, eq, lt, sql } from "drizzle-orm";
import type { Database } from "./database";
import { namedStatement } from "./named-statement";
import { contentBudgets, contentShares } from "./schema";

/** A bucket: what it holds at most, and what comes back in `perMs` milliseconds. */
type Bucket = { capacity: number; refill: number; perMs: number };
/** `userId` null: the installation's own; else that person's share of it. */
export type BudgetOf = { installationId: number; userId: number | null };
export type Take = BudgetOf & { cost: number; nowMs: number } & Record<"minute" | "hour", Bucket & { reserve: number }>;

type Left = { minuteLeft: number; hourLeft: number };
export type Taken = ({ taken: true } & Left) | { taken: false; waitMs: number };

/** What may still be written for an installation, and for one person there; a statement takes from both buckets, or none. */
export function createBudgetStore(db: Database) {
  const isShareOf = ({ installationId, userId }: { installationId: number; userId: number }) =>
    and(eq(contentShares.installationId, installationId), eq(contentShares.userId, userId));
  /** An SQL expression over one row: what the bucket holds at :now. */
  const left = (column: string, { capacity, refill, perMs }: Bucket) =>
    `min(${capacity}, ${column} + max(0, :now - counted_at_ms) * ${refill / perMs})`;

  async function rowOf({ installationId, userId }: BudgetOf) {
    const rows =
      userId === null
        ? await db.select().from(contentBudgets).where(eq(contentBudgets.installationId, installationId)).limit(1)
        : await db.select().from(contentShares).where(isShareOf({ installationId, userId })).limit(1);
    return rows[0];
  }

  return {
    /** `waitMs`: how long until there is enough. `reserve`: what must be left afterwards. */
    async take({ installationId, userId, cost, nowMs, minute, hour }: Take): Promise<Taken> {
      const [minuteLeft, hourLeft] = [left("minute_left", minute), left("hour_left", hour)];
      const [table, key] =
        userId === null
          ? (["content_budgets", { installation_id: installationId }] as const)
          : (["content_shares", { installation_id: installationId, user_id: userId }] as const);
      const columns = Object.keys(key);
      const { results } = await namedStatement(
        db.$client,
        `INSERT INTO ${table} (counted_at_ms, minute_left, hour_left, ${columns.join(", ")})
         VALUES (:now, ${minute.capacity} - :cost, ${hour.capacity} - :cost, :${columns.join(", :")})
         ON CONFLICT (${columns.join(", ")}) DO UPDATE SET
           minute_left = ${minuteLeft} - :cost, hour_left = ${hourLeft} - :cost, counted_at_ms = max(counted_at_ms, :now)
         WHERE ${minuteLeft} >= :cost + ${minute.reserve} AND ${hourLeft} >= :cost + ${hour.reserve}
         RETURNING minute_left AS minuteLeft, hour_left AS hourLeft`,
        { now: nowMs, cost, ...key },
      ).all<Left>();
      if (results[0] !== undefined) return { taken: true, ...results[0] };
      const row = await rowOf({ installationId, userId });
      if (row === undefined) return { taken: false, waitMs: 1000 };
      const since = Math.max(0, nowMs - row.countedAtMs);
      const wait = (held: number, bucket: Bucket & { reserve: number }) =>
        ((cost + bucket.reserve - Math.min(bucket.capacity, held + (since * bucket.refill) / bucket.perMs)) *
          bucket.perMs) /
        bucket.refill;
      const waitMs = Math.max(1000, Math.ceil(Math.max(wait(row.minuteLeft, minute), wait(row.hourLeft, hour))));
      return { taken: false, waitMs };
    },

    /** Puts back what was taken of a share and not used; a bucket never holds more than it can. */
    async giveBack({ installationId, userId, cost }: { installationId: number; userId: number; cost: number }) {
      await db
        .update(contentShares)
        .set({
          minuteLeft: sql`${contentShares.minuteLeft} + ${cost}`,
          hourLeft: sql`${contentShares.hourLeft} + ${cost}`,
        })
        .where(isShareOf({ installationId, userId }));
    },

    /** Shares that are full again say nothing. */
    forgetShares: async (beforeMs: number) => {
      await db.delete(contentShares).where(lt(contentShares.countedAtMs, beforeMs));
    },
  };
}
export type BudgetStore = ReturnType<typeof createBudgetStore>;
