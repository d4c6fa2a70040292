import { isTerminal } from "@/lib/task";
import type { AttemptView } from "@/lib/task-pages";
import { stateOf, TASK_STATES } from "@/lib/task-state";
import type { TaskView } from "@/lib/task-view";

export const PHASE_NAMES = {
  queued: "Queued",
  starting: "Machine",
  cloning: "Clone",
  working: "Agent",
  pushing: "Push",
  reporting: "Pull request",
};
export type Part = keyof typeof PHASE_NAMES;
const PARTS = Object.keys(PHASE_NAMES) as Part[];

export type Segment = { part: Part; ms: number | null; is: "past" | "now" | "ahead" | "broken" };

type Timed = {
  task: Parameters<typeof stateOf>[0] & Pick<TaskView, "createdAt" | "completedAt" | "attempt" | "prNumber">;
  attempts: Pick<AttemptView, "attempt" | "phaseTimes" | "endedAt">[];
};

/**
 * When each part of one attempt began and how long it took; what an attempt before it took is not its own. A part
 * without a begin did not happen.
 */
export function segmentsOf(run: Timed, number: number, nowMs: number): Segment[] {
  const { task, attempts } = run;
  const place = attempts.findIndex(({ attempt }) => attempt === number);
  const found = attempts[place] ?? attempts.at(-1);
  const isNewest = found === undefined || found.attempt >= task.attempt;
  // In line again: what ended is the story of the attempt before.
  const waitsAgain = isNewest && task.status === "queued" && found?.endedAt != null;
  const attempt = waitsAgain ? undefined : found;
  const before = waitsAgain ? found : attempts[place - 1];
  const begins = new Map<Part, number>([["queued", Date.parse(before?.endedAt ?? task.createdAt)]]);
  for (const [part, at] of Object.entries(attempt?.phaseTimes ?? {}))
    if (part in PHASE_NAMES) begins.set(part as Part, Date.parse(at));
  const isOver = isNewest ? isTerminal(task.status) : true;
  const endedAt = (isNewest ? task.completedAt : undefined) ?? attempt?.endedAt ?? undefined;
  const end = isOver && endedAt !== undefined ? Date.parse(endedAt) : nowMs;
  const reached = PARTS.filter((part) => begins.has(part));
  const last = reached.at(-1);
  // What somebody stopped and what needed no change ended where it did without breaking; who was followed failed.
  const isBroken = !isNewest || TASK_STATES[stateOf(task)].tone === "bad";
  return PARTS.map((part) => {
    const begin = begins.get(part);
    // Opening the pull request is Porter's own part; it is over with the task.
    if (begin === undefined)
      return { part, ms: null, is: isNewest && task.prNumber !== undefined && isOver ? "past" : "ahead" };
    const next = reached[reached.indexOf(part) + 1];
    const ms = Math.max(0, (next === undefined ? end : (begins.get(next) ?? end)) - begin);
    if (part !== last) return { part, ms, is: "past" };
    return { part, ms, is: isOver ? (isBroken ? "broken" : "past") : "now" };
  });
}
