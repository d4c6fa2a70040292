import type { FailureCode } from "./failures.ts";

/** The words of a task's life: one list, used by database, API, pages and the comment on GitHub. */

export const OPEN_STATUSES = ["queued", "running"] as const;
export const TERMINAL_STATUSES = ["success", "failed", "timed_out"] as const;
/** A task is open or has ended: one more belongs to one of the two lists. */
export const TASK_STATUSES = [...OPEN_STATUSES, ...TERMINAL_STATUSES] as const;
export type TaskStatus = (typeof TASK_STATUSES)[number];

export type TerminalStatus = (typeof TERMINAL_STATUSES)[number];
export const isTerminal = (status: TaskStatus): status is TerminalStatus =>
  (TERMINAL_STATUSES as readonly string[]).includes(status);

export const TASK_PHASES = [
  "queued",
  "starting",
  "cloning",
  "preparing",
  "working",
  "pushing",
  "reporting",
  "done",
] as const;
export type TaskPhase = (typeof TASK_PHASES)[number];

/** Progress (0 to 100) on entering a phase; `working` moves on from 20 to 85. */
export const PHASE_PROGRESS: Record<TaskPhase, number> = {
  queued: 0,
  starting: 5,
  cloning: 15,
  preparing: 17,
  working: 20,
  pushing: 90,
  reporting: 95,
  done: 100,
};

/**
 * Progress while the agent works: 20 to 85, by the larger of the share of time used and a curve over events,
 * so that it moves early in a short run and never reaches 85 by events alone.
 */
export function workingProgress(input: { elapsedMs: number; limitMs: number; steps: number }): number {
  const byTime = Math.min(1, Math.max(0, input.elapsedMs / Math.max(1, input.limitMs)));
  const bySteps = 1 - 1 / (1 + Math.max(0, input.steps) / 12);
  return Math.round(20 + 65 * Math.max(byTime, bySteps));
}

/** Ranking inside an execution mode: 1 low, 2 normal, 3 high. */
export const PRIORITIES = { low: 1, normal: 2, high: 3 } as const;
export type PriorityName = keyof typeof PRIORITIES;
export const PRIORITY_NAMES = Object.keys(PRIORITIES) as PriorityName[];
export const priorityName = (priority: number): PriorityName =>
  priority >= 3 ? "high" : priority <= 1 ? "low" : "normal";

/** docs/specification.md "Agents, providers, limits". */
export const MAX_RUNNING_TASKS_PER_USER = 5;
export const DEFAULT_TASK_TIMEOUT_MINUTES = 10;

export const TASK_ID_PATTERN = /^task_[a-z0-9]{20}$/;

/** One Porter label an issue. */
export const PORTER_LABELS = [
  "porter:queued",
  "porter:running",
  "porter:success",
  "porter:no-changes",
  "porter:asks",
  "porter:failed",
] as const;
export type PorterLabel = (typeof PORTER_LABELS)[number];
export function labelFor(status: TaskStatus, failureCode: FailureCode | null): PorterLabel {
  // The API has no other status for these; nobody failed.
  if (failureCode === "no_changes") return "porter:no-changes";
  if (failureCode === "agent_asks" || failureCode === "waits_for_click") return "porter:asks";
  switch (status) {
    case "queued":
      return "porter:queued";
    case "running":
      return "porter:running";
    case "success":
      return "porter:success";
    case "failed":
    case "timed_out":
      return "porter:failed";
  }
}
