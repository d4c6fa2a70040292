import { and, desc, eq, gt, isNull, lt } from "drizzle-orm";
import { withRetry, type Database } from "./database";
import { auditLog, sessions, userOauthTokens, users } from "./schema";

export type UserRow = typeof users.$inferSelect;
export type OauthTokenRow = typeof userOauthTokens.$inferSelect;
export type NewOauthToken = Omit<typeof userOauthTokens.$inferInsert, "normalizedLogin" | "revokedAt">;
export type SessionRow = typeof sessions.$inferSelect;
export type NewAudit = Omit<typeof auditLog.$inferInsert, "id">;

/** How logins are compared: GitHub's are case-insensitive ASCII. */
const normalizeLogin = (login: string): string => login.trim().toLowerCase();

/** People, their sealed GitHub tokens, their signed-in browsers, and the audit log. */
export function createAccountStore(db: Database) {
  const upsertUser = (user: Omit<UserRow, "normalizedLogin" | "createdAt">) => {
    const seen = { ...user, normalizedLogin: normalizeLogin(user.login) };
    return db
      .insert(users)
      .values({ ...seen, createdAt: user.updatedAt })
      .onConflictDoUpdate({ target: users.id, set: seen });
  };
  const upsertToken = (token: NewOauthToken, login: string) => {
    const row = { ...token, normalizedLogin: normalizeLogin(login), revokedAt: null };
    const { createdAt: _kept, ...changes } = row;
    return db
      .insert(userOauthTokens)
      .values(row)
      .onConflictDoUpdate({ target: [userOauthTokens.githubUserId, userOauthTokens.kind], set: changes });
  };

  return {
    /**
     * One batch: the user (by numeric id), the access token, the refresh token or its removal, the session and the
     * audit line. Safe to send twice but for the audit line.
     */
    async signIn(input: {
      user: Omit<UserRow, "normalizedLogin" | "createdAt">;
      access: NewOauthToken;
      refresh: NewOauthToken | null;
      session: typeof sessions.$inferInsert;
      audit: NewAudit;
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
          db.insert(auditLog).values(input.audit),
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

    /** Spec "Core Flow" 3, by numeric id. */
    getOauthToken: async (userId: number, kind: OauthTokenRow["kind"]): Promise<OauthTokenRow | null> => {
      const rows = await db
        .select()
        .from(userOauthTokens)
        .where(and(eq(userOauthTokens.githubUserId, userId), eq(userOauthTokens.kind, kind)))
        .limit(1);
      return rows[0] ?? null;
    },

    /** Spec "Core Flow" 3, by normalised login. */
    findOauthToken: async (login: string, kind: OauthTokenRow["kind"]): Promise<OauthTokenRow | null> => {
      const rows = await db
        .select()
        .from(userOauthTokens)
        .where(and(eq(userOauthTokens.normalizedLogin, normalizeLogin(login)), eq(userOauthTokens.kind, kind)))
        .orderBy(desc(userOauthTokens.updatedAt))
        .limit(1);
      return rows[0] ?? null;
    },

    /** GitHub refused the token: the user must reconnect. */
    revokeOauthTokens: async (userId: number, revokedAt: string): Promise<void> => {
      await db.update(userOauthTokens).set({ revokedAt }).where(eq(userOauthTokens.githubUserId, userId));
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

    appendAudit: async (line: NewAudit): Promise<void> => {
      await db.insert(auditLog).values(line);
    },
  };
}
export type AccountStore = ReturnType<typeof createAccountStore>;
