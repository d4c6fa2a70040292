import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type KeyProxy, startKeyProxy } from "../key-proxy.ts";
import { Budget } from "./budget.ts";
import { CallQueue } from "./call-queue.ts";

const never = new AbortController().signal;
const isWhole = process.env["PORTER_TEST_RING"] === "all";

/** A run's calls, one after the other: what each reserves, and what part of that it costs. */
const calls = fc.array(
  fc.record({ most: fc.integer({ min: 1, max: 1000 }), part: fc.double({ min: 0, max: 1, noNaN: true }) }),
  {
    minLength: 1,
    maxLength: 30,
  },
);

describe("a budget", () => {
  it("is passed by less than one call, whatever two runs of a task do at once", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        calls,
        calls,
        fc.integer({ min: 1, max: 5000 }),
        async (scheduler, one, two, limit) => {
          const budget = new Budget({ limit, spent: 0 });
          let [charged, last, refused] = [0, 0, 0];
          const run = async (own: typeof one): Promise<void> => {
            for (const { most, part } of own) {
              const reserved = await budget.reserve(most, never);
              if (reserved === null) {
                refused += 1;
                expect(budget.spent).toBeGreaterThanOrEqual(limit);
                continue;
              }
              expect(budget.spent).toBeLessThan(limit);
              await scheduler.schedule(Promise.resolve());
              const micros = Math.ceil(most * part);
              charged += micros;
              last = Math.max(last, micros);
              reserved.settle(micros);
              reserved.settle(micros);
            }
          };
          const both = Promise.all([run(one), run(two), run(two)]);
          await scheduler.waitFor(both);
          expect(budget.spent).toBe(charged);
          expect(charged).toBeLessThan(limit + Math.max(1, last));
          if (refused > 0) expect(charged).toBeGreaterThanOrEqual(limit);
        },
      ),
      { seed: 20261130, numRuns: isWhole ? 1000 : 50 },
    );
  });

  it("gives the last cent to one of two calls that ask for it at once", async () => {
    const budget = new Budget({ limit: 100, spent: 99 });
    const both = [budget.reserve(50, never), budget.reserve(50, never)];
    (await both[0])?.settle(1);
    expect(await both[1]).toBeNull();
    expect(budget.spent).toBe(100);
  });

  it("lets calls go side by side while all of them can be paid", async () => {
    const budget = new Budget({ limit: 100, spent: 0 });
    const three = await Promise.all([30, 30, 40].map((most) => budget.reserve(most, never)));
    expect(three.map((one) => one?.left)).toEqual([100, 70, 40]);
  });

  it("forgets who has left, and lets the next one in", async () => {
    const budget = new Budget({ limit: 100, spent: 0 });
    const first = await budget.reserve(90, never);
    const leaver = new AbortController();
    const [gone, next] = [budget.reserve(50, leaver.signal), budget.reserve(10, never)];
    leaver.abort();
    expect(await gone).toBeNull();
    expect(await next).not.toBeNull();
    first?.settle(0);
    expect(await budget.reserve(1, leaver.signal)).toBeNull();
  });
});

describe("the callQueue", () => {
  it("lets so many in at once, in their order, and nobody where too many wait", async () => {
    const callQueue = new CallQueue({ room: 2, queue: 2 });
    const first = await callQueue.enter(never);
    await callQueue.enter(never);
    const order: number[] = [];
    const waiting = [3, 4].map(async (number) => {
      const leave = await callQueue.enter(never);
      order.push(number);
      leave?.();
      leave?.();
    });
    expect(await callQueue.enter(never)).toBeNull();
    expect(order).toEqual([]);
    first?.();
    await Promise.all(waiting);
    expect(order).toEqual([3, 4]);
    expect(await callQueue.enter(never)).not.toBeNull();
  });

  it("gives nobody's place away to who has left", async () => {
    const callQueue = new CallQueue({ room: 1, queue: 5 });
    const first = await callQueue.enter(never);
    const leaver = new AbortController();
    const gone = callQueue.enter(leaver.signal);
    const next = callQueue.enter(never);
    leaver.abort();
    expect(await gone).toBeNull();
    first?.();
    expect(await next).not.toBeNull();
  });
});

