import { expect, test } from "vitest";
import type { PhaseSpan } from "./agent-protocol.ts";
import { type AttemptEnd, PARTS, type PhaseTimes, phaseStates, withReport } from "./phases.ts";
import { readPhaseTimes } from "./phase-times.ts";

const AT = Date.parse("2026-02-18T14:00:00.000Z");
const instant = (seconds: number): string => new Date(AT + seconds * 1000).toISOString();
const started: PhaseTimes = { starting: { from: instant(0), to: null } };
const MACHINE = PARTS.slice(1) as PhaseSpan["phase"][];

/** What a runner says that has got as far as `last`, a second a phase. */
const spans = (last: number, isDone = false): PhaseSpan[] =>
  MACHINE.slice(0, last + 1).map((phase, at) => ({
    phase,
    from: at * 1000,
    to: at < last || isDone ? (at + 1) * 1000 : null,
  }));
const ENDS: AttemptEnd[] = [
  { is: "open" },
  ...(["well", "badly", "otherwise"] as const).map((is) => ({ is, at: AT + 90_000 })),
];
const looks = (times: PhaseTimes, end: AttemptEnd) => phaseStates(times, end).map(({ is }) => is);

test("a part is done by its own begin and its own end, however a run ends and wherever", () => {
  for (const [last, phase] of MACHINE.entries())
    for (const end of ENDS) {
      const times = withReport(started, { phase, phases: spans(last), now: 9000 }, AT + 60_000);
      const states = phaseStates(times, end);
      for (const { part, is } of states) {
        const known = times[part];
        if (is === "done") expect(known, part).toBeDefined();
        if (is === "done" && end.is !== "well") expect(known?.to, part).not.toBeNull();
        if (known === undefined) expect(is).toBe("ahead");
      }
      // What went wrong is where it ended, and nothing else.
      expect(states.filter(({ is }) => is === "failed").map(({ part }) => part)).toEqual(
        end.is === "badly" ? [phase] : [],
      );
      expect(states.filter(({ is }) => is === "now").map(({ part }) => part)).toEqual(end.is === "open" ? [phase] : []);
    }
});

test("a phase between two reports keeps the times that the machine saw", () => {
  const times = withReport(started, { phase: "pushing", phases: spans(3), now: 3500 }, AT + 10_000);
  expect(times).toEqual({
    starting: { from: instant(0), to: instant(6.5) },
    cloning: { from: instant(6.5), to: instant(7.5) },
    preparing: { from: instant(7.5), to: instant(8.5) },
    working: { from: instant(8.5), to: instant(9.5) },
    pushing: { from: instant(9.5), to: null },
  });
  // A later word moves nothing that is known, and nothing begins before the machine or after now.
  expect(withReport(times, { phase: "pushing", phases: spans(3), now: 90_000 }, AT + 20_000)).toEqual(times);
  const wild = withReport(
    started,
    { phase: "cloning", phases: [{ phase: "cloning", from: 9e9, to: 9e12 }], now: 0 },
    AT,
  );
  expect(wild.cloning).toEqual({ from: instant(0), to: instant(0) });
  expect(withReport(started, { phase: "cloning", phases: spans(0), now: 9e12 }, AT).cloning?.from).toBe(instant(0));
});

test("a machine that names its phase alone has done the one before, and not what was passed over", () => {
  const cloning = withReport(started, { phase: "cloning" }, AT + 1000);
  const pushing = withReport(cloning, { phase: "pushing" }, AT + 5000);
  expect(looks(pushing, { is: "open" })).toEqual(["done", "done", "ahead", "now", "ahead"]);
});

test("a run that was stopped breaks nowhere, and does not finish what it was at", () => {
  const times = withReport(started, { phase: "working", phases: spans(2), now: 2500 }, AT + 10_000);
  expect(looks(times, { is: "otherwise", at: AT + 20_000 })).toEqual([
    "done",
    "done",
    "done",
    "ended",
    "ahead",
    "ahead",
  ]);
});

test("rows of before, with begins alone, are read, and show no part as done", () => {
  const times = readPhaseTimes(JSON.stringify({ starting: instant(0), cloning: instant(2), working: instant(4) }));
  expect(looks(times, { is: "badly", at: AT + 9000 })).toEqual(["ended", "ended", "failed", "ahead", "ahead"]);
  expect(looks({}, { is: "badly", at: AT })).toEqual(PARTS.slice(1).map(() => "ahead"));
});

test("a set-up is a part of those attempts alone that had one", () => {
  const parts = (phase: PhaseSpan["phase"]) =>
    phaseStates(withReport(started, { phase }, AT + 1000), { is: "open" }).map(({ part }) => part);
  for (const phase of MACHINE) expect(parts(phase).includes("preparing"), phase).toBe(phase === "preparing");
});
