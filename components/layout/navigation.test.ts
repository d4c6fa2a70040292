import fc from "fast-check";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createNavigation } from "./navigation";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("a page that comes at once shows no stand-in", () => {
  const { slow, begin } = createNavigation();
  const told: number[] = [];
  slow.subscribe(() => told.push(slow.get()));
  const end = begin();
  vi.advanceTimersByTime(199);
  end();
  vi.advanceTimersByTime(60_000);
  expect(told).toEqual([]);
});

test("a slow page shows one until it is there", () => {
  const { slow, begin } = createNavigation();
  const end = begin();
  vi.advanceTimersByTime(200);
  expect(slow.get()).toBe(1);
  end();
  end();
  expect(slow.get()).toBe(0);
});

test("whatever links are followed and left in any order, no stand-in stays once all pages are there", () => {
  const act = fc.record({ leaves: fc.boolean(), which: fc.nat(9), waitMs: fc.nat(400) });
  fc.assert(
    fc.property(fc.array(act, { maxLength: 30 }), (story) => {
      const { slow, begin } = createNavigation();
      const open: { at: number; end: () => void }[] = [];
      for (const { leaves, which, waitMs } of story) {
        if (leaves) open.splice(which % (open.length || 1), 1)[0]?.end();
        else open.push({ at: Date.now(), end: begin() });
        vi.advanceTimersByTime(waitMs);
        expect(slow.get()).toBe(open.filter(({ at }) => Date.now() - at >= 200).length);
      }
      for (const { end } of open) end();
      expect(slow.get()).toBe(0);
      expect(vi.getTimerCount()).toBe(0);
    }),
    { numRuns: 60 },
  );
});