/** A provider that takes a cent for every answer: 5,000 tokens of output of a model that costs 2 dollars a million. */
async function provider(
  answer: (response: ServerResponse, at: number) => void,
  read: (body: string) => void = () => undefined,
) {
  const seen = { now: 0, most: 0, all: 0 };
  const server = createServer((request, response) => {
    seen.most = Math.max(seen.most, (seen.now += 1));
    seen.all += 1;
    const at = seen.all;
    response.on("close", () => (seen.now -= 1));
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      read(body);
      answer(response, at);
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const close = () => new Promise<void>((resolve) => (server.close(() => resolve()), server.closeAllConnections()));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen, close };
}
const A_CENT = JSON.stringify({ type: "message", usage: { input_tokens: 0, output_tokens: 1000 } });
const cent = (response: ServerResponse): void =>
  void response.writeHead(200, { "content-type": "application/json" }).end(A_CENT);

const proxyTo = (url: string, budgetUsd: number, spentBeforeUsd = 0) =>
  startKeyProxy({
    providers: [{ id: "anthropic", baseUrl: url, key: "fake-key" }],
    mayCall: () => true,
    maxRequests: 1000,
    budgetUsd,
    spentBeforeUsd,
  });
const MODEL = "claude-sonnet-5";
const ask = (proxy: KeyProxy, signal?: AbortSignal) =>
  fetch(`${proxy.urls["anthropic"]}/v1/messages`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model: MODEL, max_tokens: 50_000, messages: [] }),
    ...(signal === undefined ? {} : { signal }),
  });

