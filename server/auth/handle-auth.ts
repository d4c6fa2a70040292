import NextAuth from "next-auth";
import type { NextRequest } from "next/server";
import { z } from "zod";
import { sameOriginPath } from "@/lib/same-origin-path";
import { GITHUB_AWAY } from "@/lib/account";
import { clientOf } from "@/lib/client-address";
import { isOwnWrite, isPlainPath } from "@/lib/request-safety";
import { type AppContext, withActor } from "@/server/context";
import { AppError } from "@/server/errors";
import { answerOrProblem, tooManyRequests } from "@/server/http-errors";
import { confirmInstallation } from "@/server/repositories/confirm-installation";
import { signOut } from "@/server/identity/sign-in";
import { authConfig } from "./auth-config";
import { withOwnReturnUrl } from "./own-return";
import { cookieNames, currentActor, isSecure, readCookie, readSessionCookie } from "./session-cookie";

const BASE = "/api/auth";
/** What next-auth serves; anything else under the base is ours or nothing. */
const NEXT_AUTH = new Set([
  "csrf",
  "session",
  "providers",
  "signin",
  "signin/github",
  "callback/github",
  "signout",
  "error",
]);

type Outside = { fetch: typeof fetch };

/**
 * Everything under `/api/auth/`: the App's paths and next-auth's own. Works in a browser and for a plain HTTP client
 * with a cookie jar. `outside.fetch` reaches GitHub.
 */
export async function handleAuth(
  request: Request,
  context: AppContext,
  outside: Outside = { fetch: (input, init) => fetch(input, init) },
): Promise<Response> {
  const where = { method: request.method, path: new URL(request.url).pathname };
  return answerOrProblem({ log: context.log, where }, async () => noStore(await route(request, context, outside)));
}

/** What begins or ends a sign-in, each of which asks GitHub or writes rows. */
const SIGN_IN = new Set(["github", "github/callback", "callback/github", "signin/github"]);

async function route(request: Request, context: AppContext, outside: Outside): Promise<Response> {
  const { pathname, search } = new URL(request.url);
  const action = pathname.startsWith(`${BASE}/`) ? pathname.slice(BASE.length + 1) : "";
  if (!isPlainPath(request.url)) throw new AppError("bad_request", "This path cannot be read in one way only.");
  const { PUBLIC_URL: publicUrl } = context.env;
  const signedIn = readCookie(request.headers, cookieNames(publicUrl).session) !== null;
  if (!isOwnWrite({ method: request.method, headers: request.headers, publicUrl, signedIn }))
    throw new AppError("forbidden", "This request came from another site.");
  if (SIGN_IN.has(action) && (await context.limits.isOver("sign_in", clientOf(request.headers)))) {
    const { body, headers } = tooManyRequests("Too many sign-ins came from your address. Try again in a minute.");
    return Response.json(body, { status: 429, headers });
  }
  const ask = (path: string, init?: RequestInit) =>
    nextAuth(path, { init: init ?? request, request, context, outside });
  if (action === "github" && request.method === "GET") return start(request, context, ask);
  if (action === "github/installed" && request.method === "GET") return installed(request, context);
  if (action === "logout" && request.method === "POST") return logOut(request, context);
  // The callback path that the App is registered with: the same answer, the query kept.
  if (action === "github/callback" || action === "callback/github") return back(request, context, { outside, search });
  if (NEXT_AUTH.has(action)) return ask(`${action}${search}`);
  throw new AppError("not_found", "There is nothing here.");
}

type Ask = (path: string, init?: RequestInit) => Promise<Response>;

/** Next-auth sees requests under Porter's public origin, whatever host the platform reports. */
function nextAuth(
  path: string,
  input: { init: RequestInit | Request; request: Request; context: AppContext; outside: Outside },
): Promise<Response> {
  const { handlers } = NextAuth(() =>
    authConfig(input.context, { fetch: input.outside.fetch, userAgent: input.request.headers.get("user-agent") }),
  );
  // A plain Request: a real NextRequest writes `localhost` for 127.0.0.1, and GitHub compares redirect addresses.
  // Next-auth reads the address of Next only under AUTH_URL, which Porter does not use.
  const { PUBLIC_URL } = input.context.env;
  const asked = withOwnReturnUrl(new Request(`${PUBLIC_URL}${BASE}/${path}`, input.init), PUBLIC_URL) as NextRequest;
  return asked.method === "POST" ? handlers.POST(asked) : handlers.GET(asked);
}

/**
 * `GET /api/auth/github`: on to GitHub. Next-auth starts only by a POST with its CSRF token, so both are made here;
 * `state` and PKCE protect the way back. `?reconnect=1` is the same way: signing in again replaces the tokens.
 */
