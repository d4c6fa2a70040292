import { describe, expect, test } from "vitest";
import { PROVIDER_IDS, type ProviderId } from "@/lib/providers";
import { startScriptedServer, type Reply } from "@/server/testing/scripted-server";
import { createKeyChecks } from "./key-checks";

const KEY = "fake-key-canary-0123456789";

async function check(provider: ProviderId, reply: Reply, timeoutMs = 20_000) {
  await using server = await startScriptedServer(() => reply);
  const baseUrls = Object.fromEntries(PROVIDER_IDS.map((id) => [id, `${server.url}/${id}/`]));
  const finding = await createKeyChecks({ baseUrls, fetch, timeoutMs }).check(provider, KEY);
  return { finding, seen: server.seen };
}
const ok = (body: unknown): Reply => ({ status: 200, body });
const list = ok({ object: "list", data: [{ id: "a-model" }] });

describe("a good key", () => {
  test.each<[ProviderId, Reply, string, string]>([
    ["anthropic", ok({ data: [{ id: "claude-sonnet-5" }] }), "/anthropic/v1/models?limit=1000", "x-api-key"],
    ["openai", list, "/openai/v1/models", "authorization"],
    ["google", ok({ models: [{ name: "models/x" }] }), "/google/v1beta/models?pageSize=1", "x-goog-api-key"],
    ["openrouter", ok({ data: { limit_remaining: null } }), "/openrouter/v1/key", "authorization"],
    ["groq", list, "/groq/v1/models", "authorization"],
    ["mistral", list, "/mistral/v1/models", "authorization"],
    ["xai", list, "/xai/v1/models", "authorization"],
    ["deepseek", ok({ is_available: true }), "/deepseek/user/balance", "authorization"],
  ])("of %s is shown by its cheapest call, the key in its header alone", async (provider, reply, url, header) => {
    const { finding, seen } = await check(provider, reply);
    expect(finding).toMatchObject({ verification: "valid" });
    expect(seen.map(({ method, url: path }) => `${method} ${path}`)).toEqual([`GET ${url}`]);
    expect(String(seen[0]?.headers[header])).toContain(KEY);
  });
});

test("a key of Anthropic's is asked for the default's family: the newest it can see, or none", async () => {
  const offers = (...ids: string[]) => check("anthropic", ok({ data: ids.map((id) => ({ id })) }));
  const seen = await offers("claude-sonnet-9", "claude-opus-4-8", "claude-sonnet-5", "claude-haiku-4-5-20251001");
  expect(seen.finding).toEqual({
    verification: "valid",
    models: { sonnet: "claude-sonnet-9", opus: "claude-opus-4-8", haiku: "claude-haiku-4-5-20251001" },
  });
  expect((await offers("claude-opus-5", "claude-sonnet-4-5")).finding).toMatchObject({ verification: "no_model" });
});

describe("what is wrong is told apart", () => {
  test.each<[string, ProviderId, Reply]>([
    ["invalid_key", "anthropic", { status: 401, body: { error: { type: "authentication_error" } } }],
    ["invalid_key", "google", { status: 400, body: { error: { message: "API key not valid." } } }],
    ["invalid_key", "xai", { status: 400, body: { error: "Incorrect API key provided: xa***" } }],
    ["expired", "google", { status: 400, body: { error: { message: "API key expired. Please renew the API key." } } }],
    ["no_credit", "openai", { status: 429, body: { error: { code: "insufficient_quota" } } }],
    ["no_credit", "xai", { status: 403, body: { error: "Your team has no credits" } }],
    ["no_credit", "mistral", { status: 402 }],
    ["no_credit", "openrouter", ok({ data: { limit_remaining: 0 } })],
    ["no_credit", "deepseek", ok({ is_available: false })],
    ["restricted", "openai", { status: 403, body: { error: { message: "Missing scopes: api.model.read" } } }],
  ])("%s for %s", async (verification, provider, reply) => {
    expect((await check(provider, reply)).finding).toEqual({ verification });
  });
});

test("repeats nothing that a provider wrote, and follows it nowhere", async () => {
  await using elsewhere = await startScriptedServer(() => list);
  const said = "words of the provider";
  for (const reply of [
    { status: 401, body: { error: { message: `${said} ${KEY}` } } },
    { status: 403, body: `${said} <script>` },
    ok({ data: said }),
    { status: 302, headers: { location: `${elsewhere.url}/v1/models` }, body: said },
    { status: 307, headers: { location: `${elsewhere.url}/v1/models` } },
  ] satisfies Reply[]) {
    const { finding } = await check("openai", reply);
    expect(JSON.stringify(finding)).not.toMatch(/words|canary/);
  }
  expect(elsewhere.seen).toEqual([]);
});

describe("a provider that does not say", () => {
  test.each<[string, Reply]>([
    ["unreachable", "reset"],
    ["unreachable", { status: 500, body: "oops" }],
    ["limited", { status: 429 }],
    ["odd_answer", { status: 200, body: "<html>captive portal</html>" }],
    ["odd_answer", ok({ data: "no list" })],
    ["odd_answer", { status: 418 }],
    ["odd_answer", { status: 302, headers: { location: "http://127.0.0.1:9/" } }],
    ["odd_answer", { status: 200, body: `"${"x".repeat(2_100_000)}"` }],
  ])("leaves the key unverified: %s", async (gap, reply) => {
    const { finding, seen } = await check("openai", reply);
    expect(finding).toEqual({ verification: "unverified", gap });
    expect(seen).toHaveLength(1);
  });

  test("is not waited for", async () => {
    expect((await check("openai", "hang", 100)).finding).toEqual({ verification: "unverified", gap: "too_slow" });
  });

  test("is not asked where it has no such call", async () => {
    const { finding, seen } = await check("amp", ok({}));
    expect([finding, seen]).toEqual([{ verification: "unverified", gap: "no_check" }, []]);
  });
});
