import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { connectionNow } from "./connection";
import { keepStream } from "./keep-stream";

type Handlers = Parameters<Parameters<typeof keepStream>[0]>[0];

/** What of a browser's tab the stream looks at. */
class Tab extends EventTarget {
  hidden = false;
}
let tab: Tab;
let network: EventTarget;
let opened: Handlers[];
let closed: number;
let stop: () => void;

beforeEach(() => {
  vi.useFakeTimers();
  tab = new Tab();
  network = new EventTarget();
  vi.stubGlobal("document", tab);
  vi.stubGlobal("window", network);
  opened = [];
  closed = 0;
  stop = keepStream((handlers) => {
    opened.push(handlers);
    return { unsubscribe: () => void (closed += 1) };
  });
});
afterEach(() => {
  stop();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const show = (isShown: boolean) => {
  tab.hidden = !isShown;
  tab.dispatchEvent(new Event("visibilitychange"));
};
const fail = (code: string) => opened.at(-1)?.onError({ data: { code } });
/** As tRPC tells of an error that it would try again after itself. */
const breakOff = (code?: string) =>
  opened
    .at(-1)
    ?.onConnectionStateChange({ state: "connecting", error: { data: code === undefined ? null : { code } } });
const arrive = () => opened.at(-1)?.onArrival();

test("rests after a minute in a hidden tab, and opens again when it is looked at", () => {
  show(false);
  vi.advanceTimersByTime(59_000);
  expect([opened.length, closed]).toEqual([1, 0]);
  vi.advanceTimersByTime(2000);
  expect([opened.length, closed]).toEqual([1, 1]);
  vi.advanceTimersByTime(600_000);
  expect(opened).toHaveLength(1);
  show(true);
  expect(opened).toHaveLength(2);
});

test("a short look elsewhere keeps the stream", () => {
  show(false);
  vi.advanceTimersByTime(30_000);
  show(true);
  vi.advanceTimersByTime(120_000);
  expect([opened.length, closed]).toEqual([1, 0]);
});

test("opens again after a failure, later each time, and at once when the network is back", () => {
  const waits: number[] = [];
  for (let failure = 0; failure < 8; failure++) {
    fail("INTERNAL_SERVER_ERROR");
    const before = opened.length;
    let waited = 0;
    while (opened.length === before) {
      vi.advanceTimersByTime(100);
      waited += 100;
    }
    waits.push(waited);
  }
  expect(waits[0]).toBeLessThanOrEqual(1000);
  expect(waits.at(-1)).toBeGreaterThanOrEqual(15_000);
  expect(Math.max(...waits)).toBeLessThanOrEqual(30_000);
  fail("INTERNAL_SERVER_ERROR");
  const before = opened.length;
  network.dispatchEvent(new Event("online"));
  expect(opened).toHaveLength(before + 1);
});

test("ends for good when the session has ended", () => {
  fail("UNAUTHORIZED");
  vi.advanceTimersByTime(600_000);
  network.dispatchEvent(new Event("online"));
  show(false);
  show(true);
  expect(opened).toHaveLength(1);
});

test("a stream that is renewed is open again at once, and nobody hears of it", () => {
  arrive();
  vi.advanceTimersByTime(600_000);
  breakOff("SERVICE_UNAVAILABLE");
  vi.advanceTimersByTime(10);
  expect([opened.length, closed]).toEqual([2, 1]);
  vi.advanceTimersByTime(500);
  arrive();
  vi.advanceTimersByTime(10_000);
  expect(connectionNow()).toBe("live");
});

test("a server that fails each time it is asked is asked ever later, and the page says that it is lost", () => {
  for (let round = 0; round < 6; round++) {
    breakOff("SERVICE_UNAVAILABLE");
    const waitMs = Math.min(30_000, 1000 * 2 ** round);
    vi.advanceTimersByTime(waitMs * 0.49);
    expect(opened).toHaveLength(round + 1);
    vi.advanceTimersByTime(waitMs * 0.52);
    expect(opened).toHaveLength(round + 2);
  }
  expect(connectionNow()).toBe("lost");
  arrive();
  expect(connectionNow()).toBe("live");
});

test("after a sleep the stream is asked for again, for the old one does not know that it is dead", () => {
  arrive();
  vi.setSystemTime(Date.now() + 300_000);
  vi.advanceTimersByTime(5000);
  expect([opened.length, closed]).toEqual([2, 1]);
});

test("what a stream says that was given up changes nothing", () => {
  const old = opened[0];
  vi.setSystemTime(Date.now() + 300_000);
  vi.advanceTimersByTime(5000);
  arrive();
  old?.onError({ data: { code: "UNAUTHORIZED" } });
  expect(connectionNow()).toBe("live");
  expect(opened).toHaveLength(2);
});
