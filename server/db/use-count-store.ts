import { and, inArray, sql } from "drizzle-orm";
import type { Database } from "./database";
import { useCounts } from "./schema";

/** Small counters in D1, for limits that must hold over all isolates. */
export function createUseCountStore(db: Database) {
  return {
    /** Counts one use of `key` in the present window, or opens a new one; answers how many there are now. */
    take: async (input: { key: string; now: string; windowEndsAt: string }): Promise<number> => {
      const isOver = sql`${useCounts.windowEndsAt} <= ${input.now}`;
      const rows = await db
        .insert(useCounts)
        .values({ key: input.key, used: 1, windowEndsAt: input.windowEndsAt })
        .onConflictDoUpdate({
          target: useCounts.key,
          set: {
            used: sql`CASE WHEN ${isOver} THEN 1 ELSE ${useCounts.used} + 1 END`,
            windowEndsAt: sql`CASE WHEN ${isOver} THEN ${input.windowEndsAt} ELSE ${useCounts.windowEndsAt} END`,
          },
        })
        .returning({ used: useCounts.used });
      return rows[0]?.used ?? 1;
    },
    /** How often each of `keys` was used in windows that are open at `now`. */
    read: async (keys: string[], now: string): Promise<Map<string, number>> => {
      const rows = await db
        .select({ key: useCounts.key, used: useCounts.used })
        .from(useCounts)
        .where(and(inArray(useCounts.key, keys), sql`+${useCounts.windowEndsAt} > ${now}`));
      return new Map(rows.map(({ key, used }) => [key, used]));
    },
  };
}
export type UseCountStore = ReturnType<typeof createUseCountStore>;
