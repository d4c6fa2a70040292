import { and, eq } from "drizzle-orm";
import type { Database } from "./database";
import { appSweeps } from "./schema";

export const APP_SWEEP_EVERY_MS = 10 * 60_000;

/** Fly apps in which Porter started machines, and when each is looked through again. */
export function createAppSweepStore(db: Database) {
  const d1 = db.$client;
  return {
    /** Takes at most `limit` due apps; nobody else gets them for the next ten minutes. */
    async take(now: string, limit: number): Promise<{ userId: number; flyApp: string; lastLaunchAt: string }[]> {
      const next = new Date(Date.parse(now) + APP_SWEEP_EVERY_MS).toISOString();
      const { results } = await d1
        .prepare(
          `UPDATE app_sweeps SET due_at = ?1 WHERE (user_id, fly_app) IN
             (SELECT user_id, fly_app FROM app_sweeps WHERE due_at <= ?2 ORDER BY due_at LIMIT ?3)
           RETURNING user_id AS userId, fly_app AS flyApp, last_launch_at AS lastLaunchAt`,
        )
        .bind(next, now, limit)
        .all<{ userId: number; flyApp: string; lastLaunchAt: string }>();
      return results;
    },
    forget: async (userId: number, flyApp: string): Promise<void> => {
      await db.delete(appSweeps).where(and(eq(appSweeps.userId, userId), eq(appSweeps.flyApp, flyApp)));
    },
  };
}
export type AppSweepStore = ReturnType<typeof createAppSweepStore>;
