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

    put: async (row: typeof repositorySettings.$inferInsert): Promise<void> => {
      const { repositoryId: target } = repositorySettings;
      await db.insert(repositorySettings).values(row).onConflictDoUpdate({ target, set: row });
    },

    /**
     * Deletes what was set, up to `until`, for these repositories, and for those in which an installation had tasks:
     * GitHub does not name all of a large one.
     */
    async forget(of: { repositoryIds: number[]; installationId: number | null; until: string }): Promise<void> {
      await db.$client
        .prepare(
          `DELETE FROM repository_settings WHERE updated_at <= ?3 AND (repository_id IN (SELECT value FROM json_each(?1))
             OR repository_id IN (SELECT repository_id FROM tasks WHERE installation_id = ?2))`,
        )
        .bind(JSON.stringify(of.repositoryIds), of.installationId, of.until)
        .run();
    },
  };
}
export type RepositorySettingsStore = ReturnType<typeof createRepositorySettingsStore>;
