import { eq } from "drizzle-orm";
import type { Database } from "./database";
import { repositorySettings } from "./schema";

export type RepositorySettingsRow = typeof repositorySettings.$inferSelect;

/** Settings of repositories, by GitHub's number of each: names change. */
export function createRepositorySettingsStore(db: Database) {
  return {
    get: async (repositoryId: number): Promise<RepositorySettingsRow | null> =>
      (
        await db.select().from(repositorySettings).where(eq(repositorySettings.repositoryId, repositoryId)).limit(1)
      )[0] ?? null,

    put: async (row: RepositorySettingsRow): Promise<void> => {
      const { repositoryId: target } = repositorySettings;
      await db.insert(repositorySettings).values(row).onConflictDoUpdate({ target, set: row });
    },
  };
}
export type RepositorySettingsStore = ReturnType<typeof createRepositorySettingsStore>;
