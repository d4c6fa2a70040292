import { z } from "zod";
import type { Actor, AppContext } from "@/server/context";
import type { NewOauthToken, OauthTokenRow } from "@/server/db/account-store";
import type { SealedAt } from "@/server/crypto/sealer";
import { wakeUserTasks } from "./wake";

/** How long a signed-in browser stays so, and how often its row notes that it was seen. */
export const SESSION_SECONDS = 30 * 24 * 3600;
const SEEN_EVERY_MS = 60_000;

/** `GET /user` of GitHub's REST API, the part that Porter keeps. */
export const githubUserSchema = z.object({
  id: z.number().int().positive(),
  login: z.string().min(1).max(100),
  name: z.string().max(500).nullish(),
  avatar_url: z.url().nullish(),
});

/**
 * GitHub's token answer. A classic OAuth app gives an access token that does not expire; a GitHub App's user token
 * expires (8 h) and comes with a refresh token (6 months).
 */
export const githubTokensSchema = z.object({
  access_token: z.string().min(1),
  scope: z.string().nullish(),
  expires_in: z.coerce.number().positive().nullish(),
  refresh_token: z.string().min(1).nullish(),
  refresh_token_expires_in: z.coerce.number().positive().nullish(),
});

/** Where a GitHub token of a user is sealed. */
export const oauthTokenAt = (userId: number, kind: OauthTokenRow["kind"]): SealedAt => ({
  table: "user_oauth_tokens",
  row: `${userId}:${kind}`,
  user: String(userId),
  field: kind,
});

/**
 * Stores who signed in, by numeric id, with sealed GitHub tokens, and opens a session. What waited for an account or
 * a reconnect is woken. Returns what the session cookie holds.
 */
export async function signIn(
  context: AppContext,
  input: {
    user: z.infer<typeof githubUserSchema>;
    tokens: z.infer<typeof githubTokensSchema>;
    userAgent: string | null;
  },
): Promise<{ userId: number; login: string; sessionId: string }> {
  const { user, tokens } = input;
  const now = context.clock.now();
  const at = now.toISOString();
  const after = (seconds: number | null | undefined) =>
    seconds == null ? null : new Date(now.getTime() + seconds * 1000).toISOString();
  const sessionId = context.ids.uuid();
  const seal = async (
    kind: OauthTokenRow["kind"],
    token: string,
    expiresAt: string | null,
  ): Promise<NewOauthToken> => ({
    githubUserId: user.id,
    kind,
    ...(await context.sealer.seal(token, oauthTokenAt(user.id, kind))),
    scope: tokens.scope ?? null,
    expiresAt,
    createdAt: at,
    updatedAt: at,
  });
  await context.db.accounts.signIn({
    user: {
      id: user.id,
      login: user.login,
      name: user.name ?? null,
      avatarUrl: user.avatar_url ?? null,
      updatedAt: at,
    },
    access: await seal("access", tokens.access_token, after(tokens.expires_in)),
    refresh:
      tokens.refresh_token == null
        ? null
        : await seal("refresh", tokens.refresh_token, after(tokens.refresh_token_expires_in)),
    session: {
      id: sessionId,
      userId: user.id,
      userAgent: input.userAgent?.slice(0, 300) ?? null,
      createdAt: at,
      lastSeenAt: at,
      expiresAt: new Date(now.getTime() + SESSION_SECONDS * 1000).toISOString(),
    },
  });
  await wakeUserTasks(context, user.id);
  return { userId: user.id, login: user.login, sessionId };
}

/** The person behind a session id, or anonymous when it is ended, expired, unknown or somebody else's. */
export async function actorOfSession(context: AppContext, session: { id: string; userId: number }): Promise<Actor> {
  const now = context.clock.now();
  const row = await context.db.accounts.findLiveSession(session.id, now.toISOString());
  if (row === null || row.userId !== session.userId) return { kind: "anonymous" };
  const staleBefore = new Date(now.getTime() - SEEN_EVERY_MS).toISOString();
  if (row.lastSeenAt < staleBefore) {
    await context.db.accounts.touchSession({ id: row.id, now: now.toISOString(), staleBefore });
  }
  return { kind: "user", userId: row.userId, login: row.login, sessionId: row.id };
}

/** Ends the session on the server: its cookie is worth nothing from now on. */
export async function signOut(context: AppContext, session: { id: string; userId: number }): Promise<void> {
  const at = context.clock.now().toISOString();
  await context.db.accounts.endSession({ id: session.id, userId: session.userId, endedAt: at });
}
