import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { isPartMissing, loadPart } from "./late";

const Part = () => null;
beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  isPartMissing.set(false);
});
/** A part's script of which the first `misses` loads fail. */
function script(misses: number) {
  const loads = { count: 0 };
  const load = async () => {
    loads.count += 1;
    if (loads.count <= misses) throw new Error("404");
    return { default: Part };
  };
  return { loads, load };
}

test("one load that fails is made good a second later, and nobody hears of it", async () => {
  const { loads, load } = script(1);
  const loaded = loadPart(load);
  await vi.advanceTimersByTimeAsync(1000);
  expect((await loaded).default).toBe(Part);
  expect(loads.count).toBe(2);
  expect(isPartMissing.get()).toBe(false);
});

test("a part that does not come leaves its place empty, and the page says that it is missing", async () => {
  const { loads, load } = script(9);
  const loaded = loadPart(load);
  await vi.advanceTimersByTimeAsync(1000);
  const { default: Nothing } = await loaded;
  expect(Nothing).not.toBe(Part);
  expect(loads.count).toBe(2);
  expect(isPartMissing.get()).toBe(true);
});
