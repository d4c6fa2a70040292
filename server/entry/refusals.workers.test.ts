import { env } from "cloudflare:workers";
import { Webhooks } from "@octokit/webhooks";
import { describe, expect, it } from "vitest";
import { receiveCallback } from "@/server/callbacks/handle";
import type { Bindings } from "@/server/composition/compose";
import { handleHotPath } from "./hot-paths";
import { callbackTokenOf } from "@/server/tasks/attempt/attempt-plan";
import { aClaimedAttempt } from "@/server/testing/hand-over";
import {
  type DoorCall,
  GOOD_DELIVERIES,
  REFUSED_CALLBACKS,
  REFUSED_DELIVERIES,
  requestOf,
  UNKNOWN_CALLERS,
} from "@/local/world/door-calls";
import { VARIABLES } from "@/server/testing/test-context";

// What strangers cost: no row, no body, and after a while not even a reason.

const SECRET = "fake-webhook-secret-of-the-tests";
let counter = 0;
const anAddress = () => `203.0.113.${(counter += 1)}`;

/** Porter's real bindings, with a D1 that counts what it is asked. */
function porter(variables: Record<string, string> = { GITHUB_WEBHOOK_SECRET: SECRET }) {
  const state = { asked: 0, after: [] as Promise<unknown>[] };
  const DB = new Proxy(env.DB, {
    get(target, property) {
      state.asked += 1;
      const found: unknown = Reflect.get(target, property);
      return typeof found === "function" ? found.bind(target) : found;
    },
  });
  const queue = { send: async () => undefined, sendBatch: async () => undefined } as object as Queue;
  const { LOGS, REFUSED_LIMIT } = env;
  const all: Bindings & Record<string, unknown> = {
    ...VARIABLES,
    ...variables,
    DB,
    LOGS,
    RECONCILE_QUEUE: queue,
    INBOX_QUEUE: queue,
    REFUSED_LIMIT,
  };
  const ask = async (request: Request) => {
    const answer = await handleHotPath(request, all, (work) => void state.after.push(work));
    await Promise.all(state.after.splice(0));
    return answer;
  };
  return { state, ask };
}

const WEBHOOK = "https://porter.test/api/webhooks/github";
const sign = (raw: string, secret = SECRET) => new Webhooks({ secret }).sign(raw);
const signature = "x-hub-signature-256";
const toPorter = (call: DoorCall) =>
  requestOf(call, { url: WEBHOOK, secret: SECRET, address: anAddress(), id: crypto.randomUUID() });
const endless = () => {
  let pulled = 0;
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        pulled += 1;
        controller.enqueue(new Uint8Array(16 * 1024));
      },
    },
    { highWaterMark: 0 },
  );
  return { body, kilobytes: () => pulled * 16 };
};

describe("a refused webhook", () => {
  it.each(REFUSED_DELIVERIES)("$name costs no call to D1, then or later", async (call) => {
    const { state, ask } = porter();
    const answer = await ask(toPorter(call));
    expect([answer.status, state.asked]).toEqual([call.status, 0]);
    const said = await answer.json();
    expect(said).toMatchObject({ error: { requestId: expect.any(String) } });
    expect(said).toMatchObject(call.says ?? {});
  });

  it("costs none either where no secret is set", async () => {
    const { state, ask } = porter({});
    expect((await ask(new Request(WEBHOOK, { method: "POST", body: "{}" }))).status).toBe(503);
    expect(state.asked).toBe(0);
  });

  it("is not read without the form of a signature", async () => {
    const { body, kilobytes } = endless();
    const { ask } = porter();
    const headers = { "cf-connecting-ip": anAddress() };
    expect((await ask(new Request(WEBHOOK, { method: "POST", body, headers }))).status).toBe(401);
    expect(kilobytes()).toBe(0);
  });

  it("is told to wait when it comes too often, and a good one from the same address never is", async () => {
    const { ask } = porter();
    const headers = { "cf-connecting-ip": anAddress(), "x-github-event": "ping" };
    const bad = () => ask(new Request(WEBHOOK, { method: "POST", body: "{}", headers }));
    let last = await bad();
    // The platform counts by the minute of the clock: one may end in between.
    for (let turn = 0; turn < 200 && last.status === 401; turn++) last = await bad();
    expect([last.status, last.headers.get("retry-after")]).toEqual([429, "60"]);
    expect(await last.json()).toMatchObject({
      error: { code: "rate_limited", message: expect.stringContaining("minute") },
    });
    const good = await ask(
      new Request(WEBHOOK, { method: "POST", body: "{}", headers: { ...headers, [signature]: await sign("{}") } }),
    );
    expect([good.status, await good.json()]).toEqual([202, { outcome: "pong" }]);
    const other = await ask(
      new Request(WEBHOOK, { method: "POST", body: "{}", headers: { "cf-connecting-ip": anAddress() } }),
    );
    expect(other.status).toBe(401);
  });
});

