import { and, eq, exists, isNull, lte, or, sql } from "drizzle-orm";
import { type Database, withRetry } from "./database";
import { isTokenOf, type OauthTokenRow } from "./oauth-token-queries";
import { userOauthTokens } from "./schema";

/** What changes of a token when GitHub renews it. */
export type RenewedToken = Pick<
  OauthTokenRow,
  "encryptedValue" | "iv" | "tag" | "alg" | "keyVersion" | "scope" | "expiresAt" | "updatedAt"
>;

/** The claim that lets one caller at a time renew a person's tokens. */
export function createTokenRenewals(db: Database) {
  const isClaimedBy = (userId: number, owner: string) =>
    and(isTokenOf(userId, "refresh"), eq(userOauthTokens.refreshOwner, owner));

  return {
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
            isTokenOf(input.userId, "refresh"),
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
            .where(and(isTokenOf(input.userId, "access"), exists(mine)))
            .returning({ kind: userOauthTokens.kind }),
          db
            .update(userOauthTokens)
            .set({ ...input.refresh, refreshOwner: null, refreshUntil: null })
            .where(isClaimedBy(input.userId, input.owner)),
        ]),
      );
      return results[0].length > 0;
    },

    releaseRefresh: async (userId: number, owner: string): Promise<void> => {
      await db
        .update(userOauthTokens)
        .set({ refreshOwner: null, refreshUntil: null })
        .where(isClaimedBy(userId, owner));
    },
  };
}
