import clsx from "clsx";
import type { ReactNode } from "react";
import { stateOf, TASK_STATES, type TaskState, type Tone } from "@/lib/task-state";
import type { TaskView } from "@/lib/task-view";

export const TONE_TEXT: Record<Tone, string> = {
  neutral: "text-soft",
  active: "text-running",
  good: "text-good",
  bad: "text-bad",
  waiting: "text-waiting",
};

const R = 6.25;
const AROUND = 2 * Math.PI * R;

type Standing = Pick<TaskView, "status" | "blockedReason" | "failureCode" | "progress">;

/** The state's own shape, in its colour (docs/design.md). Its word stands beside it or is given here. */
export function StateIcon({ task, size = 16 }: { task: Standing; size?: number }) {
  const state = stateOf(task);
  const { tone } = TASK_STATES[state];
  return (
    <svg
      aria-hidden
      viewBox="0 0 16 16"
      width={size}
      height={size}
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
      strokeLinecap="round"
      className={clsx("shrink-0", TONE_TEXT[tone])}
    >
      {state === "running" ? <Running progress={task.progress} /> : SHAPES[state]}
    </svg>
  );
}

/** Filled as far as it is; turns, because it is under way. */
const Running = ({ progress }: { progress: number }) => (
  <g className="origin-center animate-turn motion-reduce:animate-none" strokeWidth="2.25">
    <circle cx="8" cy="8" r={R - 0.4} opacity="0.25" />
    <circle
      cx="8"
      cy="8"
      r={R - 0.4}
      strokeDasharray={`${Math.max(0.12, progress / 100) * (AROUND - 2.5)} ${AROUND}`}
      transform="rotate(-90 8 8)"
    />
  </g>
);

const ring = <circle cx="8" cy="8" r={R} />;
const disc = <circle cx="8" cy="8" r="7" fill="currentColor" stroke="none" />;

const SHAPES: Record<Exclude<TaskState, "running">, ReactNode> = {
  queued: <circle cx="8" cy="8" r={R} strokeDasharray="2.2 2.71" />,
  blocked: (
    <>
      {disc}
      <g stroke="var(--bg)">
        <circle cx="6.1" cy="8" r="1.7" />
        <path d="M7.9 8h4M10.6 8v1.8" />
      </g>
    </>
  ),
  unpublished: (
    <>
      {disc}
      <path d="M8 11V5.4M5.4 8 8 5.2 10.6 8" stroke="var(--bg)" strokeLinejoin="round" />
    </>
  ),
  expired: (
    <>
      {ring}
      <path d="M8 5v5.6M5.4 8.2 8 10.8l2.6-2.6" strokeLinejoin="round" />
    </>
  ),
  done: (
    <>
      {disc}
      <path d="m5 8.3 2.1 2.1 4-4.6" stroke="var(--bg)" strokeLinejoin="round" />
    </>
  ),
  no_changes: (
    <>
      {ring}
      <path d="M5.4 8h5.2" />
    </>
  ),
  asks: (
    <>
      {ring}
      <path d="M6.2 6.4a1.8 1.8 0 1 1 2.6 1.6c-.6.3-.8.6-.8 1.2M8 11.1v.1" />
    </>
  ),
  stopped: (
    <>
      {ring}
      <rect x="5.9" y="5.9" width="4.2" height="4.2" rx="0.6" fill="currentColor" stroke="none" />
    </>
  ),
  failed: (
    <>
      {disc}
      <path d="m5.6 5.6 4.8 4.8m0-4.8-4.8 4.8" stroke="var(--bg)" />
    </>
  ),
  timed_out: (
    <>
      {disc}
      <path d="M8 4.7V8l2.3 1.6" stroke="var(--bg)" strokeLinejoin="round" />
    </>
  ),
};
