import type { FailureCode } from "../../lib/failures.ts";
import type { Part } from "../../lib/phases.ts";
import type { TaskState } from "../../lib/task-state.ts";
import type { PorterLabel } from "../../lib/task.ts";

/** How an ending must be understood: what the runner reports, and what people see of it. */
export type Expected = {
  /** How the supervisor came to the end of the agent; null: there was none. */
  cause: "exited" | "asked" | "deadline" | "stalled" | "over" | null;
  outcome: "changed" | "no_changes" | "partial" | "failed";
  code: FailureCode | null;
  /** The part of the run in which it ended; null when it ended well. */
  phase: Part | null;
  /** Begins the tracking comment's first line. */
  sentence: string;
  state: TaskState;
  label: PorterLabel;
};

export const endsDone = (cause: Expected["cause"] = "exited"): Expected => ({
  cause,
  outcome: "changed",
  code: null,
  phase: null,
  sentence: "✅ Opened #",
  state: "done",
  label: "porter:success",
});
export const endsWithoutChanges = (agent: string): Expected => ({
  cause: "exited",
  outcome: "no_changes",
  code: null,
  phase: null,
  sentence: `➖ No changes needed, says ${agent}`,
  state: "no_changes",
  label: "porter:no-changes",
});
export const endsAsking = (agent: string): Expected => ({
  ...endsWithoutChanges(agent),
  sentence: `❓ ${agent} asks`,
  state: "asks",
  label: "porter:asks",
});
export const endsFailed = (code: FailureCode, sentence: string, cause: Expected["cause"] = "asked"): Expected => ({
  cause,
  outcome: "failed",
  code,
  phase: "working",
  sentence: `❌ Failed: ${sentence}`,
  state: "failed",
  label: "porter:failed",
});
/** Nothing was done yet: the task waits for a good key, and GitHub hears of no failure. */
export const endsWaiting = (code: FailureCode, sentence: string): Expected => ({
  ...endsFailed(code, sentence),
  sentence: `🔑 ${sentence}`,
  state: "blocked",
  label: "porter:queued",
});
export const endsPartial = (expected: Expected): Expected => ({ ...expected, outcome: "partial" });

export const SILENT = endsFailed("agent_failed", "The agent ended without a last word", "exited");
