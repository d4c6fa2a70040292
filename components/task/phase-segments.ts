import { type AttemptEnd, type PhaseState, phaseStates } from "@/lib/phases";
import { isTerminal } from "@/lib/task";
import type { AttemptView } from "@/lib/task-pages";
import { endingOf, type stateOf } from "@/lib/task-state";
import type { TaskView } from "@/lib/task-view";

export const PHASE_NAMES = {
  queued: "Queued",
  starting: "Machine",
  cloning: "Clone",
  preparing: "Set-up",
  working: "Agent",
  pushing: "Push",
  reporting: "Pull request",
};

export type Segment = {
  part: keyof typeof PHASE_NAMES;
  ms: number | null;
  is: "past" | "now" | "ahead" | "broken";
};
const LOOKS = { done: "past", ended: "past", failed: "broken", now: "now", ahead: "ahead" } as const;

type Timed = {
  task: Parameters<typeof stateOf>[0] & Pick<TaskView, "createdAt" | "completedAt" | "attempt">;
  attempts: Pick<AttemptView, "attempt" | "phaseTimes" | "endedAt">[];
};

/**
 * When each part of one attempt began and how long it took; what an attempt before it took is not its own. A part
 * without a begin did not happen.
 */
export function segmentsOf(run: Timed, number: number, nowMs: number): Segment[] {
  const { task, attempts } = run;
  const index = attempts.findIndex(({ attempt }) => attempt === number);
  const found = attempts[index] ?? attempts.at(-1);
  const isNewest = found === undefined || found.attempt >= task.attempt;
  // In line again: what ended is the story of the attempt before.
  const waitsAgain = isNewest && task.status === "queued" && found?.endedAt != null;
  const attempt = waitsAgain ? undefined : found;
  const before = waitsAgain ? found : attempts[index - 1];
  const end = isNewest ? endOf(task, attempt) : followed(attempt, nowMs);
  const states = phaseStates(attempt?.phaseTimes ?? {}, end);
  const until = end.is === "open" ? nowMs : end.at;
  const waitedFrom = Date.parse(before?.endedAt ?? task.createdAt);
  const waitedTo = states.find(({ from }) => from !== null)?.from ?? null;
  const stillWaits = end.is === "open" ? "now" : end.is === "badly" ? "broken" : "past";
  const waiting: Segment = {
    part: "queued",
    ms: Math.max(0, (waitedTo ?? until) - waitedFrom),
    is: waitedTo === null ? stillWaits : "past",
  };
  return [waiting, ...states.map((state) => segmentOf(state, until))];
}

const segmentOf = ({ part, from, to, is }: PhaseState, until: number): Segment => ({
  part,
  ms: from === null ? null : Math.max(0, (to ?? until) - from),
  is: LOOKS[is],
});

function endOf(task: Timed["task"], attempt: Timed["attempts"][number] | undefined): AttemptEnd {
  const at = task.completedAt ?? attempt?.endedAt;
  return isTerminal(task.status) && at != null ? { is: endingOf(task), at: Date.parse(at) } : { is: "open" };
}

/** Whoever was followed by another attempt failed. */
const followed = (attempt: Timed["attempts"][number] | undefined, nowMs: number): AttemptEnd => ({
  is: "badly",
  at: attempt?.endedAt == null ? nowMs : Date.parse(attempt.endedAt),
});
