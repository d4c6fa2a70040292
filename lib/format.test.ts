import { expect, test } from "vitest";
import { costText, durationText, exactTime, relativeTime } from "./format.ts";

const now = Date.parse("2026-11-22T12:00:00.000Z");

test.each([
  ["2026-11-22T11:59:58.000Z", "just now"],
  ["2026-11-22T12:00:20.000Z", "just now"],
  ["2026-11-22T11:59:00.000Z", "1 minute ago"],
  ["2026-11-22T09:10:00.000Z", "2 hours ago"],
  ["2026-11-15T12:00:00.000Z", "7 days ago"],
  ["2026-11-22T13:00:00.000Z", "in 1 hour"],
  ["nonsense", "at an unknown time"],
])("%s is %s", (at, words) => expect(relativeTime(at, now)).toBe(words));

test.each([
  [-5, "0 s"],
  [7_900, "8 s"],
  [372_000, "6 m 12 s"],
  [242_000, "4 m 02 s"],
  [600_000, "10 m"],
  [3_840_000, "1 h 04 m"],
])("%d ms is %s", (ms, words) => expect(durationText(ms)).toBe(words));

test("exact times are UTC and to the second", () => {
  expect(exactTime("2026-11-22T14:03:05.123Z")).toBe("2026-11-22 14:03:05 UTC");
});

test.each([
  [0, "$0.00"],
  [0.004, "<$0.01"],
  [0.42, "$0.42"],
])("%d dollars are %s", (usd, words) => expect(costText(usd)).toBe(words));
