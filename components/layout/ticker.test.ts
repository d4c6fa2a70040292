import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createTicker } from "./ticker";

class Tab extends EventTarget {
  hidden = false;
}
let tab: Tab;
beforeEach(() => {
  vi.useFakeTimers();
  tab = new Tab();
  vi.stubGlobal("document", tab);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});
const show = (isShown: boolean) => {
  tab.hidden = !isShown;
  tab.dispatchEvent(new Event("visibilitychange"));
};
function heardBy({ subscribe }: ReturnType<typeof createTicker>) {
  const heard = { ticks: 0, stop: () => {} };
  heard.stop = subscribe(() => (heard.ticks += 1));
  return heard;
}

test("a hundred clocks of a page share one timer, which ends with the last of them", () => {
  const ticker = createTicker();
  const clocks = Array.from({ length: 100 }, () => heardBy(ticker));
  expect(vi.getTimerCount()).toBe(1);
  const before = clocks[99]?.ticks ?? 0;
  vi.advanceTimersByTime(3000);
  expect((clocks[99]?.ticks ?? 0) - before).toBe(3);
  for (const { stop } of clocks) stop();
  expect(vi.getTimerCount()).toBe(0);
  show(false);
  show(true);
  expect(vi.getTimerCount()).toBe(0);
});

test("in a hidden tab nothing ticks, and what is shown again is right at once", () => {
  const clock = heardBy(createTicker());
  show(false);
  const before = clock.ticks;
  vi.advanceTimersByTime(3_600_000);
  expect(clock.ticks).toBe(before);
  expect(vi.getTimerCount()).toBe(0);
  show(true);
  expect(clock.ticks).toBe(before + 1);
  vi.advanceTimersByTime(1000);
  expect(clock.ticks).toBe(before + 2);
  clock.stop();
});

test("a clock that comes to a hidden tab waits until it is shown", () => {
  tab.hidden = true;
  const clock = heardBy(createTicker());
  expect(vi.getTimerCount()).toBe(0);
  show(true);
  expect(clock.ticks).toBe(1);
  clock.stop();
});

test("a clock that comes later neither hurries nor holds up the others", () => {
  const ticker = createTicker();
  const first = heardBy(ticker);
  const before = first.ticks;
  const others = Array.from({ length: 10 }, () => {
    vi.advanceTimersByTime(900);
    return heardBy(ticker);
  });
  expect(first.ticks - before).toBe(9);
  for (const { stop } of [first, ...others]) stop();
});
