import { describe, expect, it } from "vitest";
import { AppError } from "@/server/errors";
import { followChanges, type Source, STREAM_TIMES } from "./follow-changes";
import type { Signals } from "./port";

const SHORT = {
  ...STREAM_TIMES,
  quietMs: 60_000,
  hubAwayMs: 30,
  noHubMs: 5,
  againMs: 1,
  allowedMs: 60_000,
};

/** A growing list of numbers; a poll takes two. The cursor is how many were taken. */
function createRow(overrides: Partial<Source<number, number[]>> = {}) {
  const row: number[] = [];
  let polls = 0;
  const leaving = new AbortController();
  const source: Source<number, number[]> = {
    start: 0,
    greeting: [],
    async poll(cursor) {
      polls += 1;
      const some = row.slice(cursor, cursor + 2);
      return {
        cursor: cursor + some.length,
        message: some.length === 0 ? null : some,
        isFull: some.length === 2,
      };
    },
    seqOf: (cursor) => cursor,
    idOf: String,
    listen: async () => null,
    hasHub: false,
    isAllowed: async () => true,
    signal: leaving.signal,
    ...overrides,
  };
  return { row, source, leave: () => leaving.abort(), polls: () => polls };
}

/** Signals that a test gives by hand. */
function createSignals() {
  let wake: (how: "news" | "lost") => void = () => {};
  const signals: Signals = {
    next: () => new Promise((resolve) => void (wake = resolve)),
    close: () => wake("lost"),
  };
  return { signals, news: () => wake("news"), lose: () => wake("lost") };
}
/** A stream that has told its cursor. */
async function opened(source: Source<number, number[]>, times = SHORT) {
  const stream = followChanges(source, times);
  expect((await stream.next()).value).toEqual(["0", []]);
  return stream;
}
const soon = () => new Promise((resolve) => setTimeout(resolve, 20));

describe("a stream", () => {
  it("tells its cursor at once, so that a cut before the first news loses nothing", async () => {
    const { row, source, leave } = createRow({ start: 1 });
    row.push(1);
    expect((await followChanges(source, SHORT).next()).value).toEqual(["1", []]);
    leave();
  });

  it("gives everything once and in order, with the id that leads back behind it", async () => {
    const { row, source, leave } = createRow();
    row.push(1, 2, 3);
    const stream = followChanges(source, SHORT);
    expect((await stream.next()).value).toEqual(["2", [1, 2]]);
    expect((await stream.next()).value).toEqual(["3", [3]]);
    const next = stream.next();
    row.push(4);
    expect((await next).value).toEqual(["4", [4]]);
    leave();
    expect((await stream.next()).done).toBe(true);
  });

  it("listens before it reads, so that what comes between the two wakes it", async () => {
    const order: string[] = [];
    const { signals } = createSignals();
    const { source, leave } = createRow({
      hasHub: true,
      listen: async () => {
        order.push("listen");
        return signals;
      },
      poll: async (cursor) => {
        order.push("poll");
        return { cursor, message: null, isFull: false };
      },
    });
    const ended = (await opened(source)).next();
    await soon();
    expect(order).toEqual(["listen", "poll"]);
    leave();
    await ended;
  });

  it("reads on a signal and not before", async () => {
    const { signals, news } = createSignals();
    const { row, source, leave, polls } = createRow({ hasHub: true, listen: async () => signals });
    const stream = await opened(source);
    const next = stream.next();
    await soon();
    row.push(1);
    await soon();
    expect(polls()).toBe(1);
    news();
    expect((await next).value).toEqual(["1", [1]]);
    leave();
  });

  it("goes on without the hub and comes back to it, missing nothing", async () => {
    const { signals, lose } = createSignals();
    let listens = 0;
    const { row, source, leave } = createRow({
      hasHub: true,
      listen: async () => ((listens += 1) === 1 ? signals : null),
    });
    const stream = await opened(source);
    const first = stream.next();
    await soon();
    row.push(1);
    lose();
    expect((await first).value).toEqual(["1", [1]]);
    const second = stream.next();
    row.push(2);
    expect((await second).value).toEqual(["2", [2]]);
    expect(listens).toBeGreaterThan(1);
    leave();
  });

  it("ends as unauthenticated once the session has ended, however quiet it is", async () => {
    let isAllowed = true;
    const quiet: Signals = {
      next: (_seen, ms) => new Promise((resolve) => setTimeout(() => resolve("quiet"), ms)),
      close: () => {},
    };
    const { source } = createRow({ hasHub: true, listen: async () => quiet, isAllowed: async () => isAllowed });
    const ended = (await opened(source, { ...SHORT, allowedMs: 15 })).next();
    await soon();
    isAllowed = false;
    await expect(ended).rejects.toMatchObject({ code: "unauthenticated" });
  });

  it.each([
    ["after its life", { lifeMs: 20, spreadMs: 0 }],
    ["after its reads", { maxReads: 3 }],
  ])("fails %s with what makes clients come back, and never returns", async (_name, times) => {
    const { source } = createRow();
    const ended = (await opened(source, { ...SHORT, ...times })).next();
    await expect(ended).rejects.toBeInstanceOf(AppError);
    await expect(ended).rejects.toMatchObject({ code: "unavailable" });
  });
});
