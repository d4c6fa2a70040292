import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { createLogger } from "@/server/log";
import { createLive, noopLive } from "./live";
import { SHARDS, shardOf, type Topic } from "./topics";

function createHubs() {
  const work: Promise<unknown>[] = [];
  const live = createLive({ hubs: env.LIVE_HUB, after: (one) => work.push(one), log: createLogger(() => {}) });
  return { live, settle: () => Promise.all(work) };
}
const hubOf = (topic: Topic) => env.LIVE_HUB.get(env.LIVE_HUB.idFromName(shardOf(topic)));

describe("the hub", () => {
  it("wakes who listens to the topic, counts them, and wakes nobody else", async () => {
    const { live } = createHubs();
    const [one, two, other] = await Promise.all([
      live.listen("task:a"),
      live.listen("task:a"),
      live.listen("task:another"),
    ]);
    expect(await hubOf("task:a").publish("task:a", { seq: 5 })).toBe(2);
    expect(await one?.next(4, 1000)).toBe("news");
    expect(await two?.next(4, 1000)).toBe("news");
    expect(await other?.next(0, 50)).toBe("quiet");
    for (const signals of [one, two, other]) signals?.close();
  });

  it("forgets a viewer that has gone", async () => {
    const { live } = createHubs();
    const signals = await live.listen("user:77");
    expect(await hubOf("user:77").viewers("user:77")).toBe(1);
    signals?.close();
    await expect.poll(() => hubOf("user:77").viewers("user:77")).toBe(0);
  });

  it("answers what is no WebSocket with 426", async () => {
    const answer = await hubOf("user:1").fetch("https://hub.invalid/?topic=user:1");
    expect(answer.status).toBe(426);
  });
});

describe("a listener", () => {
  it("keeps a signal that comes between two waits, and takes each once", async () => {
    const { live, settle } = createHubs();
    const signals = await live.listen("user:8");
    live.changed({ userId: 8, taskId: "b", seq: 3 });
    await settle();
    expect(await signals?.next(2, 5000)).toBe("news");
    expect(await signals?.next(2, 50)).toBe("quiet");
    signals?.close();
  });

  it("sleeps through a signal of what it has read already", async () => {
    const { live, settle } = createHubs();
    const signals = await live.listen("user:9");
    live.changed({ userId: 9, taskId: "c", seq: 3 });
    await settle();
    expect(await signals?.next(3, 200)).toBe("quiet");
    signals?.close();
    expect(await signals?.next(3, 1000)).toBe("lost");
  });

  it("counts as audience of the list and of the task", async () => {
    const { live, settle } = createHubs();
    const signals = await live.listen("user:10");
    const audience = live.audience(["user:10", "task:d"]);
    expect(audience()).toBe(0);
    await settle();
    expect(audience()).toBe(1);
    signals?.close();
  });
});

describe("without a hub", () => {
  it("nothing fails: there is nobody to listen to and nobody to tell", async () => {
    noopLive.changed({ userId: 1, taskId: "e", seq: 1 });
    expect(await noopLive.listen("user:1")).toBeNull();
    expect(noopLive.audience(["user:1"])()).toBe(0);
  });

  it("a hub that fails is told to nobody but the log", async () => {
    const lines: string[] = [];
    const work: Promise<unknown>[] = [];
    const broken = { fetch: () => Promise.reject(new Error("the hub restarts")) };
    const hubs = { get: () => broken, idFromName: () => "id" } as object as DurableObjectNamespace<never>;
    const live = createLive({ hubs, after: (one) => work.push(one), log: createLogger((line) => lines.push(line)) });
    expect(await live.listen("user:1")).toBeNull();
    expect(lines.join()).toContain("the hub restarts");
  });
});

it("topics spread over all hubs", () => {
  const shards = new Set(Array.from({ length: 1000 }, (_, index) => shardOf(`user:${index}`)));
  expect(shards.size).toBe(SHARDS);
});
