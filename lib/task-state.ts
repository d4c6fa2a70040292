import type { FailureCode } from "./failures.ts";
import { pullNeedsSomebody } from "./pull-state.ts";
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
  unpublished: { word: "To publish", tone: "waiting", mark: "📬" },
  expired: { word: "Expired", tone: "neutral", mark: "🗑" },
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
  "unpublished",
  "expired",
  "stopped",
  "failed",
  "timed_out",
] as const satisfies TaskState[];
export type EndedState = (typeof ENDED_STATES)[number];

/**
 * What the end of a task is called whose code says that nothing went wrong, though the API's status is
 * `failed`. Every other code is a failure; the queries are made of this table too.
 */
const STATE_OF_CODE = {
  no_changes: "no_changes",
  agent_asks: "asks",
  waits_for_click: "unpublished",
  never_published: "expired",
  stopped_by_user: "stopped",
  issue_closed: "stopped",
} as const satisfies Partial<Record<FailureCode, EndedState>>;
type CodeWithState = keyof typeof STATE_OF_CODE;
const NO_FAILURES = Object.keys(STATE_OF_CODE) as CodeWithState[];
/** The codes that make an end this state. */
export const codesOf = (state: EndedState): CodeWithState[] =>
  NO_FAILURES.filter((code) => STATE_OF_CODE[code] === state);
const stateOfCode = (code: FailureCode | undefined): TaskState | undefined =>
  NO_FAILURES.flatMap((known) => (known === code ? [STATE_OF_CODE[known]] : []))[0];

export function stateOf(task: Pick<TaskView, "status" | "blockedReason" | "failureCode">): TaskState {
  switch (task.status) {
    case "queued":
      return task.blockedReason === undefined ? "queued" : "blocked";
    case "running":
      return "running";
    case "success":
      return stateOfCode(task.failureCode) === "no_changes" ? "no_changes" : "done";
    case "failed":
      return stateOfCode(task.failureCode) ?? "failed";
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
export type TaskSection = (typeof SECTIONS)[number];
export const SECTION_WORDS: Record<TaskSection, string> = {
  attention: "Needs you",
  running: "Running",
  queued: "Queued",
  done: "Done",
};

/** After this time nobody is asked any more to mend what went wrong; it is done, as it ended. */
export const ATTENTION_MS = 3 * 86_400_000;
type Standing = Pick<
  TaskView,
  "status" | "blockedReason" | "failureCode" | "completedAt" | "explanation" | "prState" | "prChecks" | "prReview"
>;

/** Where the list shows it at the time `nowMs`; `server/db/task-search.ts` says the same in SQL. */
export function sectionOf(task: Standing, nowMs: number): TaskSection {
  if (task.status === "queued") return task.blockedReason === undefined ? "queued" : "attention";
  if (task.status === "running") return "running";
  const isMendable =
    task.status === "timed_out" ||
    (task.status === "success" && pullNeedsSomebody(task)) ||
    // What somebody wanted to stop can be started again, but there is nothing to mend.
    (task.status === "failed" && task.explanation?.fix != null && stateOf(task) !== "stopped");
  const isRecent = task.completedAt !== undefined && nowMs - Date.parse(task.completedAt) < ATTENTION_MS;
  return isMendable && isRecent ? "attention" : "done";
}
