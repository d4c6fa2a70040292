import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { oauthTokenAt } from "@/server/identity/sign-in";
import { createFakeGitHub } from "@/server/testing/fake-github";
import { BrowserCookies, fakeGitHubOauth } from "@/server/testing/fake-github-oauth";
import { testContext, testEnv, type TestContext } from "@/server/testing/test-context";
import { handleAuth } from "./handle-auth";
import { currentActor } from "./session-cookie";

const ada = { id: 101, login: "Ada-Lovelace", name: "Ada" };
const client = { id: "fake-client-id", secret: "fake-client-secret" };

/** Porter and GitHub with one cookie jar, as a plain HTTP client sees them. */
function world(options: { context?: TestContext; expiring?: boolean } = {}) {
  const context = options.context ?? testContext();
  const github = fakeGitHubOauth({ client, expiring: options.expiring ?? false });
  const jar = new BrowserCookies();
  const ask = async (path: string, init: RequestInit = {}) => {
    const url = path.startsWith("http") ? path : `http://127.0.0.1:8787${path}`;
    const headers = new Headers(init.headers);
    headers.set("cookie", jar.header);
    const response = await handleAuth(new Request(url, { ...init, headers, redirect: "manual" }), context, github);
    jar.keep(response);
    return response;
  };
  const signIn = async (person = ada, path = "/api/auth/github") => {
    const start = await ask(path);
    const back = github.authorize(start.headers.get("location") ?? "", person);
    return { start, end: await ask(back), back };
  };
  const actor = () => currentActor(context, new Headers({ cookie: jar.header }));
  return { context, github, jar, ask, signIn, actor };
}

test("signs in over plain HTTP: start, GitHub, callback, session", async () => {
  const { signIn, actor } = world();
  const { start, end } = await signIn(ada, "/api/auth/github?callbackUrl=/tasks/task_x%3Ftab=log");
  const authorize = new URL(start.headers.get("location") ?? "");
  expect(start.status).toBe(302);
  expect(authorize.origin + authorize.pathname).toBe("https://github.test/login/oauth/authorize");
  expect(authorize.searchParams.get("redirect_uri")).toBe("https://porter.test/api/auth/callback/github");
  expect(authorize.searchParams.get("code_challenge_method")).toBe("S256");
  expect(authorize.searchParams.get("state")).toBeTruthy();
  expect(end.status).toBe(302);
  expect(end.headers.get("location")).toBe("https://porter.test/tasks/task_x?tab=log");
  expect(end.headers.get("cache-control")).toBe("private, no-store");
  expect(await actor()).toMatchObject({ kind: "user", userId: 101, login: "Ada-Lovelace" });
});

test("finds the sealed token by numeric id and by any spelling of the login, and never stores it in plain", async () => {
  const { signIn, context, github } = world({ expiring: true });
  await signIn();
  const byId = await context.db.accounts.getOauthToken(101, "access");
  const byLogin = await context.db.accounts.findOauthToken("ADA-lovelace", "access");
  expect(byLogin).toEqual(byId);
  if (byId === null) throw new Error("no token was stored");
  const plain = await context.sealer.open(byId, oauthTokenAt(101, "access"));
  expect(github.tokens.has(plain)).toBe(true);
  expect(byId.expiresAt).toBe("2026-11-22T20:00:00.000Z");
  const refresh = await context.db.accounts.getOauthToken(101, "refresh");
  expect(refresh?.expiresAt).toBe("2027-05-25T12:00:00.000Z");
  const dump = JSON.stringify(await env.DB.prepare("SELECT * FROM user_oauth_tokens").all());
  expect(dump).not.toContain("fake-access");
  expect(dump).not.toContain("fake-refresh");
});

test("a token without expiry replaces one with a refresh token", async () => {
  const context = testContext();
  await world({ context, expiring: true }).signIn();
  await world({ context }).signIn();
  expect(await context.db.accounts.getOauthToken(101, "refresh")).toBeNull();
  expect((await context.db.accounts.getOauthToken(101, "access"))?.expiresAt).toBeNull();
});

test("signing in again clears a revoked token and follows a changed login", async () => {
  const { signIn, context } = world();
  await signIn();
  const held = await context.db.accounts.getOauthToken(101, "access");
  await context.db.accounts.revokeOauthTokens({ userId: 101, accessIv: held?.iv ?? "", revokedAt: "2026-11-22" });
  await signIn({ ...ada, login: "ada-byron" }, "/api/auth/github?reconnect=1");
  expect((await context.db.accounts.getOauthToken(101, "access"))?.revokedAt).toBeNull();
  expect((await context.db.accounts.findByLogin("Ada-Byron"))?.id).toBe(101);
  expect(await context.db.accounts.findByLogin("Ada-Lovelace")).toBeNull();
});

