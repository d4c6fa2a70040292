"use client";
import clsx from "clsx";
import { useMemo } from "react";
import { useNow } from "@/components/layout/clock";
import { durationText } from "@/lib/format";
import { isTerminal } from "@/lib/task";
import { type Lanes, lanesOf } from "./lanes";
import { PHASE_NAMES, segmentsOf } from "./phase-segments";
import type { Run } from "./use-run";

/** Widths follow durations, but none is so narrow that its name is lost. */
const share = (ms: number | null): number => (ms === null ? 1 : 1 + Math.log2(1 + ms / 1000));

const BARS = {
  past: "bg-edge",
  now: "bg-running animate-breathe",
  ahead: "bg-line",
  broken: "bg-bad",
};

/** A part of the work, or a moment in it (ms since the attempt began). */
export type SeekTo = { part: string } | { t: number };

/** Where the time of the shown attempt went. Only the active part ticks. */
export function PhaseRail({ run, onSeek }: { run: Run; onSeek: (to: SeekTo) => void }) {
  const { task, log } = run;
  const nowMs = useNow(isTerminal(task.status) ? 3_600_000 : 1000);
  const segments = segmentsOf(run, log.attempt, nowMs);
  const lanes = useMemo(() => lanesOf(log.records), [log.records]);
  // Nothing works on what waits: blue is for what runs.
  const waits = task.status !== "queued" ? null : task.blockedReason === undefined ? "bg-edge" : "bg-waiting";
  const none = isTerminal(task.status) ? "not reached" : "not yet";
  // A phone has room for one name.
  const named = segments.find(({ is }) => is === "now" || is === "broken")?.part ?? "working";
  return (
    // The lanes' place is kept while they may still come, and every part's from the first on.
    <ol
      aria-label="Phases"
      className={clsx(
        "grid gap-1 overflow-x-auto pb-1 [--least:0.5rem] sm:[--least:4.5rem]",
        task.status === "running" && "sm:min-h-17",
      )}
      style={{ gridTemplateColumns: segments.map(({ ms }) => `minmax(var(--least), ${share(ms)}fr)`).join(" ") }}
    >
      {segments.map(({ part, ms, is }) => (
        <li key={part} className="min-w-0">
          <button
            type="button"
            disabled={ms === null}
            onClick={() => onSeek({ part })}
            aria-label={`${PHASE_NAMES[part]}: ${ms === null ? none : durationText(ms)}${is === "broken" ? ", failed here" : ""}`}
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
                part !== named && "max-sm:invisible max-sm:w-0 max-sm:overflow-hidden",
                // Its name is longer than its bar, and stays on the page.
                (part === "pushing" || part === "reporting") && "max-sm:justify-end",
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
                {PHASE_NAMES[part]}
              </span>
              <span className="text-faint tabular">{ms === null ? "" : durationText(ms)}</span>
            </span>
          </button>
          {part === "working" && ms !== null && lanes !== null && lanes.to > lanes.from ? (
            <TwoLanes lanes={lanes} onSeek={onSeek} />
          ) : null}
        </li>
      ))}
    </ol>
  );
}

const bar = (from: number, to: number, y: number): string => `M${from} ${y}H${to}v3H${from}z`;

/** Model above, tools below, over the agent's time. A click goes to what was done there. */
function TwoLanes({ lanes: { from, to, tools, toolMs }, onSeek }: { lanes: Lanes; onSeek: (to: SeekTo) => void }) {
  const words = `Model ${durationText(to - from - toolMs)} · tools ${durationText(toolMs)}`;
  const gaps = [...tools.map(([start]) => start), to].map(
    (end, index) => [tools[index - 1]?.[1] ?? from, end] as const,
  );
  return (
    <button
      type="button"
      aria-label={words}
      title={words}
      onClick={({ currentTarget, clientX, detail }) => {
        const { left, width } = currentTarget.getBoundingClientRect();
        // By a key there is no place.
        onSeek({ t: detail === 0 ? from : from + ((clientX - left) / width) * (to - from) });
      }}
      className="mt-1 block w-full text-left max-sm:hidden"
    >
      <svg aria-hidden viewBox={`${from} 0 ${to - from} 8`} preserveAspectRatio="none" className="block h-2 w-full">
        <path d={gaps.map(([start, end]) => bar(start, end, 0)).join("")} className="fill-edge" />
        <path d={tools.map(([start, end]) => bar(start, end, 5)).join("")} className="fill-soft" />
      </svg>
      <span className="mt-0.5 block truncate text-2xs text-faint tabular">{words}</span>
    </button>
  );
}
