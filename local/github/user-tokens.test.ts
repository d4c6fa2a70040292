import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { startTestGitHub, type TestGitHub } from "./testing.ts";

const issuedSchema = z.object({
  access_token: z.string(),
  expires_in: z.number(),
  refresh_token: z.string(),
  refresh_token_expires_in: z.number(),
  scope: z.literal(""),
  token_type: z.literal("bearer"),
});

let hub: TestGitHub;
let classic: TestGitHub;
beforeAll(async () => {
  hub = await startTestGitHub({ accountPermissions: { gists: "write" } });
  classic = await startTestGitHub({ oauth: "classic" });
});
afterAll(() => Promise.all([hub.close(), classic.close()]));

/** Signs a person in and answers what the token endpoint said. */
async function signIn(github: TestGitHub, login: string, scope = "read:user"): Promise<unknown> {
  const { url, app } = github.github;
  const query = new URLSearchParams({ client_id: app.clientId, scope, state: "s" });
  const html = await (await fetch(`${url}/login/oauth/authorize?${query.toString()}`)).text();
  const form = [...html.matchAll(/<form[\s\S]*?<\/form>/g)]
    .map(([text]) => text)
    .find((text) => text.includes(`value="${login}"`));
  const fields = [...(form ?? "").matchAll(/name="([^"]+)" value="([^"]*)"/g)].map(([, name = "", value = ""]) => [
    name,
    value,
  ]);
  const action = /action="([^"]+)"/.exec(form ?? "")?.[1] ?? "";
  const body = new URLSearchParams(fields);
  const back = await fetch(url + action, { method: "POST", body, redirect: "manual" });
  const code = new URL(back.headers.get("location") ?? "").searchParams.get("code") ?? "";
  return token(github, { code });
}

async function token(github: TestGitHub, fields: Record<string, string>): Promise<unknown> {
  const { url, app } = github.github;
  const answer = await fetch(`${url}/login/oauth/access_token`, {
    method: "POST",
    headers: { accept: "application/json" },
    body: new URLSearchParams({ client_id: app.clientId, client_secret: app.clientSecret, ...fields }),
  });
  expect(answer.status).toBe(200);
  return answer.json();
}

const refresh = (refreshToken: string, more: Record<string, string> = {}) =>
  token(hub, { grant_type: "refresh_token", refresh_token: refreshToken, ...more });
const whoIs = async (accessToken: string) => {
  const { status, body } = await hub.api("GET", "/user", { token: accessToken });
  return status === 200 ? z.object({ login: z.string() }).parse(body).login : status;
};
const control = (path: string, body: unknown) => hub.api("POST", `/_control/${path}`, { body });

describe("the GitHub App's user tokens", () => {
  test("look and expire like GitHub's: eight hours, half a year, no scopes", async () => {
    const issued = issuedSchema.parse(await signIn(hub, "octocat"));
    expect(issued.access_token).toMatch(/^ghu_[A-Za-z0-9]{36}$/);
    expect(issued.refresh_token).toMatch(/^ghr_[A-Za-z0-9]{76}$/);
    expect([issued.expires_in, issued.refresh_token_expires_in]).toEqual([28_800, 15_897_600]);
    const user = await hub.api("GET", "/user", { token: issued.access_token });
    expect(user.headers.get("x-oauth-scopes")).toBe("");
  });

  test("a refresh gives a new pair and ends the old one; a refresh token works once", async () => {
    const first = issuedSchema.parse(await signIn(hub, "octocat"));
    const second = issuedSchema.parse(await refresh(first.refresh_token));
    expect(await whoIs(second.access_token)).toBe("octocat");
    expect(await whoIs(first.access_token)).toBe(401);
    expect(await refresh(first.refresh_token)).toMatchObject({ error: "bad_refresh_token" });
    expect(await refresh("ghr_fake")).toMatchObject({ error: "bad_refresh_token" });
  });

  test("a refresh with the wrong client secret is refused and uses nothing up", async () => {
    const issued = issuedSchema.parse(await signIn(hub, "octocat"));
    const wrong = await refresh(issued.refresh_token, { client_secret: "fake" });
    expect(wrong).toMatchObject({ error: "incorrect_client_credentials" });
    expect(await refresh(issued.refresh_token)).toHaveProperty("access_token");
  });

  test("can be made to expire; their refresh tokens still work", async () => {
    const issued = issuedSchema.parse(await signIn(hub, "octocat"));
    expect((await control("tokens", { expire: "users" })).status).toBe(204);
    expect(await whoIs(issued.access_token)).toBe(401);
    const renewed = issuedSchema.parse(await refresh(issued.refresh_token));
    expect(await whoIs(renewed.access_token)).toBe("octocat");
  });

  test("end for one person alone when they take the App's access back", async () => {
    const mine = issuedSchema.parse(await signIn(hub, "octocat"));
    const theirs = issuedSchema.parse(await signIn(hub, "hubot-user"));
    await control("tokens", { disconnect: "octocat" });
    expect(await whoIs(mine.access_token)).toBe(401);
    expect(await refresh(mine.refresh_token)).toMatchObject({ error: "bad_refresh_token" });
    expect(await whoIs(theirs.access_token)).toBe("hubot-user");
    expect(await whoIs(hub.userToken("octocat"))).toBe("octocat");
  });

  test("end when the client revokes its grant, which takes its id and secret", async () => {
    const { clientId, clientSecret } = hub.github.app;
    const issued = issuedSchema.parse(await signIn(hub, "octocat"));
    const revoke = (secret: string, accessToken = issued.access_token) =>
      hub.api("DELETE", `/applications/${clientId}/grant`, {
        headers: { authorization: `Basic ${btoa(`${clientId}:${secret}`)}` },
        body: { access_token: accessToken },
      });
    expect((await revoke("fake")).status).toBe(404);
    expect(await whoIs(issued.access_token)).toBe("octocat");
    expect((await revoke(clientSecret)).status).toBe(204);
    expect(await whoIs(issued.access_token)).toBe(401);
    expect((await revoke(clientSecret)).status).toBe(422);
  });
});

