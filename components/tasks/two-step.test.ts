import fc from "fast-check";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createTwoStep } from "./two-step";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("the first press says that it waits for a second; that one is meant, and a third begins anew", () => {
  const { armed, confirm } = createTwoStep();
  expect(confirm("a")).toBe(false);
  expect(armed.get()).toBe("a");
  expect(confirm("a")).toBe(true);
  expect(armed.get()).toBeNull();
  expect(confirm("a")).toBe(false);
});

test("after four seconds the first press is forgotten, and the page says so", () => {
  const { armed, confirm } = createTwoStep();
  confirm("a");
  vi.advanceTimersByTime(3999);
  expect(armed.get()).toBe("a");
  vi.advanceTimersByTime(1);
  expect(armed.get()).toBeNull();
  expect(confirm("a")).toBe(false);
});

test("a page that is left arms nothing later", () => {
  const { armed, confirm, disarm } = createTwoStep();
  confirm("a");
  disarm();
  expect(armed.get()).toBeNull();
  expect(vi.getTimerCount()).toBe(0);
});

test("in any order of presses: what is meant was pressed just before, within four seconds, and counts once", () => {
  const press = fc.tuple(fc.constantFrom("a", "b"), fc.nat(6000));
  fc.assert(
    fc.property(fc.array(press, { maxLength: 30 }), (presses) => {
      const { armed, confirm, disarm } = createTwoStep();
      let before = { id: "", at: 0 };
      for (const [id, waitMs] of presses) {
        const isSecond: boolean = before.id === id && Date.now() - before.at < 4000;
        expect(confirm(id)).toBe(isSecond);
        expect(armed.get()).toBe(isSecond ? null : id);
        before = { id: isSecond ? "" : id, at: Date.now() };
        vi.advanceTimersByTime(waitMs);
      }
      disarm();
    }),
    { numRuns: 100 },
  );
});
