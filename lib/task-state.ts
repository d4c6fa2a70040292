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
  asks: { word: "Asks you", tone: "waiting", mark: "❓" },
  stopped: { word: "Stopped", tone: "neutral", mark: "⏹" },
  failed: { word: "Failed", tone: "bad", mark: "❌" },
  timed_out: { word: "Timed out", tone: "bad", mark: "⌛" },
} as const satisfies Record<string, { word: string; tone: Tone; mark: string }>;

export type Tone = "neutral" | "active" | "good" | "bad" | "waiting";
export type TaskState = keyof typeof TASK_STATES;
/** How a task can end, as `server/db/task-search.ts` asks for it in SQL. */
export const ENDED_STATES = [
  "done",
  "no_changes",
  "asks",
  "stopped",
  "failed",
  "timed_out",
] as const satisfies TaskState[];
export type EndedState = (typeof ENDED_STATES)[number];

export function stateOf(task: Pick<TaskView, "status" | "blockedReason" | "failureCode">): TaskState {
  switch (task.status) {
    case "queued":
      return task.blockedReason === undefined ? "queued" : "blocked";
    case "running":
      return "running";
    case "success":
      return task.failureCode === "no_changes" ? "no_changes" : "done";
    case "failed":
      if (task.failureCode === "no_changes") return "no_changes";
      if (task.failureCode === "agent_asks") return "asks";
      return task.failureCode === "stopped_by_user" || task.failureCode === "issue_closed" ? "stopped" : "failed";
    case "timed_out":
      return "timed_out";
  }
}

const ENDINGS = {
  good: "well",
  bad: "badly",
  neutral: "otherwise",
  waiting: "otherwise",
  active: "otherwise",
} as const;
/** How a task that is over came out: a part of it broke only where it ended badly. */
export const endingOf = (task: { status: TaskView["status"]; failureCode?: TaskView["failureCode"] | null }) =>
  ENDINGS[TASK_STATES[stateOf({ status: task.status, failureCode: task.failureCode ?? undefined })].tone];

/** The sections of the task list, in their order. */
export const SECTIONS = ["attention", "running", "queued", "done"] as const;
export type Section = (typeof SECTIONS)[number];
export const SECTION_WORDS: Record<Section, string> = {
  attention: "Needs you",
  running: "Running",
  queued: "Queued",
  done: "Done",
};

/** After this time nobody is asked any more to mend what went wrong; it is done, as it ended. */
export const ATTENTION_MS = 3 * 86_400_000;
/** Somebody wanted it to stop: there is a way to start it again, but nothing to mend. */
const WANTED: readonly (string | undefined)[] = ["stopped_by_user", "issue_closed"];

type Standing = Pick<TaskView, "status" | "blockedReason" | "failureCode" | "completedAt" | "explanation">;

/** Where the list shows it at the time `nowMs`; `server/db/task-search.ts` says the same in SQL. */
export function sectionOf(task: Standing, nowMs: number): Section {
  if (task.status === "queued") return task.blockedReason === undefined ? "queued" : "attention";
  if (task.status === "running") return "running";
  const isMendable =
    task.status === "timed_out" ||
    (task.status === "failed" && task.explanation?.fix != null && !WANTED.includes(task.failureCode));
  const isRecent = task.completedAt !== undefined && nowMs - Date.parse(task.completedAt) < ATTENTION_MS;
  return isMendable && isRecent ? "attention" : "done";
}
