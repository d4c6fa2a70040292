import { afterEach, beforeEach, expect, test, vi } from "vitest";
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
  expect(waits[0]).toBeLessThanOrEqual(1300);
  expect(waits.at(-1)).toBeGreaterThan(20_000);
  expect(Math.max(...waits)).toBeLessThanOrEqual(37_600);
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
