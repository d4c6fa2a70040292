import type { SessionView } from "@/lib/account";
import type { AppContext } from "@/server/context";
import { requireUser } from "./actor";

/** The signed-in person's live sessions, the one that was seen last first. */
export async function listSessions(context: AppContext): Promise<SessionView[]> {
  const { userId, sessionId } = requireUser(context.actor);
  const rows = await context.db.accounts.listSessions(userId, context.clock.now().toISOString());
  return rows.map(({ id, userAgent, createdAt, lastSeenAt, expiresAt }) => ({
    id,
    userAgent,
    createdAt,
    lastSeenAt,
    expiresAt,
    current: id === sessionId,
  }));
}

/** Ends one of the person's sessions, the present one too. False for another's, an unknown and an ended one alike. */
export async function endSession(context: AppContext, id: string): Promise<boolean> {
  const { userId } = requireUser(context.actor);
  return context.db.accounts.endSession({ id, userId, endedAt: context.clock.now().toISOString() });
}

/** Ends every session of the person but the present one; answers how many. */
export async function endOtherSessions(context: AppContext): Promise<number> {
  const { userId, sessionId } = requireUser(context.actor);
  const endedAt = context.clock.now().toISOString();
  return context.db.accounts.endOtherSessions({ userId, exceptId: sessionId, endedAt });
}
