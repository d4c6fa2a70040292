import { customFetch, type NextAuthConfig } from "next-auth";
import type { OAuth2Config } from "next-auth/providers";
import { GITHUB_AWAY } from "@/lib/account";
import { sameOriginPath } from "@/lib/same-origin-path";
import { NOT_LISTED_ERROR } from "@/lib/people";
import type { AppContext } from "@/server/context";
import {
  actorOfSession,
  githubTokensSchema,
  githubUserSchema,
  SESSION_SECONDS,
  signIn,
  signOut,
} from "@/server/identity/sign-in";
import { maySignIn } from "@/server/identity/may-use";
import { describeError } from "@/server/log";
import { cookieNames, isSecure } from "./session-cookie";

const GITHUB_TIMEOUT_MS = 10_000;

export type AuthOutside = {
  fetch: typeof fetch;
  userAgent: string | null;
};

/** next-auth's configuration for one request: bindings exist only then. */
export function authConfig(context: AppContext, outside: AuthOutside): NextAuthConfig {
  const { PUBLIC_URL, AUTH_SECRET } = context.env;
  const signedIn = (token: unknown) => {
    const { sub, sid } = token as { sub?: string; sid?: string };
    return sub === undefined || sid === undefined ? null : { id: sid, userId: Number(sub) };
  };
  return {
    secret: AUTH_SECRET,
    basePath: "/api/auth",
    trustHost: true,
    useSecureCookies: isSecure(PUBLIC_URL),
    cookies: cookieOptions(PUBLIC_URL),
    session: { strategy: "jwt", maxAge: SESSION_SECONDS },
    pages: { signIn: "/", error: "/" },
    providers: [github(context, outside)],
    callbacks: {
      signIn: async ({ profile }) => (await welcome(context, profile)) ?? true,
      redirect: ({ url }) => PUBLIC_URL + sameOriginPath(url, "/tasks", PUBLIC_URL),
      async jwt({ token, account, profile }) {
        if (account != null) {
          const { userId, login, sessionId } = await signIn(context, {
            user: githubUserSchema.parse(profile),
            tokens: githubTokensSchema.parse(account),
            userAgent: outside.userAgent,
          });
          return { sub: String(userId), sid: sessionId, login };
        }
        const session = signedIn(token);
        const actor = session === null ? null : await actorOfSession(context, session);
        return actor?.kind === "user" ? token : null;
      },
      session: ({ session, token }) => ({
        expires: session.expires,
        user: { name: typeof token["login"] === "string" ? token["login"] : null },
      }),
    },
    events: {
      async signOut(message) {
        const session = "token" in message ? signedIn(message.token) : null;
        if (session !== null) await signOut(context, session);
      },
    },
    logger: {
      error: (error) => context.log.warn("sign_in_failed", { error: describeError(error), cause: causeOf(error) }),
      warn: (code) => context.log.warn("sign_in_warning", { code }),
      debug: () => {},
    },
  };
}

/** Where somebody goes instead who does not come in; null: they do. */
async function welcome(context: AppContext, profile: unknown): Promise<string | null> {
  const { id: userId, login } = githubUserSchema.parse(profile);
  const may = await maySignIn(context, { userId, login });
  return { yes: null, no: `/?error=${NOT_LISTED_ERROR}`, unknown: `/?error=${GITHUB_AWAY}` }[may];
}

const causeOf = (error: Error) => {
  const cause = error.cause;
  return typeof cause === "object" && cause !== null && "err" in cause ? describeError(cause.err) : undefined;
};

/** GitHub, GitHub Enterprise or the emulator: the same paths under two configurable origins. */
function github(context: AppContext, outside: AuthOutside): OAuth2Config<Record<string, unknown>> {
  const { GITHUB_URL, GITHUB_API_URL, GITHUB_CLIENT_ID, GITHUB_CLIENT_SECRET } = context.env;
  const withTimeout: typeof fetch = (input, init) =>
    outside.fetch(input, { ...init, signal: AbortSignal.timeout(GITHUB_TIMEOUT_MS) });
  return {
    id: "github",
    name: "GitHub",
    type: "oauth",
    // GitHub names itself so in the `iss` of its callback (RFC 9207).
    issuer: `${GITHUB_URL}/login/oauth`,
    clientId: GITHUB_CLIENT_ID,
    clientSecret: GITHUB_CLIENT_SECRET,
    client: { token_endpoint_auth_method: "client_secret_post" },
    checks: ["pkce", "state"],
    // A GitHub App ignores the scope; a classic OAuth app needs no more to know who somebody is.
    authorization: { url: `${GITHUB_URL}/login/oauth/authorize`, params: { scope: "read:user" } },
    token: `${GITHUB_URL}/login/oauth/access_token`,
    userinfo: {
      url: `${GITHUB_API_URL}/user`,
      async request({ tokens }: { tokens: { access_token?: string } }) {
        const answer = await withTimeout(`${GITHUB_API_URL}/user`, {
          headers: {
            authorization: `Bearer ${tokens.access_token ?? ""}`,
            accept: "application/vnd.github+json",
            "user-agent": "porter",
          },
        });
        if (!answer.ok) throw new Error(`GitHub answered ${answer.status} for /user`);
        return githubUserSchema.parse(await answer.json());
      },
    },
    profile: (profile) => ({ id: String(profile["id"]), name: String(profile["login"]) }),
    [customFetch]: withTimeout,
  };
}

function cookieOptions(publicUrl: string): NonNullable<NextAuthConfig["cookies"]> {
  const names = cookieNames(publicUrl);
  const options = { httpOnly: true, sameSite: "lax", path: "/", secure: isSecure(publicUrl) } as const;
  const brief = { ...options, maxAge: 15 * 60 };
  return {
    sessionToken: { name: names.session, options },
    callbackUrl: { name: names.callbackUrl, options: brief },
    csrfToken: { name: names.csrf, options },
    pkceCodeVerifier: { name: names.pkce, options: brief },
    state: { name: names.state, options: brief },
    nonce: { name: names.nonce, options: brief },
  };
}
