import { and, desc, eq, sql } from "drizzle-orm";
import type { Database } from "./database";
import { userOauthTokens } from "./schema";

export type OauthTokenRow = typeof userOauthTokens.$inferSelect;
type Kind = OauthTokenRow["kind"];
/** How logins are compared: GitHub's are case-insensitive ASCII. */
export const normalizeLogin = (login: string): string => login.trim().toLowerCase();

export const isTokenOf = (userId: number, kind: Kind) =>
  and(eq(userOauthTokens.githubUserId, userId), eq(userOauthTokens.kind, kind));

/** Sealed GitHub tokens of people. */
export function createOauthTokenQueries(db: Database) {
  return {
    /** By numeric id. */
    getOauthToken: async (userId: number, kind: Kind): Promise<OauthTokenRow | null> =>
      (await db.select().from(userOauthTokens).where(isTokenOf(userId, kind)).limit(1))[0] ?? null,

    /** By normalised login. */
    findOauthToken: async (login: string, kind: Kind): Promise<OauthTokenRow | null> => {
      const rows = await db
        .select()
        .from(userOauthTokens)
        .where(and(eq(userOauthTokens.normalizedLogin, normalizeLogin(login)), eq(userOauthTokens.kind, kind)))
        .orderBy(desc(userOauthTokens.updatedAt))
        .limit(1);
      return rows[0] ?? null;
    },

    /**
     * GitHub takes the user's tokens no more: they must reconnect. `accessIv` names the access token that was refused;
     * false when another one has taken its place meanwhile, which then stays.
     */
    revokeOauthTokens: async (input: { userId: number; accessIv: string; revokedAt: string }): Promise<boolean> => {
      const stillThat = sql`EXISTS (SELECT 1 FROM user_oauth_tokens AS held WHERE held.github_user_id = ${input.userId} AND held.kind = 'access' AND held.iv = ${input.accessIv})`;
      const rows = await db
        .update(userOauthTokens)
        .set({ revokedAt: input.revokedAt, refreshOwner: null, refreshUntil: null })
        .where(and(eq(userOauthTokens.githubUserId, input.userId), stillThat))
        .returning({ kind: userOauthTokens.kind });
      return rows.length > 0;
    },
  };
}
