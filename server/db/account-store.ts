import { and, desc, eq, gt, isNull, lt, ne } from "drizzle-orm";
import { OPEN_STATUSES } from "@/lib/task";
import { quotedList, withRetry, type Database } from "./database";
import { createOauthTokenQueries, normalizeLogin } from "./oauth-token-queries";
import { sessions, userOauthTokens, users } from "./schema";

export type UserRow = typeof users.$inferSelect;
export type { OauthTokenRow } from "./oauth-token-queries";
export type NewOauthToken = Omit<
  typeof userOauthTokens.$inferInsert,
  "normalizedLogin" | "revokedAt" | "refreshOwner" | "refreshUntil"
>;
export type SessionRow = typeof sessions.$inferSelect;

/** People, their sealed GitHub tokens and their signed-in browsers. */
export function createAccountStore(db: Database) {
  const upsertUser = (user: Omit<UserRow, "normalizedLogin" | "createdAt">) => {
    const seen = { ...user, normalizedLogin: normalizeLogin(user.login) };
    return db
      .insert(users)
      .values({ ...seen, createdAt: user.updatedAt })
      .onConflictDoUpdate({ target: users.id, set: seen });
  };
  const upsertToken = (token: NewOauthToken, login: string) => {
    // A sign-in wins over a refresh under way, whose save finds its claim gone.
    const fresh = { revokedAt: null, refreshOwner: null, refreshUntil: null };
    const row = { ...token, ...fresh, normalizedLogin: normalizeLogin(login) };
    const { createdAt: _kept, ...changes } = row;
    return db
      .insert(userOauthTokens)
      .values(row)
      .onConflictDoUpdate({ target: [userOauthTokens.githubUserId, userOauthTokens.kind], set: changes });
  };

  return {
    ...createOauthTokenQueries(db),

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
          upsertUser(input.user),
          upsertToken(input.access, login),
          input.refresh === null ? dropRefresh : upsertToken(input.refresh, login),
          db.insert(sessions).values(input.session).onConflictDoNothing(),
        ]),
      );
    },

    /** They took another login on GitHub. Rows of theirs have it from now on; what has ended was told under the other. */
    async rename(person: { userId: number; from: string; to: string }): Promise<void> {
      const { userId, from, to } = person;
      const normalized = normalizeLogin(to);
      const run = (sql: string, ...values: unknown[]) => db.$client.prepare(sql).bind(...values);
      await withRetry(() =>
        db.$client.batch([
          run("UPDATE users SET login = ?, normalized_login = ? WHERE id = ?", to, normalized, userId),
          run("UPDATE user_oauth_tokens SET normalized_login = ? WHERE github_user_id = ?", normalized, userId),
          run(
            `UPDATE tasks SET created_by = ? WHERE user_id = ? AND created_by = ? AND status IN (${quotedList(OPEN_STATUSES)})`,
            to,
            userId,
            from,
          ),
          run(
            "UPDATE deliveries SET actor_login = ? WHERE actor_login = ? AND facts IS NOT NULL AND comment_id IS NOT NULL AND json_extract(facts, '$.actorId') = ?",
            to,
            from,
            userId,
          ),
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

    /** The session if it is neither ended nor expired at `now`, with its person's present login. */
    findLiveSession: async (id: string, now: string): Promise<(SessionRow & { login: string }) | null> => {
      const rows = await db
        .select({ session: sessions, login: users.login })
        .from(sessions)
        .innerJoin(users, eq(users.id, sessions.userId))
        .where(and(eq(sessions.id, id), isNull(sessions.endedAt), gt(sessions.expiresAt, now)))
        .limit(1);
      const row = rows[0];
      return row === undefined ? null : { ...row.session, login: row.login };
    },

    /** Writes only when the last sight is older than `staleBefore`, so that requests cost no write each. */
    touchSession: async (input: { id: string; now: string; staleBefore: string }): Promise<void> => {
      await db
        .update(sessions)
        .set({ lastSeenAt: input.now })
        .where(and(eq(sessions.id, input.id), lt(sessions.lastSeenAt, input.staleBefore)));
    },

    /** Ends one session of this user; false when it is not theirs or ended before. */
    endSession: async (input: { id: string; userId: number; endedAt: string }): Promise<boolean> => {
      const rows = await db
        .update(sessions)
        .set({ endedAt: input.endedAt })
        .where(and(eq(sessions.id, input.id), eq(sessions.userId, input.userId), isNull(sessions.endedAt)))
        .returning({ id: sessions.id });
      return rows.length > 0;
    },

    /** Live sessions at `now`, newest sight first. */
    listSessions: (userId: number, now: string): Promise<SessionRow[]> =>
      db
        .select()
        .from(sessions)
        .where(and(eq(sessions.userId, userId), isNull(sessions.endedAt), gt(sessions.expiresAt, now)))
        .orderBy(desc(sessions.lastSeenAt))
        .limit(200),

    /** Ends every live session of this user but `exceptId`; answers how many. */
    endOtherSessions: async (input: { userId: number; exceptId: string; endedAt: string }): Promise<number> => {
      const others = and(
        eq(sessions.userId, input.userId),
        ne(sessions.id, input.exceptId),
        isNull(sessions.endedAt),
        gt(sessions.expiresAt, input.endedAt),
      );
      const rows = await db
        .update(sessions)
        .set({ endedAt: input.endedAt })
        .where(others)
        .returning({ id: sessions.id });
      return rows.length;
    },
  };
}
export type AccountStore = ReturnType<typeof createAccountStore>;