test("the App's callback path answers as next-auth's own", async () => {
  const { ask, github, actor } = world();
  const start = await ask("/api/auth/github");
  const back = new URL(github.authorize(start.headers.get("location") ?? "", ada));
  const end = await ask(`/api/auth/github/callback${back.search}`);
  expect(end.headers.get("location")).toBe("https://porter.test/tasks");
  expect(await actor()).toMatchObject({ kind: "user" });
});

test("cookies are __Host-, Secure, HttpOnly and Lax under https", async () => {
  const { signIn, jar } = world();
  await signIn();
  expect(jar.cookies.has("__Host-porter.session")).toBe(true);
  for (const line of jar.lines) {
    expect(line).toMatch(/^__Host-porter\./);
    expect(line).toMatch(/HttpOnly/i);
    expect(line).toMatch(/Secure/i);
    expect(line).toMatch(/SameSite=Lax/i);
    expect(line).toMatch(/Path=\/(;|$)/i);
    expect(line).not.toMatch(/Domain=/i);
  }
});

test("cookies have plain names on loopback", async () => {
  const { signIn, jar, actor } = world({
    context: testContext({ env: testEnv({ PUBLIC_URL: "http://127.0.0.1:8787" }) }),
  });
  const { start, end } = await signIn();
  expect(start.headers.get("location")).toContain(encodeURIComponent("http://127.0.0.1:8787/api/auth/callback/github"));
  expect(end.headers.get("location")).toBe("http://127.0.0.1:8787/tasks");
  expect([...jar.cookies.keys()]).toContain("porter.session");
  expect(jar.lines.join("\n")).not.toMatch(/Secure/);
  expect(await actor()).toMatchObject({ kind: "user" });
});

test.each([
  ["another state", (url: URL) => url.searchParams.set("state", "x")],
  ["no state", (url: URL) => url.searchParams.delete("state")],
  ["an unknown code", (url: URL) => url.searchParams.set("code", "x")],
  ["a refusal", (url: URL) => (url.search = `?error=access_denied&state=${url.searchParams.get("state") ?? ""}`)],
])("a callback with %s signs nobody in and leads to the front page", async (_name, change) => {
  const { ask, github, actor, jar } = world();
  const start = await ask("/api/auth/github");
  const back = new URL(github.authorize(start.headers.get("location") ?? "", ada));
  change(back);
  const end = await ask(back.toString());
  expect(end.headers.get("location")).toMatch(/^https:\/\/porter\.test\/\?error=/);
  expect(jar.cookies.has("__Host-porter.session")).toBe(false);
  expect(await actor()).toEqual({ kind: "anonymous" });
});

test("a callback in a browser that did not start it signs nobody in", async () => {
  const attacker = world();
  const start = await attacker.ask("/api/auth/github");
  const back = attacker.github.authorize(start.headers.get("location") ?? "", ada);
  const victim = world();
  const end = await victim.ask(back);
  expect(end.headers.get("location")).toContain("error=");
  expect(await victim.actor()).toEqual({ kind: "anonymous" });
});

test.each<[string, "token" | "user", () => Promise<Response>]>([
  ["is down", "token", async () => new Response("oops", { status: 503 })],
  ["cannot be reached", "token", () => Promise.reject(new TypeError("no route"))],
  ["is too slow", "user", () => Promise.reject(new DOMException("time out", "TimeoutError"))],
  ["is down for accounts", "user", async () => new Response("oops", { status: 502 })],
])("a callback while GitHub %s says so and signs nobody in", async (_name, where, answer) => {
  const { context, jar, ask, github, actor } = world();
  const start = await ask("/api/auth/github");
  const back = github.authorize(start.headers.get("location") ?? "", ada);
  const request = new Request(back, { headers: { cookie: jar.header }, redirect: "manual" });
  const end = await handleAuth(request, context, {
    fetch: (input, init) => {
      const url = input instanceof Request ? input.url : String(input);
      return url.endsWith(where === "user" ? "/user" : "/access_token") ? answer() : github.fetch(input, init);
    },
  });
  expect(end.headers.get("location")).toBe("https://porter.test/?error=github_away");
  expect(await actor()).toEqual({ kind: "anonymous" });
});

test("a callback works once", async () => {
  const { signIn, ask } = world();
  const { back } = await signIn();
  expect((await ask(back)).headers.get("location")).toContain("error=");
});

test.each(["https://evil.example/", "//evil.example", "/\\evil.example"])(
  "never returns to a foreign address: %s",
  async (wanted) => {
    const { signIn } = world();
    const { end } = await signIn(ada, `/api/auth/github?callbackUrl=${encodeURIComponent(wanted)}`);
    expect(end.headers.get("location")).toBe("https://porter.test/tasks");
  },
);