async function start(request: Request, context: AppContext, ask: Ask): Promise<Response> {
  const query = new URL(request.url).searchParams;
  const names = cookieNames(context.env.PUBLIC_URL);
  const csrf = await ask("csrf", { headers: { cookie: request.headers.get("cookie") ?? "" } });
  const { csrfToken } = z.object({ csrfToken: z.string() }).parse(await csrf.json());
  // Only this cookie: next-auth also answers a return address here, which would win over the one asked for.
  const fresh = csrf.headers.getSetCookie().filter((line) => line.startsWith(`${names.csrf}=`));
  const csrfCookie = fresh[0]?.split(";", 1)[0] ?? `${names.csrf}=${readCookie(request.headers, names.csrf) ?? ""}`;
  const callbackUrl = sameOriginPath(query.get("callbackUrl"), "/tasks", context.env.PUBLIC_URL);
  // Only a classic OAuth app reads the scope; it needs this one for the mirror of the settings.
  const scope = query.get("with") === "gist" ? `?${new URLSearchParams({ scope: "read:user gist" }).toString()}` : "";
  const answer = await ask(`signin/github${scope}`, {
    method: "POST",
    headers: { cookie: csrfCookie, "content-type": "application/json" },
    body: JSON.stringify({ csrfToken, callbackUrl }),
  });
  const headers = new Headers(answer.headers);
  for (const line of fresh) headers.append("set-cookie", line);
  return new Response(null, { status: answer.status, headers });
}

/**
 * The way back from GitHub. Next-auth calls every trouble in it one of configuration: that GitHub was slow or down is
 * said as such, since trying again later is all that helps.
 */
async function back(
  request: Request,
  context: AppContext,
  { outside, search }: { outside: Outside; search: string },
): Promise<Response> {
  let isGitHubAway = false;
  const watched: typeof fetch = async (input, init) => {
    try {
      const answer = await outside.fetch(input, init);
      if (answer.status >= 500 || answer.status === 429) isGitHubAway = true;
      return answer;
    } catch (error) {
      isGitHubAway = true;
      throw error;
    }
  };
  const answer = await nextAuth(`callback/github${search}`, {
    init: request,
    request,
    context,
    outside: { fetch: watched },
  });
  const location = answer.headers.get("location");
  if (!isGitHubAway || location === null || !new URL(location, context.env.PUBLIC_URL).searchParams.has("error"))
    return answer;
  const headers = new Headers(answer.headers);
  headers.set("location", `${context.env.PUBLIC_URL}/?error=${GITHUB_AWAY}`);
  return new Response(null, { status: answer.status, headers });
}

/**
 * `GET /api/auth/github/installed`: where GitHub sends people after they installed the App. Anybody can make such a
 * URL, so GitHub is asked whether the installation is this person's; `/start` is told in `install` how it went.
 */
async function installed(request: Request, context: AppContext): Promise<Response> {
  const { pathname, search, searchParams } = new URL(request.url);
  const to = (location: string) => new Response(null, { status: 302, headers: { location } });
  const actor = await currentActor(context, request.headers);
  if (actor.kind !== "user")
    return to(`${BASE}/github?${new URLSearchParams({ callbackUrl: pathname + search }).toString()}`);
  const id = searchParams.get("installation_id") ?? "";
  // A member of an organisation asked its owners: there is nothing yet.
  if (searchParams.get("setup_action") === "request") return to("/start?install=requested");
  if (!/^\d{1,15}$/.test(id)) return to("/start?install=missing");
  const outcome = await confirmInstallation(withActor(context, actor), Number(id));
  return to(outcome === "confirmed" ? `/start?install=confirmed&installation=${id}` : `/start?install=${outcome}`);
}

/** `POST /api/auth/logout`: ends the row, then the cookie. A form lands on the front page, a script gets JSON. */
async function logOut(request: Request, context: AppContext): Promise<Response> {
  const { PUBLIC_URL: publicUrl } = context.env;
  const session = await readSessionCookie(context, request.headers);
  if (session !== null) await signOut(context, session);
  const secure = isSecure(publicUrl) ? "; Secure" : "";
  const cookie = `${cookieNames(publicUrl).session}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0${secure}`;
  if (request.headers.get("accept")?.includes("text/html"))
    return new Response(null, { status: 303, headers: { location: "/", "set-cookie": cookie } });
  return Response.json({ ok: true }, { headers: { "set-cookie": cookie } });
}

function noStore(response: Response): Response {
  const headers = new Headers(response.headers);
  headers.set("cache-control", "private, no-store");
  return new Response(response.body, { status: response.status, headers });
}
