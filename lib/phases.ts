import type { MachinePhase, PhaseSpan } from "./agent-protocol.ts";
import { type TaskPhase } from "./task.ts";

/**
 * The parts of an attempt, in order: from the machine's protocol by the database to comment and page. What began is
 * told by who does it, and so is what ended: a part has no mark that is drawn from another part's.
 */
export const PARTS = [
  "starting",
  "cloning",
  "preparing",
  "working",
  "pushing",
  "reporting",
] as const satisfies TaskPhase[];
export type Part = (typeof PARTS)[number];

/** When a part began and when it was done; null: it was never done. Instants are ISO. */
export type PhaseTime = { from: string; to: string | null };
export type PhaseTimes = Partial<Record<Part, PhaseTime>>;

/** What a machine says of its phases: all of them each time, `now` by the machine's own clock; or the present one alone. */
export type PhaseReport = { phase: MachinePhase; phases?: readonly PhaseSpan[] | undefined; now?: number | undefined };

/**
 * The times with what a machine reports at `at` (ms since the epoch). What is known stays as it is: a part begins and
 * ends once. The first of the machine's own phases ends the start of the machine, which is Porter's.
 */
export function withReport(known: PhaseTimes, report: PhaseReport, at: number): PhaseTimes {
  const spans = report.phases ?? presentAlone(known, report.phase);
  const clock = report.now ?? 0;
  const earliest = known.starting === undefined ? 0 : Date.parse(known.starting.from);
  const instant = (ms: number): string => new Date(Math.max(earliest, at - Math.max(0, clock - ms))).toISOString();
  const times: PhaseTimes = { ...known };
  for (const { phase, from, to } of spans) {
    const before = times[phase];
    times[phase] = {
      from: before?.from ?? instant(from),
      to: before?.to ?? (to === null ? null : instant(to)),
    };
  }
  const first = spans[0] === undefined ? undefined : times[spans[0].phase];
  if (times.starting !== undefined && first !== undefined)
    times.starting = { ...times.starting, to: times.starting.to ?? first.from };
  return times;
}

/** A machine of an older Porter names its phase only: the one before it is done by then, and one that was passed over never began. */
function presentAlone(known: PhaseTimes, phase: MachinePhase): PhaseSpan[] {
  const open = PARTS.slice(1, PARTS.indexOf(phase)).filter((part) => known[part] !== undefined) as MachinePhase[];
  return [...open.map((part) => ({ phase: part, from: 0, to: 0 })), { phase, from: 0, to: null }];
}

/** `ended`: it neither was done nor went wrong, as where somebody stopped it. */
export type PhaseState = {
  part: Part;
  /** ms since the epoch; null: it did not begin, or it goes on. */
  from: number | null;
  to: number | null;
  is: "done" | "now" | "ahead" | "failed" | "ended";
};
/** How the attempt ended, if it has; `at` in ms since the epoch. */
export type AttemptEnd = { is: "open" } | { is: "well" | "badly" | "otherwise"; at: number };

/**
 * Where each part of an attempt stands. What went wrong is the part in which the attempt ended. Most machines have nothing
 * to set up: that part is there only once it began.
 */
export function phaseStates(times: PhaseTimes, end: AttemptEnd): PhaseState[] {
  const begun = PARTS.filter((part) => times[part] !== undefined);
  const last = begun.at(-1);
  const there = PARTS.filter((part) => part !== "preparing" || begun.includes(part));
  return there.map((part): PhaseState => {
    const known = times[part];
    if (known === undefined) return { part, from: null, to: null, is: "ahead" };
    const from = Date.parse(known.from);
    const to = known.to === null ? null : Math.max(from, Date.parse(known.to));
    if (part !== last) {
      const next = times[begun[begun.indexOf(part) + 1] ?? part]?.from ?? known.from;
      return { part, from, to: to ?? Math.max(from, Date.parse(next)), is: to === null ? "ended" : "done" };
    }
    if (end.is === "open") return to === null ? { part, from, to, is: "now" } : { part, from, to, is: "done" };
    const over = to ?? Math.max(from, end.at);
    if (end.is === "badly") return { part, from, to: over, is: "failed" };
    return { part, from, to: over, is: end.is === "well" || to !== null ? "done" : "ended" };
  });
}
