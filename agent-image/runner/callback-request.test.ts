import { createServer, type Server } from "node:http";
import { afterEach, beforeEach, expect, test } from "vitest";
import { callPorter, retryAfterMs } from "./callback-request.ts";

type Reply = { status: number; body?: unknown; headers?: Record<string, string> };
let server: Server;
let url = "";
let replies: Reply[] = [];
let seen: { at: number; path: string; auth: string | undefined; agent: string | undefined }[] = [];

beforeEach(async () => {
  seen = [];
  server = createServer((request, response) => {
    const { authorization: auth, "user-agent": agent } = request.headers;
    seen.push({ at: Date.now(), path: request.url ?? "", auth, agent });
    request.resume();
    const reply = replies.shift() ?? { status: 200, body: { ok: true } };
    response.writeHead(reply.status, reply.headers).end(JSON.stringify(reply.body ?? {}));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  url = typeof address === "object" && address ? `http://127.0.0.1:${address.port}/call` : "";
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const call = (options: { maxAttempts?: number; until?: number; url?: string } = {}): ReturnType<typeof callPorter> =>
  callPorter({
    url: options.url ?? url,
    bearer: "fake-bearer",
    body: () => ({}),
    until: () => options.until ?? Date.now() + 60_000,
    maxAttempts: options.maxAttempts ?? 5,
    timeoutMs: 5000,
    onAttempt: () => undefined,
    onStatus: () => undefined,
  });

test.each([408, 425, 429, 500, 503])("tries again after %i", async (status) => {
  replies = [{ status }];
  expect(await call()).toEqual({ kind: "ok", body: { ok: true } });
  expect(seen).toHaveLength(2);
});

test.each([
  [401, {}, { kind: "unauthorized" }],
  [409, {}, { kind: "superseded" }],
  [409, { expected: 4 }, { kind: "gap", expected: 4 }],
  [410, { error: { code: "gone", message: "x" }, reason: "issue_closed" }, { kind: "ended", reason: "issue_closed" }],
  [410, "nonsense", { kind: "ended", reason: "stopped_by_user" }],
  [400, {}, { kind: "rejected", status: 400 }],
  [404, {}, { kind: "rejected", status: 404 }],
])("takes %i as an answer", async (status, body, expected) => {
  replies = [{ status, body }];
  expect(await call()).toEqual(expected);
  expect(seen).toHaveLength(1);
});

test("tries again after a bot check's page, and says that it was one when nothing else comes", async () => {
  const challenge = { status: 403, headers: { "cf-mitigated": "challenge" } };
  replies = [challenge];
  expect(await call()).toEqual({ kind: "ok", body: { ok: true } });
  replies = [{ status: 503 }, challenge];
  expect(await call({ maxAttempts: 2 })).toEqual({ kind: "unreachable", lastStatus: 403, challenged: true });
  replies = [challenge, { status: 503 }];
  expect(await call({ maxAttempts: 2 })).toEqual({ kind: "unreachable", lastStatus: 503, challenged: false });
});

test("says who asks", async () => {
  await call();
  expect(seen[0]?.agent).toMatch(/^porter-runner\/\S+$/);
});

test("follows no redirect, so the token goes nowhere else", async () => {
  replies = [{ status: 307, headers: { location: "/elsewhere" } }];
  expect(await call()).toEqual({ kind: "rejected", status: 307 });
  expect(seen.map((request) => request.path)).toEqual(["/call"]);
});

test("waits as long as Retry-After says", async () => {
  replies = [{ status: 503, headers: { "retry-after": "1" } }];
  await call();
  expect((seen[1]?.at ?? 0) - (seen[0]?.at ?? 0)).toBeGreaterThanOrEqual(990);
  expect(retryAfterMs(new Headers({ "retry-after": "Wed, 21 Oct 2015 07:28:00 GMT" }))).toBe(0);
  expect(retryAfterMs(new Headers())).toBeNull();
});

test("gives up after the last attempt or when the time is over", async () => {
  replies = Array.from({ length: 9 }, () => ({ status: 503 }));
  expect(await call({ maxAttempts: 2 })).toEqual({ kind: "unreachable", lastStatus: 503, challenged: false });
  expect(await call({ until: Date.now() })).toEqual({ kind: "unreachable", lastStatus: 503, challenged: false });
  expect(seen).toHaveLength(3);
  server.closeAllConnections();
  server.close();
  expect(await call({ maxAttempts: 1 })).toEqual({ kind: "unreachable", lastStatus: null, challenged: false });
});
