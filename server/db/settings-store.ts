import { eq } from "drizzle-orm";
import type { Database } from "./database";
import { userSettings } from "./schema";

export type SettingsRow = typeof userSettings.$inferSelect;

/** Non-secret settings of a user, one JSON document with a revision (spec `user_settings`). */
export function createSettingsStore(db: Database) {
  return {
    get: async (userId: number): Promise<SettingsRow | null> =>
      (await db.select().from(userSettings).where(eq(userSettings.userId, userId)).limit(1))[0] ?? null,

    /** How the last try to mirror the settings ended (JSON), and the gist it is about. */
    noteMirror: async (
      userId: number,
      mirror: { mirrorGistId: string | null; mirrorResult: string },
    ): Promise<void> => {
      await db.update(userSettings).set(mirror).where(eq(userSettings.userId, userId));
    },

    /** `expected` 0: no row yet. Answers the new revision, or null when somebody else wrote in between. */
    async put(input: {
      userId: number;
      version: string;
      config: string;
      expected: number;
      updatedAt: string;
      lastChange?: string;
    }): Promise<number | null> {
      const { expected, ...row } = input;
      const changes = { ...row, revision: expected + 1 };
      const rows = await db
        .insert(userSettings)
        .values(changes)
        .onConflictDoUpdate({
          target: userSettings.userId,
          set: changes,
          setWhere: eq(userSettings.revision, expected),
        })
        .returning({ revision: userSettings.revision });
      return rows[0]?.revision ?? null;
    },
  };
}
export type SettingsStore = ReturnType<typeof createSettingsStore>;
