import { createHash } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { startTestGitHub, type TestGitHub } from "./testing.ts";

const callback = "http://127.0.0.1:3999/api/auth/callback/github";

let hub: TestGitHub;
beforeAll(async () => {
  hub = await startTestGitHub();
});
afterAll(() => hub.close());

/** Presses a person's button on the authorize page, as a browser does, and answers where it leads. */
async function authorize(login: string, more: Record<string, string> = {}): Promise<URL> {
  const query = new URLSearchParams({ client_id: hub.github.app.clientId, scope: "read:user", state: "s1", ...more });
  const page = await fetch(`${hub.github.url}/login/oauth/authorize?${query}`);
  expect(page.status).toBe(200);
  const html = await page.text();
  const form = [...html.matchAll(/<form[\s\S]*?<\/form>/g)]
    .map(([text]) => text)
    .find((text) => text.includes(`value="${login}"`));
  const fields = [...(form ?? "").matchAll(/name="([^"]+)" value="([^"]*)"/g)].map(([, name = "", value = ""]) => [
    name,
    value,
  ]);
  const action = /action="([^"]+)"/.exec(form ?? "")?.[1] ?? "";
  const answer = await fetch(hub.github.url + action, {
    method: "POST",
    body: new URLSearchParams(fields),
    redirect: "manual",
  });
  expect(answer.status).toBe(302);
  return new URL(answer.headers.get("location") ?? "");
}

async function exchange(fields: Record<string, string>, headers: Record<string, string> = {}): Promise<unknown> {
  const response = await fetch(`${hub.github.url}/login/oauth/access_token`, {
    method: "POST",
    headers: { accept: "application/json", ...headers },
    body: new URLSearchParams(fields),
  });
  return response.json();
}

const credentials = (): Record<string, string> => ({
  client_id: hub.github.app.clientId,
  client_secret: hub.github.app.clientSecret,
});

test("a person signs in: page, code, token, who they are", async () => {
  const returned = await authorize("hubot-user", { redirect_uri: callback });
  expect(returned.origin + returned.pathname).toBe(callback);
  expect(returned.searchParams.get("state")).toBe("s1");
  const code = returned.searchParams.get("code") ?? "";
  const issued = z
    .object({ access_token: z.string(), token_type: z.literal("bearer") })
    .parse(await exchange({ ...credentials(), code }));
  const user = await hub.api("GET", "/user", { token: issued.access_token });
  expect(user.body).toMatchObject({ login: "hubot-user", id: hub.github.users[1]?.id });
  expect(user.headers.get("x-oauth-scopes")).toBe("");
  expect(hub.github.tokensSeen()).toContain(issued.access_token);
  expect(await exchange({ ...credentials(), code })).toMatchObject({ error: "bad_verification_code" });
});

test("without a redirect address the App's first one is used; a foreign one is refused", async () => {
  expect((await authorize("octocat")).href).toContain(callback);
  const query = new URLSearchParams({ client_id: hub.github.app.clientId, redirect_uri: "http://127.0.0.1:1/evil" });
  expect((await fetch(`${hub.github.url}/login/oauth/authorize?${query}`)).status).toBe(400);
});

test("client credentials may come in the Basic header; wrong ones get GitHub's error", async () => {
  const { clientId, clientSecret } = hub.github.app;
  const basic = (secret: string) => ({
    authorization: `Basic ${Buffer.from(`${clientId}:${secret}`).toString("base64")}`,
  });
  const code = (await authorize("octocat")).searchParams.get("code") ?? "";
  expect(await exchange({ code }, basic("fake-wrong"))).toMatchObject({ error: "incorrect_client_credentials" });
  expect(await exchange({ code }, basic(clientSecret))).toHaveProperty("access_token");
});

test("a code bound to a challenge needs its verifier", async () => {
  const verifier = "fake-verifier-with-at-least-forty-three-characters";
  const challenge = createHash("sha256").update(verifier).digest("base64url");
  const pkce = { code_challenge: challenge, code_challenge_method: "S256", state: "s2" };
  const code = (await authorize("octocat", pkce)).searchParams.get("code") ?? "";
  expect(await exchange({ ...credentials(), code })).toMatchObject({ error: "bad_verification_code" });
  expect(await exchange({ ...credentials(), code, code_verifier: verifier })).toHaveProperty("access_token");
});
