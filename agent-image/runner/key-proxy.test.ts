import { once } from "node:events";
import { createServer, request as httpRequest } from "node:http";
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { startKeyProxy } from "./key-proxy.ts";
import type { KeyProxy, KeyProxyOptions } from "./key-proxy.ts";

const KEY = "canary-fake-real-key";
const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

type Seen = { method: string; url: string; headers: IncomingMessage["headers"]; body: string };

async function upstream(
  answer: (response: ServerResponse, seen: Seen) => void,
): Promise<{ url: string; seen: Seen[] }> {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      const call = { method: request.method ?? "", url: request.url ?? "", headers: request.headers, body };
      seen.push(call);
      answer(response, call);
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  closers.push(
    () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
}

const ok = (response: ServerResponse): void =>
  void response.writeHead(200, { "content-type": "application/json" }).end("{}");

async function proxyTo(
  baseUrl: string,
  options: Partial<KeyProxyOptions> & { id?: string } = {},
): Promise<KeyProxy & { url: string }> {
  const { id = "anthropic", ...rest } = options;
  const proxy = await startKeyProxy({
    providers: [{ id, baseUrl, key: KEY }],
    mayCall: () => true,
    maxRequests: 100,
    budgetUsd: null,
    ...rest,
  });
  closers.push(() => proxy.close());
  return { ...proxy, url: proxy.urls[id] ?? "" };
}

const CALL = { model: "claude-sonnet-5", max_tokens: 100, messages: [] };
/** The smallest call that a path takes. */
const callFor = (url: string): object => {
  if (url.includes("/v1beta/")) return { contents: [] };
  if (url.includes("/responses")) return { model: "m", input: [] };
  return CALL;
};

const post = (url: string, headers: Record<string, string> = {}, body: object = callFor(url)): Promise<Response> =>
  fetch(url, {
    method: "POST",
    body: JSON.stringify(body),
    redirect: "manual",
    headers: { "content-type": "application/json", ...headers },
  });

/** fetch tidies paths; a hostile client does not. */
async function rawGet(base: string, path: string): Promise<number> {
  const { hostname, port } = new URL(base);
  const request = httpRequest({ hostname, port, path, method: "POST" }).end();
  const [response] = (await once(request, "response")) as [IncomingMessage];
  response.resume();
  return response.statusCode ?? 0;
}

describe("the key proxy", () => {
  it.each([
    ["anthropic", "/v1/messages?beta=true", "x-api-key", KEY],
    ["openai", "/v1/responses", "authorization", `Bearer ${KEY}`],
    ["openrouter", "/v1/chat/completions", "authorization", `Bearer ${KEY}`],
    ["groq", "/v1/chat/completions", "authorization", `Bearer ${KEY}`],
    ["deepseek", "/v1/chat/completions", "authorization", `Bearer ${KEY}`],
    ["google", "/v1beta/models/gemini-2.5-pro:streamGenerateContent?alt=sse", "x-goog-api-key", KEY],
  ])("puts the key of %s where it belongs and nowhere else", async (id, path, header, value) => {
    const real = await upstream(ok);
    const proxy = await proxyTo(real.url, { id });
    const sent = {
      authorization: "Bearer placeholder",
      "x-api-key": "placeholder",
      "x-goog-api-key": "placeholder",
      cookie: "a=b",
      "x-app": "cli",
    };
    expect((await post(proxy.url + path, sent)).status).toBe(200);
    expect(real.seen).toHaveLength(1);
    const [call] = real.seen;
    expect(call).toMatchObject({ method: "POST", url: path });
    expect(JSON.parse(call?.body ?? "")).toMatchObject(callFor(path));
    expect(call?.headers).toMatchObject({ [header]: value, "x-app": "cli" });
    expect(JSON.stringify(call?.headers)).not.toMatch(/placeholder|a=b/);
  });

  it("takes a key out of Google's query", async () => {
    const real = await upstream(ok);
    const proxy = await proxyTo(real.url, { id: "google" });
    await post(`${proxy.url}/v1beta/models/x:generateContent?key=placeholder&alt=sse`);
    expect(real.seen[0]?.url).toBe("/v1beta/models/x:generateContent?alt=sse");
  });

  it("keeps a base path, and lets the greeting through unbilled", async () => {
    const real = await upstream(ok);
    const proxy = await proxyTo(`${real.url}/api`);
    expect((await fetch(`${proxy.url}/api/hello`, { method: "HEAD" })).status).toBe(200);
    expect(real.seen[0]).toMatchObject({ method: "HEAD", url: "/api/api/hello" });
    expect(proxy.stats().requests).toBe(0);
  });

  it("refuses other paths, methods, escapes and whoever lacks this run's pass", async () => {
    const real = await upstream(ok);
    const { url } = await proxyTo(real.url);
    const { origin, pathname } = new URL(url);
    for (const path of [
      "/v1/files",
      "/v1/messages/../files",
      "/v1/messages/%2e%2e/files",
      "//v1/messages",
      "/v1/messages/",
      "/v1/messages%20",
    ]) {
      expect([path, await rawGet(url, pathname + path)]).toEqual([path, 403]);
    }
    expect((await fetch(`${url}/v1/messages`)).status).toBe(403);
    for (const path of [
      "/v1/messages",
      "/x/anthropic/v1/messages",
      pathname.replace("anthropic", "openai"),
      "http://example.org/v1/messages",
    ]) {
      expect(await rawGet(origin, path)).toBe(404);
    }
    expect(real.seen).toEqual([]);
  });

  it("streams an answer as it comes", async () => {
    let finish = (): void => {};
    const real = await upstream((response) => {
      response.writeHead(200, { "content-type": "text/event-stream" }).write("data: one\n\n");
      finish = () => void response.end("data: two\n\n");
    });
    const proxy = await proxyTo(real.url);
    const reader = (await post(`${proxy.url}/v1/messages`)).body?.getReader();
    const first = await reader?.read();
    expect(Buffer.from(first?.value ?? []).toString()).toBe("data: one\n\n");
    finish();
    expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe("data: two\n\n");
  });

  it("ends the provider's answer when the agent leaves", async () => {
    const left = Promise.withResolvers<void>();
    const real = await upstream((response) => {
      response.on("close", () => left.resolve());
      response.writeHead(200).write("x");
    });
    const proxy = await proxyTo(real.url);
    const abort = new AbortController();
    const answer = await fetch(`${proxy.url}/v1/messages`, {
      method: "POST",
      body: JSON.stringify(CALL),
      headers: { "content-type": "application/json" },
      signal: abort.signal,
    });
    expect(answer.status).toBe(200);
    abort.abort();
    await left.promise;
  });

  it("follows no redirect and names no other host", async () => {
    const real = await upstream(
      (response) => void response.writeHead(307, { location: "http://127.0.0.1:1/steal" }).end(),
    );
    const answer = await post(`${(await proxyTo(real.url)).url}/v1/messages`);
    expect([answer.status, answer.headers.get("location")]).toEqual([502, null]);
    expect(await answer.text()).toContain("redirect");
  });

  it("says so when the provider cannot be reached", async () => {
    const proxy = await proxyTo("http://127.0.0.1:1");
    const answer = await post(`${proxy.url}/v1/messages`);
    expect(answer.status).toBe(502);
    expect(await answer.json()).toEqual({
      type: "error",
      error: { type: "porter_proxy", message: "The model provider could not be reached." },
    });
  });

  it("passes the provider's own refusal on unchanged", async () => {
    const real = await upstream(
      (response) =>
        void response.writeHead(401, { "content-type": "application/json", "set-cookie": "a=b" }).end('{"no":1}'),
    );
    const answer = await post(`${(await proxyTo(real.url)).url}/v1/messages`);
    expect([answer.status, await answer.text(), answer.headers.get("set-cookie")]).toEqual([401, '{"no":1}', null]);
  });

  it("stops at the request limit of a run, also when they come at once", async () => {
    const real = await upstream(ok);
    const proxy = await proxyTo(real.url, { maxRequests: 3 });
    const answers = await Promise.all(Array.from({ length: 8 }, () => post(`${proxy.url}/v1/messages`)));
    expect(answers.map((answer) => answer.status).toSorted((a, b) => a - b)).toEqual([
      200, 200, 200, 402, 402, 402, 402, 402,
    ]);
    const refused = answers.find((answer) => answer.status === 402);
    expect(await refused?.text()).toContain("Porter's limit of 3 model requests for one run is reached.");
    expect(refused?.headers.get("x-should-retry")).toBe("false");
    expect(real.seen).toHaveLength(3);
    expect(proxy.stats().requests).toBe(3);
  });

  it("will not carry a key to an open address", async () => {
    const start = (baseUrl: string, id = "anthropic"): Promise<KeyProxy> =>
      startKeyProxy({ providers: [{ id, baseUrl, key: KEY }], mayCall: () => true, maxRequests: 1, budgetUsd: null });
    await expect(start("http://example.org")).rejects.toThrow("https");
    await expect(start("https://ampcode.com", "amp")).rejects.toThrow("amp");
  });
});

describe("what the provider refused", () => {
  const refuse =
    (status: number, error: object, headers: OutgoingHttpHeaders = {}) =>
    (response: ServerResponse): void =>
      void response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(error));
  const ask = async (proxy: { url: string }): Promise<string> => (await post(`${proxy.url}/v1/messages`)).text();

  const aDate = new Date(Date.now() + 12 * 3_600_000).toUTCString();
  /** `from`: the time that an answer which came at `now` names. */
  it.each<[string, OutgoingHttpHeaders, (now: number) => number | null]>([
    ["seconds", { "retry-after": "3600" }, (now) => now + 3_600_000],
    ["a date", { "retry-after": aDate }, () => Date.parse(aDate)],
    ["milliseconds", { "retry-after": "9", "retry-after-ms": "1500" }, (now) => now + 1500],
    ["a date that is over", { "retry-after": "Mon, 01 Jan 2024 00:00:00 GMT" }, (now) => now],
    ["no time", {}, () => null],
    ["nonsense", { "retry-after": "soon" }, () => null],
    ["a hundred years", { "retry-after": "3153600000" }, () => null],
  ])("is kept with the time from which it takes requests again: %s", async (_case, headers, from) => {
    const told: number[] = [];
    const error = { type: "error", error: { type: "rate_limit_error", message: "Slow down" } };
    const real = await upstream(refuse(429, error, headers));
    const proxy = await proxyTo(real.url, { onRefusal: ({ status }) => told.push(status) });
    const before = Date.now();
    expect(JSON.parse(await ask(proxy))).toEqual(error);
    const refusal = proxy.refusal();
    expect(refusal).toMatchObject({ status: 429, text: "rate_limit_error Slow down" });
    expect(told).toEqual([429]);
    const [earliest, latest] = [from(before), from(Date.now())];
    if (earliest === null || latest === null) {
      expect(refusal?.retryAt).toBeNull();
      return;
    }
    expect(refusal?.retryAt).toBeGreaterThanOrEqual(earliest);
    expect(refusal?.retryAt).toBeLessThanOrEqual(latest);
  });

  it("is forgotten when the model answers again, and not asked of what costs nothing", async () => {
    let isBusy = true;
    const real = await upstream((response) =>
      isBusy ? refuse(529, { error: { type: "overloaded_error", message: "Overloaded" } })(response) : ok(response),
    );
    const proxy = await proxyTo(real.url);
    await (await fetch(`${proxy.url}/api/hello`)).text();
    expect(proxy.refusal()).toBeNull();
    await ask(proxy);
    expect(proxy.refusal()).toMatchObject({ status: 529 });
    isBusy = false;
    await ask(proxy);
    expect(proxy.refusal()).toBeNull();
  });

  it("is heard in the middle of a stream, where there is no status any more", async () => {
    const event = { type: "error", error: { type: "overloaded_error", message: "Overloaded" } };
    const real = await upstream(
      (response) =>
        void response
          .writeHead(200, { "content-type": "text/event-stream" })
          .end(`event: error\ndata: ${JSON.stringify(event)}\n\n`),
    );
    const proxy = await proxyTo(real.url);
    await ask(proxy);
    expect(proxy.refusal()).toMatchObject({ status: 529, text: "overloaded_error Overloaded" });
  });

  it("reads the forms of other providers, and what has none, within bounds", async () => {
    for (const [body, text] of [
      [{ error: { message: "No.", type: "x", code: "invalid_api_key" } }, "x invalid_api_key No."],
      [[{ error: { code: 400, message: "API key not valid.", status: "INVALID_ARGUMENT" } }], "API key not valid."],
      [{ error: "plain" }, "plain"],
      [{ message: "else" }, '{"message":"else"}'],
    ] as const) {
      const proxy = await proxyTo((await upstream(refuse(400, body))).url);
      await ask(proxy);
      expect(proxy.refusal()?.text).toBe(text);
    }
    const huge = await upstream((response) => void response.writeHead(500).end("x".repeat(1_000_000)));
    const proxy = await proxyTo(huge.url);
    expect(await ask(proxy)).toHaveLength(1_000_000);
    expect(proxy.refusal()?.text.length).toBeLessThan(10_000);
  });
});
