import { and, eq, lte, sql } from "drizzle-orm";
import type { Database } from "./database";
import { appSweeps } from "./schema";

export const APP_SWEEP_EVERY_MS = 10 * 60_000;

/** Fly apps in which Porter started machines, and when each is looked through again. */
export function createAppSweepStore(db: Database) {
  return {
    /** Takes at most `limit` due apps; nobody else gets them for the next ten minutes. */
    async take(now: string, limit: number): Promise<{ userId: number; flyApp: string; lastLaunchAt: string }[]> {
      const next = new Date(Date.parse(now) + APP_SWEEP_EVERY_MS).toISOString();
      const due = db
        .select({ rowid: sql`rowid`.as("rowid") })
        .from(appSweeps)
        .where(lte(appSweeps.dueAt, now))
        .orderBy(appSweeps.dueAt)
        .limit(limit);
      return db
        .update(appSweeps)
        .set({ dueAt: next })
        .where(sql`rowid IN ${due}`)
        .returning({ userId: appSweeps.userId, flyApp: appSweeps.flyApp, lastLaunchAt: appSweeps.lastLaunchAt });
    },
    forget: async (userId: number, flyApp: string): Promise<void> => {
      await db.delete(appSweeps).where(and(eq(appSweeps.userId, userId), eq(appSweeps.flyApp, flyApp)));
    },
  };
}
export type AppSweepStore = ReturnType<typeof createAppSweepStore>;
