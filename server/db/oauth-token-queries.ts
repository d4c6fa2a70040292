import { and, desc, eq, exists, isNull, lte, or, sql } from "drizzle-orm";
import { withRetry, type Database } from "./database";
import { userOauthTokens } from "./schema";

export type OauthTokenRow = typeof userOauthTokens.$inferSelect;
type Kind = OauthTokenRow["kind"];
/** What changes of a token when GitHub renews it. */
export type RenewedToken = Pick<
  OauthTokenRow,
  "encryptedValue" | "iv" | "tag" | "alg" | "keyVersion" | "scope" | "expiresAt" | "updatedAt"
>;

/** How logins are compared: GitHub's are case-insensitive ASCII. */
export const normalizeLogin = (login: string): string => login.trim().toLowerCase();

/** Sealed GitHub tokens of people, and the claim that lets one caller at a time renew them. */
export function createOauthTokenQueries(db: Database) {
  const ofKind = (userId: number, kind: Kind) =>
    and(eq(userOauthTokens.githubUserId, userId), eq(userOauthTokens.kind, kind));
  const claimedBy = (userId: number, owner: string) =>
    and(ofKind(userId, "refresh"), eq(userOauthTokens.refreshOwner, owner));

  return {
    /** By numeric id. */
    getOauthToken: async (userId: number, kind: Kind): Promise<OauthTokenRow | null> =>
      (await db.select().from(userOauthTokens).where(ofKind(userId, kind)).limit(1))[0] ?? null,

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
     * Claims the renewal of this user's tokens until `until`; answers the refresh token to use. Null: somebody else
     * has the claim, or there is nothing to renew with. The guard stands in the UPDATE, so of any number of callers
     * at once one gets it.
     */
    claimRefresh: async (input: {
      userId: number;
      owner: string;
      now: string;
      until: string;
    }): Promise<OauthTokenRow | null> => {
      const rows = await db
        .update(userOauthTokens)
        .set({ refreshOwner: input.owner, refreshUntil: input.until })
        .where(
          and(
            ofKind(input.userId, "refresh"),
            isNull(userOauthTokens.revokedAt),
            or(isNull(userOauthTokens.refreshUntil), lte(userOauthTokens.refreshUntil, input.now)),
          ),
        )
        .returning();
      return rows[0] ?? null;
    },

    /** Saves both renewed tokens and gives the claim back, or does nothing (false) when the claim is not `owner`'s any more. */
    saveRefreshed: async (input: {
      userId: number;
      owner: string;
      access: RenewedToken;
      /** Null: the refresh token stays as it is. */
      refresh: RenewedToken | null;
    }): Promise<boolean> => {
      const mine = db
        .select({ one: sql`1` })
        .from(sql`user_oauth_tokens AS claim`)
        .where(
          sql`claim.github_user_id = ${input.userId} AND claim.kind = 'refresh' AND claim.refresh_owner = ${input.owner}`,
        );
      const results = await withRetry(() =>
        db.batch([
          db
            .update(userOauthTokens)
            .set(input.access)
            .where(and(ofKind(input.userId, "access"), exists(mine)))
            .returning({ kind: userOauthTokens.kind }),
          db
            .update(userOauthTokens)
            .set({ ...input.refresh, refreshOwner: null, refreshUntil: null })
            .where(claimedBy(input.userId, input.owner)),
        ]),
      );
      return results[0].length > 0;
    },

    releaseRefresh: async (userId: number, owner: string): Promise<void> => {
      await db.update(userOauthTokens).set({ refreshOwner: null, refreshUntil: null }).where(claimedBy(userId, owner));
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
