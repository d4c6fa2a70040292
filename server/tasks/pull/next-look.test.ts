import { expect, test } from "vitest";
import { nextLookAt } from "./next-look";

const now = Date.parse("2026-11-22T12:00:00.000Z");
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const ago = (ms: number) => new Date(now - ms).toISOString();

test.each([
  ["merged", null, 0, null],
  ["closed", null, DAY, DAY],
  ["closed", null, 31 * DAY, null],
  ["open", null, 0, 6 * HOUR],
  ["draft", "passed", 0, 6 * HOUR],
  ["open", "failed", 31 * DAY, DAY],
  ["open", "running", HOUR, HOUR / 6],
  // Such checks never end.
  ["open", "running", 2 * DAY, 6 * HOUR],
] as const)(
  "one that is %s with checks %s, opened %i ms ago, is looked at again in %s ms",
  (prState, prChecks, age, wait) => {
    const next = nextLookAt({ prState, prChecks, openedAt: ago(age) }, now);
    expect(next === null ? null : Date.parse(next) - now).toBe(wait);
  },
);
