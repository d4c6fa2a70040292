import { expect, test } from "vitest";
import { allDays, niceTop, totalsOf } from "./days";

const NOW = Date.parse("2026-11-22T12:00:00.000Z");
const day = (name: string, success: number, failed = 0) => ({ day: name, success, failed, other: 1, costUsd: 0.5 });

test("days without tasks stand between those with some", () => {
  const days = allDays([day("2026-11-20", 2), day("2026-11-22", 1)], { from: "2026-11-19" }, NOW);
  expect(days.map(({ day: name, success }) => [name, success])).toEqual([
    ["2026-11-19", 0],
    ["2026-11-20", 2],
    ["2026-11-21", 0],
    ["2026-11-22", 1],
  ]);
});

test("shows a month at least and three at most", () => {
  expect(allDays([], {}, NOW)).toHaveLength(30);
  expect(allDays([day("2025-01-01", 1)], {}, NOW)).toHaveLength(90);
});

test("ends with the reader's today, however far the filter reaches", () => {
  const late = Date.parse("2026-11-22T23:30:00.000Z");
  expect(allDays([], { to: "2030-01-01" }, late).at(-1)?.day).toBe("2026-11-22");
  expect(allDays([], { to: "2030-01-01", zone: "Europe/Berlin" }, late).at(-1)?.day).toBe("2026-11-23");
  expect(allDays([], { to: "2026-10-01" }, late).at(-1)?.day).toBe("2026-10-01");
});

test("shows a whole year of what was asked for", () => {
  expect(allDays([], { from: "2026-01-01" }, NOW)[0]?.day).toBe("2026-01-01");
  expect(allDays([], { from: "0001-01-01" }, NOW)).toHaveLength(366);
});

test("what nobody wanted or needed does not count against the success rate", () => {
  expect(totalsOf([day("2026-11-20", 3, 1)])).toMatchObject({ tasks: 5, rate: 0.75 });
  expect(totalsOf([]).rate).toBeNull();
});

test("an axis ends at a round number above its highest value", () => {
  expect([0, 3, 5, 12, 21, 100].map(niceTop)).toEqual([1, 4, 5, 20, 25, 100]);
  expect(niceTop(0.021)).toBeCloseTo(0.025);
  expect(niceTop(0.3)).toBeCloseTo(0.4);
});
