import type { TaskStatus } from "@/lib/task";

/**
 * The life of a task as one table: status × event → next status, or null where the event does not apply.
 * Every status that is not terminal has a way out on failure, stop and deadline; a terminal one has two
 * ways out, an explicit retry and the publishing of what its run left, and `success` has none.
 */
export const TASK_EVENTS = [
  "slot.claimed",
  "user.blocked",
  "user.unblocked",
  "machine.requeued",
  "machine.progressed",
  "agent.finished",
  "system.failed",
  "clock.timed_out",
  "user.stopped",
  "user.retried",
  // What the run left is published by a click: no run is needed for it.
  "user.published",
  // The retry is taken back before anything came of it: the end that it left is the end again.
  "user.unretried_failed",
  "user.unretried_timed_out",
] as const;
export type TaskEventName = (typeof TASK_EVENTS)[number];

export const TRANSITIONS: Record<TaskStatus, Record<TaskEventName, TaskStatus | null>> = {
  queued: {
    "slot.claimed": "running",
    "user.blocked": "queued",
    "user.unblocked": "queued",
    "machine.requeued": null,
    "machine.progressed": null,
    "agent.finished": null,
    "system.failed": "failed",
    "clock.timed_out": "timed_out",
    "user.stopped": "failed",
    "user.retried": null,
    "user.published": null,
    "user.unretried_failed": "failed",
    "user.unretried_timed_out": "timed_out",
  },
  running: {
    "slot.claimed": null,
    "user.blocked": "queued",
    "user.unblocked": null,
    "machine.requeued": "queued",
    "machine.progressed": "running",
    "agent.finished": "success",
    "system.failed": "failed",
    "clock.timed_out": "timed_out",
    "user.stopped": "failed",
    "user.retried": null,
    "user.published": null,
    "user.unretried_failed": null,
    "user.unretried_timed_out": null,
  },
  success: noExit(null),
  failed: noExit("queued"),
  timed_out: noExit("queued"),
};

function noExit(onRetry: TaskStatus | null): Record<TaskEventName, TaskStatus | null> {
  return {
    "slot.claimed": null,
    "user.blocked": null,
    "user.unblocked": null,
    "machine.requeued": null,
    "machine.progressed": null,
    "agent.finished": null,
    "system.failed": null,
    "clock.timed_out": null,
    "user.stopped": null,
    "user.retried": onRetry,
    "user.published": onRetry === null ? null : "success",
    "user.unretried_failed": null,
    "user.unretried_timed_out": null,
  };
}

/** Statuses from which the event leads somewhere; the guard of the UPDATE. */
export const statusesBefore = (event: TaskEventName): TaskStatus[] =>
  (Object.keys(TRANSITIONS) as TaskStatus[]).filter((status) => TRANSITIONS[status][event] !== null);
