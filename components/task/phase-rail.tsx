"use client";
import clsx from "clsx";
import { useNow } from "@/components/layout/clock";
import { duration } from "@/lib/format";
import type { AttemptView } from "@/lib/task-pages";
import type { TaskView } from "@/lib/task-view";
import { isTerminal } from "@/lib/task";
import { stateOf, TASK_STATES } from "@/lib/task-state";

const NAMES = {
  queued: "Queued",
  starting: "Machine",
  cloning: "Clone",
  working: "Agent",
  pushing: "Push",
  reporting: "Pull request",
};
type Part = keyof typeof NAMES;
const PARTS = Object.keys(NAMES) as Part[];

type Segment = { part: Part; ms: number | null; is: "past" | "now" | "ahead" | "broken" };

/** When each part of an attempt began and how long it took. A part without a begin did not happen. */
function segmentsOf(task: TaskView, attempt: AttemptView | undefined, nowMs: number): Segment[] {
  const begins = new Map<Part, number>([["queued", Date.parse(task.createdAt)]]);
  for (const [part, at] of Object.entries(attempt?.phaseTimes ?? {}))
    if (part in NAMES) begins.set(part as Part, Date.parse(at));
  const isOver = isTerminal(task.status);
  const end = isOver && task.completedAt !== undefined ? Date.parse(task.completedAt) : nowMs;
  const reached = PARTS.filter((part) => begins.has(part));
  const last = reached.at(-1);
  // What somebody stopped and what needed no change ended where it did without breaking.
  const isBroken = TASK_STATES[stateOf(task)].tone === "bad";
  return PARTS.map((part) => {
    const begin = begins.get(part);
    // Opening the pull request is Porter's own part; it is over with the task.
    if (begin === undefined) return { part, ms: null, is: task.prNumber !== undefined && isOver ? "past" : "ahead" };
    const next = reached[reached.indexOf(part) + 1];
    const ms = Math.max(0, (next === undefined ? end : (begins.get(next) ?? end)) - begin);
    if (part !== last) return { part, ms, is: "past" };
    return { part, ms, is: isOver ? (isBroken ? "broken" : "past") : "now" };
  });
}

/** Widths follow durations, but none is so narrow that its name is lost. */
const share = (ms: number | null): number => (ms === null ? 1 : 1 + Math.log2(1 + ms / 1000));

const BARS = {
  past: "bg-edge",
  now: "bg-running animate-breathe",
  ahead: "bg-line",
  broken: "bg-bad",
};

/** Where the time went. Only the active part ticks. */
export function PhaseRail({
  task,
  attempt,
  onSeek,
}: {
  task: TaskView;
  attempt: AttemptView | undefined;
  onSeek: (part: string) => void;
}) {
  const nowMs = useNow(isTerminal(task.status) ? 3_600_000 : 1000);
  const segments = segmentsOf(task, attempt, nowMs);
  // Nothing works on what waits: blue is for what runs.
  const waits = task.status !== "queued" ? null : task.blockedReason === undefined ? "bg-edge" : "bg-waiting";
  // A phone has room for one name.
  const named = segments.find(({ is }) => is === "now" || is === "broken")?.part ?? "working";
  return (
    <ol aria-label="Phases" className="flex gap-1 overflow-x-auto pb-1">
      {segments.map(({ part, ms, is }) => (
        <li key={part} className="min-w-2 sm:min-w-18" style={{ flexGrow: share(ms), flexBasis: 0 }}>
          <button
            type="button"
            disabled={ms === null}
            onClick={() => onSeek(part)}
            aria-label={ms === null ? `${NAMES[part]}: not yet` : `${NAMES[part]}: ${duration(ms)}`}
            aria-current={is === "now" ? "step" : undefined}
            className="group block w-full text-left disabled:cursor-default"
          >
            <span
              aria-hidden
              className={clsx(
                "block h-1.5 rounded-full",
                is === "now" && waits !== null ? waits : BARS[is],
                ms !== null && "group-hover:opacity-80",
              )}
            />
            <span
              className={clsx(
                "mt-1.5 flex items-baseline gap-1.5 pr-1 text-xs whitespace-nowrap sm:overflow-hidden",
                part !== named && "max-sm:invisible max-sm:w-0",
              )}
            >
              <span
                className={clsx(
                  is === "now"
                    ? `font-medium ${waits === null ? "text-running" : "text-ink"}`
                    : is === "ahead"
                      ? "text-faint"
                      : "text-ink",
                )}
              >
                {NAMES[part]}
              </span>
              <span className="text-faint tabular">{ms === null ? "" : duration(ms)}</span>
            </span>
          </button>
        </li>
      ))}
    </ol>
  );
}
