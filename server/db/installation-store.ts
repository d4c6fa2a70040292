import { eq } from "drizzle-orm";
import type { Database } from "./database";
import { installationTokens } from "./schema";

export type InstallationTokenRow = typeof installationTokens.$inferSelect;

/** Sealed installation tokens for Porter's own calls, and how long GitHub asked us to wait. */
export function createInstallationStore(db: Database) {
  return {
    get: async (installationId: number) =>
      (
        await db.select().from(installationTokens).where(eq(installationTokens.installationId, installationId)).limit(1)
      )[0] ?? null,
    put: async (row: Omit<InstallationTokenRow, "limitedUntil">) => {
      await db
        .insert(installationTokens)
        .values(row)
        .onConflictDoUpdate({ target: installationTokens.installationId, set: row });
    },
    limit: async (installationId: number, limitedUntil: string) => {
      await db
        .update(installationTokens)
        .set({ limitedUntil })
        .where(eq(installationTokens.installationId, installationId));
    },
    forget: async (installationId: number) => {
      await db.delete(installationTokens).where(eq(installationTokens.installationId, installationId));
    },
  };
}
export type InstallationStore = ReturnType<typeof createInstallationStore>;