test("a classic OAuth app's token does not expire, has its scopes, and is told of no installation", async () => {
  const issued = z.looseObject({ access_token: z.string() }).parse(await signIn(classic, "octocat"));
  expect(Object.keys(issued)).not.toContain("expires_in");
  const user = await classic.api("GET", "/user", { token: issued.access_token });
  expect(user.headers.get("x-oauth-scopes")).toBe("read:user");
  expect((await classic.api("GET", "/user/installations", { token: issued.access_token })).status).toBe(403);
  const asApp = await classic.api("GET", "/users/octocat/installation", { token: await classic.appJwt() });
  expect(asApp.body).toMatchObject({ account: { login: "octocat" } });
});

describe("gists", () => {
  const file = { description: "settings", public: false, files: { "a.json": { content: "{}" } } };
  const gistSchema = z.object({ id: z.string(), html_url: z.string() });

  test("are written and changed by the App's user where the App has the permission", async () => {
    const { access_token: mine } = issuedSchema.parse(await signIn(hub, "octocat"));
    const made = await hub.api("POST", "/gists", { token: mine, body: file });
    expect(made.status).toBe(201);
    const { id } = gistSchema.parse(made.body);
    const files = { "a.json": { content: '{"a":1}' } };
    expect((await hub.api("PATCH", `/gists/${id}`, { token: mine, body: { files } })).status).toBe(200);
    const { access_token: theirs } = issuedSchema.parse(await signIn(hub, "hubot-user"));
    expect((await hub.api("PATCH", `/gists/${id}`, { token: theirs, body: { files } })).status).toBe(404);
    expect((await hub.api("PATCH", "/gists/none", { token: mine, body: { files } })).status).toBe(404);
    const { gists } = await hub.github.state();
    expect(gists).toEqual([{ id, login: "octocat", description: "settings", files: { "a.json": '{"a":1}' } }]);
  });

  test("a classic OAuth app needs the scope", async () => {
    const make = async (scope: string) => {
      const { access_token } = z.object({ access_token: z.string() }).parse(await signIn(classic, "octocat", scope));
      return (await classic.api("POST", "/gists", { token: access_token, body: file })).status;
    };
    expect(await make("read:user")).toBe(404);
    expect(await make("read:user gist")).toBe(201);
  });
});

describe("the installation page", () => {
  const page = () => `${hub.github.url}/apps/porter-local/installations/new`;
  const press = (fields: [string, string][]) =>
    fetch(page(), { method: "POST", body: new URLSearchParams(fields), redirect: "manual" });

  test("installs the App on an account, tells Porter, and returns to its setup URL", async () => {
    expect(await (await fetch(page())).text()).toContain("Install on stranger");
    const before = hub.github.installations.length;
    const answer = await press([
      ["account", "stranger"],
      ["state", "x"],
    ]);
    expect(answer.status).toBe(302);
    const back = new URL(answer.headers.get("location") ?? "");
    expect(back.origin + back.pathname).toBe("http://127.0.0.1:3999/api/auth/github/installed");
    expect(back.searchParams.get("setup_action")).toBe("install");
    expect(back.searchParams.get("state")).toBe("x");
    expect(hub.github.installations).toHaveLength(before + 1);
    const id = Number(back.searchParams.get("installation_id"));
    const { body } = await hub.api("GET", "/user/installations", { token: hub.userToken("stranger") });
    expect(body).toMatchObject({ installations: [{ id }] });
    const [hook] = (await hub.webhooks(1)).slice(-1);
    expect(hook?.payload).toMatchObject({ action: "created", installation: { id } });
    expect(await hub.installationToken("stranger")).toMatch(/^ghs_/);
  });

  test("before that, the account has no installation for anybody", async () => {
    const jwt = await classic.appJwt();
    expect((await classic.api("GET", "/users/stranger/installation", { token: jwt })).status).toBe(404);
    expect(classic.github.installations.map(({ account }) => account)).not.toContain("stranger");
  });

  test("chosen repositories are all that the installation reaches; no webhook comes from the others", async () => {
    const answer = await press([
      ["account", "octocat"],
      ["repository", "octocat/second-repo"],
      ["repository", "hubot-user/widgets"],
    ]);
    const back = new URL(answer.headers.get("location") ?? "");
    expect(back.searchParams.get("setup_action")).toBe("update");
    const path = `/user/installations/${back.searchParams.get("installation_id")}/repositories`;
    const { body } = await hub.api("GET", path, { token: hub.userToken("octocat") });
    expect(body).toMatchObject({ total_count: 1, repositories: [{ full_name: "octocat/second-repo" }] });
    const before = hub.received.length;
    await hub.github.comment({ login: "octocat", repo: "octocat/hello-porter", issue: 1, body: "nothing" });
    await hub.github.deliveriesSettled();
    expect(hub.received.slice(before).map(({ payload }) => payload["action"])).not.toContain("created");
  });

  test("another App's page and another account's form are not there", async () => {
    expect((await fetch(`${hub.github.url}/apps/other/installations/new`)).status).toBe(404);
    expect((await press([["account", "nobody"]])).status).toBe(404);
  });
});
