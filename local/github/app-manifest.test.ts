import { createPrivateKey } from "node:crypto";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { startTestGitHub, type TestGitHub } from "./testing.ts";

let world: TestGitHub;
beforeAll(async () => {
  world = await startTestGitHub();
});
afterAll(() => world.close());
afterEach(() => {
  vi.useRealTimers();
});

const manifest = {
  name: "Porter of Acme",
  url: "https://porter.test",
  hook_attributes: { url: "https://porter.test/hook" },
  redirect_url: "http://127.0.0.1:1/created",
  callback_urls: ["https://porter.test/callback"],
  setup_url: "https://porter.test/installed",
  setup_on_update: true,
  public: true,
  description: "",
  default_permissions: { contents: "write", issues: "write", metadata: "read" },
  default_events: ["issue_comment", "issues", "installation_target"],
};

const post = (path: string, fields: Record<string, string>) =>
  fetch(world.github.url + path, { method: "POST", body: new URLSearchParams(fields), redirect: "manual" });
const ask = (changes: Record<string, unknown>) =>
  post("/settings/apps/new?state=s", { manifest: JSON.stringify({ ...manifest, ...changes }) });
const convert = (code: string) => world.api("POST", `/app-manifests/${code}/conversions`);

async function register(name: string): Promise<URL> {
  const fields = { manifest: JSON.stringify(manifest), name, state: "s", login: "octocat" };
  const answer = await post("/settings/apps/manifest", fields);
  return new URL(answer.headers.get("location") ?? "");
}

test("an App is registered with its state, and its code gives the credentials once", async () => {
  const page = await post("/organizations/acme/settings/apps/new?state=s", { manifest: JSON.stringify(manifest) });
  expect(await page.text()).toContain('value="Porter of Acme"');
  const back = await register("Porter of Acme");
  expect(back.href).toMatch(/^http:\/\/127\.0\.0\.1:1\/created\?code=[0-9a-f]{40}&state=s$/);
  const code = back.searchParams.get("code") ?? "";
  const { status, body } = await convert(code);
  expect(status).toBe(201);
  expect(body).toMatchObject({ slug: "porter-of-acme", owner: { login: "octocat", type: "User" } });
  const { pem } = body as { pem: string };
  expect(pem).toMatch(/^-----BEGIN RSA PRIVATE KEY-----/);
  expect(createPrivateKey(pem).asymmetricKeyType).toBe("rsa");
  expect((await convert(code)).status).toBe(404);
  expect(await (await ask({})).text()).toContain("Name has already been taken");
});

test("a code is worth nothing after an hour", async () => {
  const code = (await register("Late")).searchParams.get("code") ?? "";
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 60 * 60_000 });
  expect((await convert(code)).status).toBe(404);
});

test.each([
  [{ default_events: ["installation"] }, "Default events unsupported: installation"],
  [{ default_permissions: { metadata: "read" } }, "Default events are not supported by permissions: issue_comment"],
  [{ name: "a name that is much longer than GitHub takes it" }, "name"],
])("GitHub refuses a manifest with %j", async (changes, words) => {
  const answer = await ask(changes);
  expect(answer.status).toBe(422);
  expect(await answer.text()).toContain(words);
});
