import { and, eq, lte, sql } from "drizzle-orm";
import type { Database } from "./database";
import { repositorySecrets, repositorySettings } from "./schema";

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
     * Deletes what was set and the secrets that were saved, up to `until`, for these repositories, and for those in which an
     * installation had tasks: GitHub does not name all of a large one.
     */
    async forget(of: { repositoryIds: number[]; installationId: number | null; until: string }): Promise<void> {
      const told = sql`SELECT value FROM json_each(${JSON.stringify(of.repositoryIds)})`;
      const theirs = sql`SELECT repository_id FROM tasks WHERE installation_id = ${of.installationId}`;
      const forgetIn = (table: typeof repositorySettings | typeof repositorySecrets) => {
        return db
          .delete(table)
          .where(and(lte(table.updatedAt, of.until), sql`${table.repositoryId} IN (${told} UNION ${theirs})`));
      };
      await db.batch([forgetIn(repositorySettings), forgetIn(repositorySecrets)]);
    },
  };
}
export type RepositorySettingsStore = ReturnType<typeof createRepositorySettingsStore>;
