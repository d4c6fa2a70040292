import { eq } from "drizzle-orm";
import type { OauthTokenRow, UserRow } from "./account-store";
import type { Database } from "./database";
import { userOauthTokens, users, userSecrets, userSettings } from "./schema";
import type { SecretRow } from "./secret-store";
import type { SettingsRow } from "./settings-store";

/** What is kept of a person whose run is decided on, of one moment. Tokens and secrets are sealed. */
export type RequesterRows = {
  user: UserRow | null;
  tokens: OauthTokenRow[];
  settings: SettingsRow | null;
  secrets: SecretRow[];
};

/** Reads over several aggregates at once, for what is decided on all of them. Writes nothing. */
export function createRequesterStore(db: Database) {
  return {
    async of(userId: number): Promise<RequesterRows> {
      const [found, tokens, settings, secrets] = await db.batch([
        db.select().from(users).where(eq(users.id, userId)),
        db.select().from(userOauthTokens).where(eq(userOauthTokens.githubUserId, userId)),
        db.select().from(userSettings).where(eq(userSettings.userId, userId)),
        db.select().from(userSecrets).where(eq(userSecrets.userId, userId)),
      ]);
      return { user: found[0] ?? null, tokens, settings: settings[0] ?? null, secrets };
    },
  };
}
export type RequesterStore = ReturnType<typeof createRequesterStore>;
