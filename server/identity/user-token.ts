import { FAILURES } from "@/lib/failures";
import { sleepFor } from "@/lib/sleep";
import type { AppContext } from "@/server/context";
import type { OauthTokenRow } from "@/server/db/account-store";
import { AppError } from "@/server/errors";
import { GitHubError, type RefreshedTokens } from "@/server/github/port";
import { oauthTokenAt } from "./sign-in";
import { adviceFix, reconnectFix } from "@/lib/fix";

/** A token is renewed so long before its end, so that a call under way does not lose it. */
const RENEW_BEFORE_MS = 5 * 60_000;
/** More than twice the time-out of the call that it covers. */
const CLAIM_MS = 25_000;
/** Others look again so often, together a little longer than that call may take. */
const WAIT = { everyMs: 150, rounds: 80 } as const;

/** The person must let GitHub issue new tokens; signing in again does it. */
const ended = () =>
  new AppError("forbidden", "Porter's access to your GitHub account has ended.", { fix: reconnectFix() });

export const isReconnect = (error: unknown): boolean => error instanceof AppError && error.fix?.kind === "reconnect";

type Live = { token: string; iv: string };

/**
 * An access token of the user that GitHub takes now. One near its end is renewed first, by one caller at a time: the
 * claim is a guarded row, and the others wait for what it writes. Throws `AppError` with the way to reconnect when
 * there is none (never signed in, revoked, refresh refused), `unavailable` when GitHub does not answer.
 */
export const userToken = async (context: AppContext, userId: number): Promise<string> =>
  (await liveToken(context, userId)).token;

/**
 * Runs `use` with the user's token. A 401 means that the person or GitHub revoked it: the tokens are marked, and the
 * answer is the way to reconnect. `GitHubError`s become `AppError`s that people may read.
 */
export async function withUserToken<T>(
  context: AppContext,
  userId: number,
  use: (token: string) => Promise<T>,
): Promise<T> {
  const first = await liveToken(context, userId);
  try {
    return await use(first.token);
  } catch (error) {
    if (!(error instanceof GitHubError)) throw error;
    if (error.failure.kind !== "unauthenticated") throw problemOfGitHub(error);
    if (await markRevoked(context, userId, first.iv)) throw ended();
  }
  // Another caller has renewed the tokens meanwhile, which ends the old ones.
  const { token } = await liveToken(context, userId);
  try {
    return await use(token);
  } catch (error) {
    throw error instanceof GitHubError ? problemOfGitHub(error) : error;
  }
}

/** What a failure of GitHub says to the person who waits for its answer. */
export function problemOfGitHub(error: GitHubError): AppError {
  const { failure } = error;
  switch (failure.kind) {
    case "limited":
      return new AppError("rate_limited", "GitHub asks Porter to wait.", {
        fix: adviceFix(`Try again in ${Math.ceil(failure.retryAfterMs / 1000)} seconds.`),
        cause: error,
      });
    case "unavailable":
      return new AppError("unavailable", "GitHub does not answer just now.", {
        fix: adviceFix("Try again."),
        cause: error,
      });
    case "lost":
      if (failure.reason === "saml" || failure.reason === "ip_allow_list") {
        const { sentence, fix } = FAILURES[failure.reason === "saml" ? "github_saml" : "github_ip_allow_list"];
        return new AppError("forbidden", sentence, { ...(fix === null ? {} : { fix }), cause: error });
      }
      return new AppError("not_found", "GitHub does not show this to you.", { cause: error });
    case "unauthenticated":
      return ended();
    case "invalid":
      return new AppError("bad_request", "GitHub refused this request.", { cause: error });
  }
}

