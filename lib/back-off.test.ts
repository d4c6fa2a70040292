import fc from "fast-check";
import { expect, it } from "vitest";
import { backOff, jitterOf } from "./back-off";

const SEED = 20261130;
const rule = fc
  .record({ first: fc.integer({ min: 1, max: 10_000 }), times: fc.integer({ min: 1, max: 1000 }) })
  .map(({ first, times }) => ({ first, longest: first * times }));
const tries = fc.integer({ min: 0, max: 5000 });
const chance = fc.double({ min: 0, max: 1, noNaN: true });

it("waits longer with every failure, never longer than the longest, and chance takes at most half of it", () => {
  fc.assert(
    fc.property(rule, tries, chance, (of, count, by) => {
      const whole = backOff(of, count);
      expect(whole).toBeGreaterThanOrEqual(of.first);
      expect(whole).toBeLessThanOrEqual(of.longest);
      expect(backOff(of, count + 1)).toBeGreaterThanOrEqual(whole);
      expect(backOff(of, count, by)).toBeLessThanOrEqual(whole);
      expect(backOff(of, count, by)).toBeGreaterThanOrEqual(whole / 2);
    }),
    { seed: SEED },
  );
});

it("spreads what failed together, and gives the same text the same chance", () => {
  const chances = Array.from({ length: 1000 }, (_, index) => jitterOf(`task_${index}`));
  expect(chances).toEqual(Array.from({ length: 1000 }, (_, index) => jitterOf(`task_${index}`)));
  for (const each of chances) expect(each >= 0 && each < 1).toBe(true);
  for (let tenth = 0; tenth < 10; tenth++)
    expect(chances.filter((each) => Math.floor(each * 10) === tenth).length).toBeGreaterThan(50);
});
