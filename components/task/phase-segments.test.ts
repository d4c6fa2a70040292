import { expect, test } from "vitest";
import { segmentsOf } from "./phase-segments";

const at = (minute: number): string => new Date(Date.UTC(2026, 0, 1, 12, minute)).toISOString();
const attempt = (number: number, minutes: { from: number; to: number | null }) => ({
  attempt: number,
  phaseTimes: {
    starting: { from: at(minutes.from), to: at(minutes.from + 1) },
    working: { from: at(minutes.from + 1), to: null },
  },
  endedAt: minutes.to === null ? null : at(minutes.to),
});
const running = { status: "running", createdAt: at(0), attempt: 2 } as const;
const brief = (segments: ReturnType<typeof segmentsOf>) =>
  Object.fromEntries(segments.flatMap(({ part, ms, is }) => (ms === null ? [] : [[part, `${is} ${ms / 60_000}`]])));
const attempts = [attempt(1, { from: 2, to: 10 }), attempt(2, { from: 12, to: null })];

test("an attempt's rail tells of that attempt alone", () => {
  const now = Date.parse(at(20));
  const run = { task: running, attempts };
  expect(brief(segmentsOf(run, 2, now))).toEqual({ queued: "past 2", starting: "past 1", working: "now 7" });
  expect(brief(segmentsOf(run, 1, now))).toEqual({ queued: "past 2", starting: "past 1", working: "broken 7" });
});

test("in line for another attempt only the wait counts", () => {
  const run = {
    task: { ...running, status: "queued", attempt: 1 } as const,
    attempts: [attempt(1, { from: 2, to: 10 })],
  };
  expect(brief(segmentsOf(run, 1, Date.parse(at(13))))).toEqual({ queued: "now 3" });
});