describe("a callback", () => {
  const KINDS = ["claim", "progress", "heartbeat", "complete", "changes", "picture"] as const;
  const call = (kind: string, token: string | null, body: BodyInit) =>
    new Request(`https://porter.test/api/callbacks/${kind}`, {
      method: "POST",
      body,
      headers: token === null ? {} : { authorization: `Bearer ${token}`, "cf-connecting-ip": anAddress() },
    });

  it.each(REFUSED_CALLBACKS)("$name costs no call to D1", async (call) => {
    const { state, ask } = porter();
    const answer = await ask(toPorter(call));
    expect([answer.status, state.asked, await answer.json()]).toMatchObject([call.status, 0, call.says ?? {}]);
  });

  it.each([...UNKNOWN_CALLERS, ...GOOD_DELIVERIES])("$name: as at every door", async (call) => {
    const answer = await porter().ask(toPorter(call));
    expect([answer.status, await answer.json()]).toMatchObject([call.status, call.says ?? {}]);
  });

  it.each(KINDS)("%s is not read without a token, nor with one that names another's attempt", async (kind) => {
    const { context, taskId } = await aClaimedAttempt();
    const named = callbackTokenOf("x".repeat(43), { taskId, attempt: 1 });
    for (const token of [null, ...(kind === "claim" ? [] : [named])]) {
      const { body, kilobytes } = endless();
      expect((await receiveCallback(kind, call(kind, token, body), context)).status).toBe(401);
      expect(kilobytes()).toBe(0);
    }
  });

  it.each(KINDS)("%s of nobody known is read no further than 64 KB", async (kind) => {
    const { context } = await aClaimedAttempt();
    const { body, kilobytes } = endless();
    expect((await receiveCallback(kind, call(kind, "fake-token-of-nobody", body), context)).status).toBe(413);
    expect(kilobytes()).toBeLessThanOrEqual(96);
  });

  it("of a caller who is known may be as large as a batch is", async () => {
    const { context, taskId, attempt, token } = await aClaimedAttempt();
    const records = Array.from({ length: 20 }, (_, at) => ({ n: at + 1, t: at, k: "o", s: "x".repeat(8000) }));
    const batch = { taskId, attempt, seq: 1, phase: "working", steps: 0, lastStep: null, records };
    const answer = await receiveCallback("progress", call("progress", token, JSON.stringify(batch)), context);
    expect(answer).toMatchObject({ status: 200 });
    const another = { ...batch, taskId: "task_00000000000000000000" };
    expect((await receiveCallback("progress", call("progress", token, JSON.stringify(another)), context)).status).toBe(
      401,
    );
  });

  it("that is no UTF-8 is refused, and not guessed at", async () => {
    const { context, taskId, attempt, token } = await aClaimedAttempt();
    const text = JSON.stringify({ taskId, attempt, status: "complete", outcome: "no_changes", message: "é" });
    const bytes = new TextEncoder().encode(text);
    const at = bytes.indexOf(0xc3);
    const broken = new Uint8Array([...bytes.subarray(0, at), 0xff, ...bytes.subarray(at + 2)]);
    for (const kind of ["complete", "changes"] as const)
      expect((await receiveCallback(kind, call(kind, token, broken), context)).status).toBe(400);
  });

  it("of nobody leaves nothing to do after it, and is told to wait when it comes too often", async () => {
    const { state, ask } = porter();
    const headers = { "cf-connecting-ip": anAddress() };
    const bad = () =>
      ask(new Request("https://porter.test/api/callbacks/heartbeat", { method: "POST", body: "{}", headers }));
    let last = await bad();
    expect([last.status, state.asked]).toEqual([401, 0]);
    for (let turn = 0; turn < 200 && last.status === 401; turn++) last = await bad();
    expect([last.status, last.headers.get("retry-after"), state.asked]).toEqual([429, "60", 0]);
  });

  it("with a good token is never told to wait, whatever came from its address", async () => {
    const { context, taskId, attempt, token } = await aClaimedAttempt();
    const limited = { ...context, limits: { isOver: () => Promise.resolve(true) } };
    const beat = JSON.stringify({ taskId, attempt });
    expect((await receiveCallback("heartbeat", call("heartbeat", token, beat), limited)).status).toBe(200);
    expect((await receiveCallback("heartbeat", call("heartbeat", "fake-token-of-nobody", beat), limited)).status).toBe(
      429,
    );
    // What is wrong with the call of a caller who is known is said.
    expect((await receiveCallback("heartbeat", call("heartbeat", token, "{"), limited)).status).toBe(400);
  });
});