test("a host that a header names is nobody's address", async () => {
  const { ask } = world();
  const headers = {
    "x-forwarded-host": "evil.example",
    "x-forwarded-proto": "http",
    forwarded: "host=evil.example;proto=http",
    "x-original-host": "evil.example",
  };
  const start = await ask("/api/auth/github", { headers });
  expect(start.headers.get("location")).toContain(encodeURIComponent("https://porter.test/api/auth/callback/github"));
  for (const path of ["signin", "signout", "error?error=x", "providers", "csrf", "callback/github?code=x&state=y"]) {
    const answer = await ask(`/api/auth/${path}`, { headers });
    expect(
      `${answer.headers.get("location")} ${answer.headers.getSetCookie().join()} ${await answer.text()}`,
    ).not.toContain("evil.example");
  }
});

test("a return address that was planted in a cookie or a form leads nowhere else", async () => {
  for (const wanted of ["https://evil.example/", "https://porter.test.evil.example/"]) {
    const { ask, github, jar } = world();
    const csrf = await ask("/api/auth/csrf");
    const { csrfToken } = await csrf.json<{ csrfToken: string }>();
    jar.cookies.set("__Host-porter.callback-url", encodeURIComponent(wanted));
    const start = await ask("/api/auth/signin/github", {
      method: "POST",
      headers: { origin: "https://porter.test", "content-type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams({ csrfToken, callbackUrl: wanted }).toString(),
    });
    const location = start.headers.get("location") ?? "";
    expect(new URL(location).origin).toBe("https://github.test");
    const end = await ask(github.authorize(location, ada));
    expect(new URL(end.headers.get("location") ?? "", "https://porter.test").origin).toBe("https://porter.test");
  }
});

test.each(["javascript:alert(1)", "x", "https://", "//", "%", "data:text/html,x", "https://evil.example/"])(
  "a return address that is none is its sender's mistake, or nobody's: %s",
  async (wanted) => {
    const query = new URLSearchParams({ callbackUrl: wanted }).toString();
    for (const action of ["session", "csrf", "providers", "signin", "signout", "error", "signin/github"]) {
      const { ask, jar } = world();
      expect((await ask(`/api/auth/${action}?${query}`)).status, action).toBeLessThan(500);
      jar.cookies.set("__Host-porter.callback-url", encodeURIComponent(wanted));
      expect((await ask(`/api/auth/${action}`)).status, action).toBeLessThan(500);
      jar.cookies.set("__Host-porter.callback-url", wanted);
      expect((await ask(`/api/auth/${action}`)).status, action).toBeLessThan(500);
    }
    const { ask, jar, signIn, actor } = world();
    jar.cookies.set("__Host-porter.callback-url", wanted);
    const { end } = await signIn();
    expect([end.headers.get("location"), (await actor()).kind]).toEqual(["https://porter.test/tasks", "user"]);
    expect(await ask("/api/auth/session")).toMatchObject({ status: 200 });
  },
);

test("signing out ends the session on the server: a kept cookie is worth nothing", async () => {
  const { signIn, ask, jar, context } = world();
  await signIn();
  const kept = jar.header;
  const out = await ask("/api/auth/logout", {
    method: "POST",
    headers: { origin: "https://porter.test", accept: "text/html" },
  });
  expect(out.status).toBe(303);
  expect(out.headers.get("location")).toBe("/");
  expect(jar.cookies.has("__Host-porter.session")).toBe(false);
  expect(await currentActor(context, new Headers({ cookie: kept }))).toEqual({ kind: "anonymous" });
  const session = await handleAuth(
    new Request("https://porter.test/api/auth/session", { headers: { cookie: kept } }),
    context,
  );
  expect(await session.json()).toBeNull();
});

test("signing out twice, or without a session, is fine", async () => {
  const { ask } = world();
  expect(await (await ask("/api/auth/logout", { method: "POST" })).json()).toEqual({ ok: true });
});

test("another site cannot sign a person out", async () => {
  const { signIn, ask, actor } = world();
  await signIn();
  const foreign: Record<string, string>[] = [
    { origin: "https://evil.example" },
    { "sec-fetch-site": "cross-site" },
    {},
  ];
  for (const headers of foreign) {
    expect((await ask("/api/auth/logout", { method: "POST", headers })).status).toBe(403);
  }
  expect(await actor()).toMatchObject({ kind: "user" });
});

test("a session ends by itself after 30 days", async () => {
  const { signIn, context, jar } = world();
  await signIn();
  const later = testContext({ clock: { now: () => new Date("2026-12-23T12:00:00.000Z") } });
  expect(await currentActor(later, new Headers({ cookie: jar.header }))).toEqual({ kind: "anonymous" });
  expect(await currentActor(context, new Headers({ cookie: jar.header }))).toMatchObject({ kind: "user" });
});

test.each(["not-a-token", "eyJhbGciOiJub25lIn0.e30.", ""])("a forged session cookie is nobody: %j", async (value) => {
  const context = testContext();
  expect(await currentActor(context, new Headers({ cookie: `__Host-porter.session=${value}` }))).toEqual({
    kind: "anonymous",
  });
});

test.each([
  "/api/auth",
  "/api/auth/",
  "/api/auth/webauthn-options",
  "/api/auth/callback/other",
  "/api/auth/github/../session",
])("%s is nothing", async (path) => {
  const { ask } = world();
  const answer = await ask(path === "/api/auth/github/../session" ? "/api/auth/github/%2e%2e%2fsession" : path);
  expect([400, 404]).toContain(answer.status);
  expect(await answer.json()).toHaveProperty("error.code");
});

test("for the mirror of the settings a classic OAuth app is asked for its scope", async () => {
  const { ask } = world();
  const scopeOf = (answer: Response) => new URL(answer.headers.get("location") ?? "").searchParams.get("scope");
  expect(scopeOf(await ask("/api/auth/github"))).toBe("read:user");
  expect(scopeOf(await ask("/api/auth/github?reconnect=1&with=gist"))).toBe("read:user gist");
});

describe("after an installation", () => {
  const installed = "/api/auth/github/installed?installation_id=7&setup_action=install";
  const signedInWorld = async () => {
    const fake = createFakeGitHub();
    const w = world({ context: testContext({ github: fake.github }) });
    await w.signIn();
    // The port's GitHub knows the token that the web's GitHub gave.
    for (const [token, person] of w.github.tokens) fake.people.state.access.set(token, person);
    return { ...w, state: fake.people.state };
  };
  const whereTo = async (w: { ask: (path: string) => Promise<Response> }, path: string) => {
    const answer = await w.ask(path);
    expect(answer.status).toBe(302);
    return answer.headers.get("location");
  };

  test("nobody is sent to sign in, and comes back", async () => {
    const location = await whereTo(world(), installed);
    expect(location).toBe(`/api/auth/github?callbackUrl=${encodeURIComponent(installed)}`);
  });

  test("the owner lands in the wizard; another one's installation is not believed", async () => {
    const w = await signedInWorld();
    expect(await whereTo(w, installed)).toBe("/start?install=foreign");
    w.state.installations?.set(ada.id, [
      {
        id: 7,
        account: "Ada-Lovelace",
        accountId: ada.id,
        accountType: "User",
        repositorySelection: "all",
        permissions: {},
        suspendedAt: null,
      },
    ]);
    expect(await whereTo(w, installed)).toBe("/start?install=confirmed&installation=7");
  });

  test.each([
    ["setup_action=request", "/start?install=requested"],
    ["installation_id=7%27", "/start?install=missing"],
    ["", "/start?install=missing"],
  ])("%s leads on, whatever it is", async (query, location) => {
    expect(await whereTo(await signedInWorld(), `/api/auth/github/installed?${query}`)).toBe(location);
  });

  test("a revoked token is no error page", async () => {
    const w = await signedInWorld();
    w.state.access.clear();
    expect(await whereTo(w, installed)).toBe("/start?install=reconnect");
  });
});

test("an operator's script is known by its token, and by nothing like it", async () => {
  const token = "fake-operator-token-of-the-tests-0000";
  const context = testContext({ env: testEnv({ OPERATOR_TOKEN: token }) });
  const actor = (authorization: string) => currentActor(context, new Headers({ authorization }));
  expect(await actor(`Bearer ${token}`)).toEqual({ kind: "operator" });
  for (const wrong of [`Bearer ${token}x`, `Basic ${token}`, "Bearer", "Bearer undefined"])
    expect(await actor(wrong)).toEqual({ kind: "anonymous" });
  const unset = testContext();
  expect(await currentActor(unset, new Headers({ authorization: `Bearer ${token}` }))).toEqual({ kind: "anonymous" });
});

test("somebody who is not on the list is told so and leaves nothing; whoever has an account reaches it", async () => {
  const context = testContext({ env: testEnv({ PORTER_PEOPLE: "user:1=octocat" }) });
  const stranger = { ...ada, id: 1_870 };
  const first = world({ context });
  const { end } = await first.signIn(stranger);
  expect(end.headers.get("location")).toBe("https://porter.test/?error=not_listed");
  expect(await first.actor()).toEqual({ kind: "anonymous" });
  expect(await context.db.accounts.findById(stranger.id)).toBeNull();
  expect(await context.db.accounts.getOauthToken(stranger.id, "access")).toBeNull();
  await world().signIn(stranger);
  const later = world({ context });
  await later.signIn(stranger);
  expect(await later.actor()).toMatchObject({ kind: "user", userId: stranger.id });
});
