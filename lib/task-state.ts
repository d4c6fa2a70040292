import type { TaskView } from "./task-view.ts";

/**
 * The state vocabulary (docs/design.md): one word, tone and mark for everything that a task can be, in the list, on its
 * page, in the tab's title and in the comment on GitHub. The tone is the colour; colour means nothing else.
 */
export const TASK_STATES = {
  blocked: { word: "Needs you", tone: "waiting", mark: "🔑" },
  queued: { word: "Queued", tone: "neutral", mark: "⏳" },
  running: { word: "Running", tone: "active", mark: "🔧" },
  done: { word: "Done", tone: "good", mark: "✅" },
  no_changes: { word: "No changes", tone: "neutral", mark: "➖" },
  stopped: { word: "Stopped", tone: "neutral", mark: "⏹" },
  failed: { word: "Failed", tone: "bad", mark: "❌" },
  timed_out: { word: "Timed out", tone: "bad", mark: "⌛" },
} as const satisfies Record<string, { word: string; tone: Tone; mark: string }>;

export type Tone = "neutral" | "active" | "good" | "bad" | "waiting";
export type TaskState = keyof typeof TASK_STATES;

export function stateOf(task: Pick<TaskView, "status" | "blockedReason" | "failureCode">): TaskState {
  switch (task.status) {
    case "queued":
      return task.blockedReason === undefined ? "queued" : "blocked";
    case "running":
      return "running";
    case "success":
      return task.failureCode === "no_changes" ? "no_changes" : "done";
    case "failed":
      return task.failureCode === "stopped_by_user" || task.failureCode === "issue_closed" ? "stopped" : "failed";
    case "timed_out":
      return "timed_out";
  }
}

/** The sections of the task list, in their order. */
export const SECTIONS = ["attention", "running", "queued", "done"] as const;
export type Section = (typeof SECTIONS)[number];
export const SECTION_WORDS: Record<Section, string> = {
  attention: "Needs you",
  running: "Running",
  queued: "Queued",
  done: "Done",
};

/** A person has something to do about it: it waits for them, or it ended badly and says what would mend it. */
export const needsAttention = (task: Pick<TaskView, "status" | "blockedReason" | "failureCode" | "explanation">) => {
  const state = stateOf(task);
  if (state === "blocked" || state === "timed_out") return true;
  return state === "failed" && task.explanation?.fix != null;
};

export const sectionOf = (task: Pick<TaskView, "status" | "blockedReason" | "failureCode" | "explanation">): Section =>
  needsAttention(task) ? "attention" : task.status === "running" || task.status === "queued" ? task.status : "done";
