import { eq } from "drizzle-orm";
import type { Database } from "./database";
import { contentBudgets } from "./schema";

/** A bucket: what it holds at most, and what comes back in `perMs` milliseconds. */
type Bucket = { capacity: number; refill: number; perMs: number };
export type Take = { installationId: number; cost: number; nowMs: number } & Record<
  "minute" | "hour",
  Bucket & { reserve: number }
>;

/** What may still be written for an installation; one statement takes from both buckets, or from none. */
export function createBudgetStore(db: Database) {
  const d1 = db.$client;
  /** An SQL expression over one row: what the bucket holds now. */
  const left = (column: string, { capacity, refill, perMs }: Bucket, now: string) =>
    `min(${capacity}, ${column} + max(0, ${now} - counted_at_ms) * ${refill / perMs})`;
  return {
    /** Null when taken; else how long until there is enough, ms. `reserve`: what must be left afterwards. */
    async take({ installationId, cost, nowMs, minute, hour }: Take): Promise<number | null> {
      const [minuteLeft, hourLeft] = [left("minute_left", minute, "?2"), left("hour_left", hour, "?2")];
      const { results } = await d1
        .prepare(
          `INSERT INTO content_budgets (installation_id, minute_left, hour_left, counted_at_ms)
           VALUES (?1, ${minute.capacity} - ?3, ${hour.capacity} - ?3, ?2)
           ON CONFLICT (installation_id) DO UPDATE SET
             minute_left = ${minuteLeft} - ?3, hour_left = ${hourLeft} - ?3, counted_at_ms = max(counted_at_ms, ?2)
           WHERE ${minuteLeft} >= ?3 + ${minute.reserve} AND ${hourLeft} >= ?3 + ${hour.reserve}
           RETURNING installation_id`,
        )
        .bind(installationId, nowMs, cost)
        .all();
      if (results.length > 0) return null;
      const row = (
        await db.select().from(contentBudgets).where(eq(contentBudgets.installationId, installationId)).limit(1)
      )[0];
      if (row === undefined) return 1000;
      const since = Math.max(0, nowMs - row.countedAtMs);
      const wait = (held: number, bucket: Bucket & { reserve: number }) =>
        ((cost + bucket.reserve - Math.min(bucket.capacity, held + (since * bucket.refill) / bucket.perMs)) *
          bucket.perMs) /
        bucket.refill;
      return Math.max(1000, Math.ceil(Math.max(wait(row.minuteLeft, minute), wait(row.hourLeft, hour))));
    },
  };
}
export type BudgetStore = ReturnType<typeof createBudgetStore>;