describe("a run's budget", () => {
  it("stops at its cent, however many calls come at once, and ends the agent at once", async () => {
    const real = await provider(cent);
    const proxy = await proxyTo(real.url, 0.05);
    const answers = await Promise.all(Array.from({ length: 20 }, () => ask(proxy)));
    const statuses = answers.map(({ status }) => status).toSorted((a, b) => a - b);
    expect(statuses).toEqual([...Array<number>(5).fill(200), ...Array<number>(15).fill(402)]);
    expect(real.seen.all).toBe(5);
    expect(proxy.stats()).toMatchObject({ requests: 5, costUsd: 0.05 });
    expect(proxy.limit()).toEqual({ kind: "budget", spentUsd: 0.05, budgetUsd: 0.05 });
    const refused = answers.find(({ status }) => status === 402);
    expect(refused?.headers.get("x-should-retry")).toBe("false");
    expect(await refused?.json()).toMatchObject({
      error: { message: "The budget of this task is spent: $0.05 of $0.05." },
    });
    await proxy.close();
    await real.close();
  });

  it("limits the output of a call to what is left, so that the last one is a small one", async () => {
    const bodies: { max_tokens: number }[] = [];
    const real = await provider(
      (response) => cent(response),
      (body) => bodies.push(JSON.parse(body)),
    );
    const proxy = await proxyTo(real.url, 0.0551);
    for (let call = 0; call < 6; call++) await (await ask(proxy)).text();
    await proxy.close();
    await real.close();
    // A million tokens of output cost 10 dollars; less than 4,096 are of no use to anybody.
    const most = bodies.map(({ max_tokens: asked }) => asked);
    expect(most[0]).toBeLessThanOrEqual(5510);
    expect(most[0]).toBeGreaterThan(5400);
    expect(most.slice(1)).toEqual(most.slice(1).map((tokens) => Math.max(4096, tokens)));
    expect(most.at(-1)).toBe(4096);
  });

  it("holds across attempts: what earlier ones spent counts, and is not told again", async () => {
    const real = await provider(cent);
    const proxy = await proxyTo(real.url, 0.05, 0.04);
    expect([(await ask(proxy)).status, (await ask(proxy)).status]).toEqual([200, 402]);
    expect(proxy.stats().costUsd).toBe(0.01);
    expect(proxy.limit()).toEqual({ kind: "budget", spentUsd: 0.05, budgetUsd: 0.05 });
    await proxy.close();
    await real.close();
  });

  it.each(Array.from({ length: isWhole ? 50 : 3 }, (_, seed) => seed))(
    "is passed by less than one call, whatever two runs of a task do at once: seed %d",
    async (seed) => {
      let state = seed * 7919 + 1;
      const random = () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
      const charged: number[] = [];
      const real = await provider((response) => {
        const tokens = Math.ceil(random() * 4000);
        const isCut = random() < 0.2;
        const json = JSON.stringify({ type: "message", usage: { input_tokens: 0, output_tokens: tokens } });
        setTimeout(() => {
          charged.push(tokens * 10);
          response.writeHead(200, { "content-type": "application/json", "content-length": json.length });
          if (isCut) response.write(json.slice(0, 5), () => response.destroy());
          else response.end(json);
        }, random() * 5);
      });
      const budget = 0.2 + random();
      const proxy = await proxyTo(real.url, budget);
      const run = async () => {
        for (;;) {
          const answer = await ask(proxy).catch(() => null);
          const text = await answer?.text().catch(() => null);
          if (answer?.status === 402) return text;
        }
      };
      await Promise.all([run(), run(), run(), run(), run(), run()]);
      const stats = proxy.stats();
      await proxy.close();
      await real.close();
      const sum = charged.reduce((all, micros) => all + micros, 0);
      // Never less than was charged, and above the budget by less than the dearest call.
      expect(stats.costUsd * 1e6).toBeGreaterThanOrEqual(sum - 1);
      expect(sum).toBeLessThan(budget * 1e6 + 40_000);
      expect(stats.costUsd).toBeGreaterThanOrEqual(budget - 1e-6);
      expect(real.seen.all).toBe(stats.requests);
    },
  );

  it("counts an answer that the agent left as the most it can have cost, also at the end of the run", async () => {
    const begun = Promise.withResolvers<void>();
    const real = await provider((response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      const start = { type: "message_start", message: { usage: { input_tokens: 1000, output_tokens: 1 } } };
      response.write(`data: ${JSON.stringify(start)}\n\n`, () => begun.resolve());
    });
    const proxy = await proxyTo(real.url, 10);
    const answer = await ask(proxy);
    await begun.promise;
    await answer.body?.getReader().read();
    await proxy.close();
    // 1,000 tokens that came in, and the 50,000 that could have come out.
    expect(proxy.stats()).toMatchObject({ costUsd: (1000 * 2 + 50_000 * 10) / 1e6, estimated: 1 });
    await real.close();
  });

  it("counts a call that was sent and never answered as the most it can have cost", async () => {
    const real = await provider((response) => void response.destroy());
    const proxy = await proxyTo(real.url, 10);
    expect((await ask(proxy)).status).toBe(502);
    await proxy.close();
    await real.close();
    expect(proxy.stats().estimated).toBe(1);
    expect(proxy.stats().costUsd).toBeGreaterThan(0.5);
  });

  it("costs nothing where the provider refused or was never reached", async () => {
    const real = await provider((response) => void response.writeHead(529).end("{}"));
    const proxy = await proxyTo(real.url, 1);
    await (await ask(proxy)).text();
    await real.close();
    expect((await ask(proxy)).status).toBe(502);
    await proxy.close();
    expect(proxy.stats()).toMatchObject({ costUsd: 0, requests: 2, estimated: 0 });
  });

  it("lets four calls go at once, and the fifth when one of them has ended", async () => {
    const held: ServerResponse[] = [];
    const full = Promise.withResolvers<void>();
    const real = await provider((response, at) => {
      if (at > 4) return cent(response);
      held.push(response);
      if (held.length === 4) full.resolve();
    });
    const proxy = await proxyTo(real.url, 100);
    const answers = Array.from({ length: 9 }, () => ask(proxy));
    await full.promise;
    // By then a fifth would have gone on: these are answered after all that came before them.
    for (let turn = 0; turn < 20; turn++) await fetch(`${proxy.urls["anthropic"]}/v1/files`);
    expect(real.seen).toMatchObject({ now: 4, all: 4 });
    for (const response of held) cent(response);
    for (const answer of await Promise.all(answers)) expect(answer.status).toBe(200);
    expect(real.seen).toMatchObject({ most: 4, all: 9 });
    await proxy.close();
    await real.close();
  });
});