async function liveToken(context: AppContext, userId: number): Promise<Live> {
  const owner = context.ids.uuid();
  for (let round = 0; round < WAIT.rounds; round++) {
    const access = await context.db.accounts.getOauthToken(userId, "access");
    if (access === null || access.revokedAt !== null) throw ended();
    const now = context.clock.now().getTime();
    if (access.expiresAt === null || Date.parse(access.expiresAt) - now > RENEW_BEFORE_MS)
      return { token: await open(context, access), iv: access.iv };
    const claimed = await context.db.accounts.claimRefresh({
      userId,
      owner,
      now: new Date(now).toISOString(),
      until: new Date(now + CLAIM_MS).toISOString(),
    });
    if (claimed !== null) {
      const renewed = await renew(context, { access, refresh: claimed, owner });
      if (renewed !== null) return renewed;
    } else if ((await context.db.accounts.getOauthToken(userId, "refresh")) === null) {
      // It expires, and nothing can renew it: good until its end.
      if (Date.parse(access.expiresAt) > now) return { token: await open(context, access), iv: access.iv };
      await markRevoked(context, userId, access.iv);
    } else await sleepFor(WAIT.everyMs);
  }
  throw new AppError("unavailable", "GitHub does not answer just now.", { fix: adviceFix("Try again.") });
}

type Claim = { access: OauthTokenRow; refresh: OauthTokenRow; owner: string };

/** Null: the row has changed under the claim (somebody signed in, or renewed just before it): look again. */
async function renew(context: AppContext, claim: Claim): Promise<Live | null> {
  const { access, refresh, owner } = claim;
  const userId = access.githubUserId;
  const { accounts } = context.db;
  // Between the read and the claim another caller may have finished: its tokens are the live ones.
  const present = await accounts.getOauthToken(userId, "access");
  if (present?.iv !== access.iv) {
    await accounts.releaseRefresh(userId, owner);
    return null;
  }
  if (refresh.expiresAt !== null && Date.parse(refresh.expiresAt) <= context.clock.now().getTime()) {
    await markRevoked(context, userId, access.iv);
    return null;
  }
  try {
    const token = await context.sealer.open(refresh, oauthTokenAt(userId, "refresh"));
    const answer = await context.github.oauth.refresh(token);
    if (answer.outcome === "refused") {
      context.log.warn("user_token.refresh_refused", { userId, reason: answer.reason.slice(0, 60) });
      await markRevoked(context, userId, access.iv);
      return null;
    }
    return await save(context, claim, answer.tokens);
  } catch (error) {
    await accounts.releaseRefresh(userId, owner);
    throw error instanceof GitHubError ? problemOfGitHub(error) : error;
  }
}

async function save(context: AppContext, { access, owner }: Claim, tokens: RefreshedTokens): Promise<Live | null> {
  const userId = access.githubUserId;
  const now = context.clock.now();
  const renewed = async (kind: OauthTokenRow["kind"], value: string, seconds: number | null) => ({
    ...(await context.sealer.seal(value, oauthTokenAt(userId, kind))),
    scope: tokens.scope ?? access.scope,
    expiresAt: seconds === null ? null : new Date(now.getTime() + seconds * 1000).toISOString(),
    updatedAt: now.toISOString(),
  });
  const sealed = await renewed("access", tokens.accessToken, tokens.expiresInSeconds);
  const saved = await context.db.accounts.saveRefreshed({
    userId,
    owner,
    access: sealed,
    refresh:
      tokens.refreshToken === null
        ? null
        : await renewed("refresh", tokens.refreshToken, tokens.refreshExpiresInSeconds),
  });
  return saved ? { token: tokens.accessToken, iv: sealed.iv } : null;
}

/** True when the token of this `iv` was the present one: then the user must reconnect. */
async function markRevoked(context: AppContext, userId: number, iv: string): Promise<boolean> {
  const revokedAt = context.clock.now().toISOString();
  return context.db.accounts.revokeOauthTokens({ userId, accessIv: iv, revokedAt });
}

const open = (context: AppContext, row: OauthTokenRow) =>
  context.sealer.open(row, oauthTokenAt(row.githubUserId, "access"));
