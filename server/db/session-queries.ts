import { and, desc, eq, gt, isNull, lt, ne } from "drizzle-orm";
import type { Database } from "./database";
import { sessions, users } from "./schema";

type SessionRow = typeof sessions.$inferSelect;

/** Signed-in browsers. */
export function createSessionQueries(db: Database) {
  return {
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
