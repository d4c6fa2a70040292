import { and, desc, eq, isNotNull, sql } from "drizzle-orm";
import { OPEN_STATUSES } from "@/lib/task";
import { type Database, isAmong, withRetry } from "./database";
import { createOauthTokenQueries, normalizeLogin } from "./oauth-token-queries";
import { isActor } from "./delivery-store";
import { deliveries, sessions, tasks, userOauthTokens, users } from "./schema";
import { createSessionQueries } from "./session-queries";
import { createTokenRenewals } from "./token-renewals";

export type UserRow = typeof users.$inferSelect;
export type { OauthTokenRow } from "./oauth-token-queries";
export type NewOauthToken = Omit<
  typeof userOauthTokens.$inferInsert,
  "normalizedLogin" | "revokedAt" | "refreshOwner" | "refreshUntil"
>;

/** People, their sealed GitHub tokens and their signed-in browsers. */
export function createAccountStore(db: Database) {
  return {
    ...createOauthTokenQueries(db),
    ...createTokenRenewals(db),
    ...createSessionQueries(db),

    /**
     * One batch: the user (by numeric id), the access token, the refresh token or its removal, and the session. Safe to
     * send twice.
     */
    async signIn(input: {
      user: Omit<UserRow, "normalizedLogin" | "createdAt">;
      access: NewOauthToken;
      refresh: NewOauthToken | null;
      session: typeof sessions.$inferInsert;
    }): Promise<void> {
      const { login, id } = input.user;
      const dropRefresh = db
        .delete(userOauthTokens)
        .where(and(eq(userOauthTokens.githubUserId, id), eq(userOauthTokens.kind, "refresh")));
      await withRetry(() =>
        db.batch([
          upsertUser(db, input.user),
          upsertToken(db, input.access, login),
          input.refresh === null ? dropRefresh : upsertToken(db, input.refresh, login),
          db.insert(sessions).values(input.session).onConflictDoNothing(),
        ]),
      );
    },

    /** They took another login on GitHub. Rows of theirs have it from now on; what has ended was told under the other. */
    async rename(person: { userId: number; from: string; to: string }): Promise<void> {
      const { userId, from, to } = person;
      const normalized = normalizeLogin(to);
      const wroteIt = sql`json_extract(${deliveries.facts}, '$.actorId') = ${userId}`;
      await withRetry(() =>
        db.batch([
          db.update(users).set({ login: to, normalizedLogin: normalized }).where(eq(users.id, userId)),
          db
            .update(userOauthTokens)
            .set({ normalizedLogin: normalized })
            .where(eq(userOauthTokens.githubUserId, userId)),
          db
            .update(tasks)
            .set({ createdBy: to })
            .where(and(eq(tasks.userId, userId), eq(tasks.createdBy, from), isAmong(tasks.status, OPEN_STATUSES))),
          db
            .update(deliveries)
            .set({ actorLogin: to })
            .where(and(isActor(from), isNotNull(deliveries.facts), isNotNull(deliveries.commentId), wroteIt)),
        ]),
      );
    },

    findById: async (id: number): Promise<UserRow | null> =>
      (await db.select().from(users).where(eq(users.id, id)).limit(1))[0] ?? null,

    /** A login can pass from one person to another: the row seen last holds it. */
    findByLogin: async (login: string): Promise<UserRow | null> => {
      const rows = await db
        .select()
        .from(users)
        .where(eq(users.normalizedLogin, normalizeLogin(login)))
        .orderBy(desc(users.updatedAt))
        .limit(1);
      return rows[0] ?? null;
    },
  };
}
export type AccountStore = ReturnType<typeof createAccountStore>;

function upsertUser(db: Database, user: Omit<UserRow, "normalizedLogin" | "createdAt">) {
  const seen = { ...user, normalizedLogin: normalizeLogin(user.login) };
  return db
    .insert(users)
    .values({ ...seen, createdAt: user.updatedAt })
    .onConflictDoUpdate({ target: users.id, set: seen });
}

function upsertToken(db: Database, token: NewOauthToken, login: string) {
  // A sign-in wins over a refresh under way, whose save finds its claim gone.
  const fresh = { revokedAt: null, refreshOwner: null, refreshUntil: null };
  const row = { ...token, ...fresh, normalizedLogin: normalizeLogin(login) };
  const { createdAt: _kept, ...changes } = row;
  return db
    .insert(userOauthTokens)
    .values(row)
    .onConflictDoUpdate({ target: [userOauthTokens.githubUserId, userOauthTokens.kind], set: changes });
}
