import type { FailureCode } from "../../lib/failures.ts";
import type { Part } from "../../lib/phases.ts";
import type { TaskState } from "../../lib/task-state.ts";
import type { PorterLabel } from "../../lib/task.ts";
import type { Recording } from "./recording.ts";

type Body = Recording["messages"][number]["body"];

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

const done = (cause: Expected["cause"] = "exited"): Expected => ({
  cause,
  outcome: "changed",
  code: null,
  phase: null,
  sentence: "✅ Opened #",
  state: "done",
  label: "porter:success",
});
const nothing = (agent: string): Expected => ({
  cause: "exited",
  outcome: "no_changes",
  code: null,
  phase: null,
  sentence: `➖ No changes needed, says ${agent}`,
  state: "no_changes",
  label: "porter:no-changes",
});
const asks = (agent: string): Expected => ({
  ...nothing(agent),
  sentence: `❓ ${agent} asks`,
  state: "asks",
  label: "porter:asks",
});
const failed = (code: FailureCode, sentence: string, cause: Expected["cause"] = "asked"): Expected => ({
  cause,
  outcome: "failed",
  code,
  phase: "working",
  sentence: `❌ Failed: ${sentence}`,
  state: "failed",
  label: "porter:failed",
});
/** Nothing was done yet: the task waits for a good key, and GitHub hears of no failure. */
const waits = (code: FailureCode, sentence: string): Expected => ({
  ...failed(code, sentence),
  sentence: `🔑 ${sentence}`,
  state: "blocked",
  label: "porter:queued",
});
const partly = (expected: Expected): Expected => ({ ...expected, outcome: "partial" });

const REFUSED = waits("provider_auth", "Needs your Anthropic key");
const LIMITED = failed("provider_limit", "The model provider's limit lasts until 2");
const CREDIT = waits("provider_limit", "Needs credit with Anthropic");
const MODEL = failed("model_unavailable", "The model provider does not offer this model to this key");
const OVERLOADED = failed("agent_failed", "The model provider is overloaded");
const TOO_LONG = failed("agent_failed", "The conversation grew longer than the model takes");
const KILLED = partly(failed("out_of_memory", "The agent was killed, most likely because memory ran out", "exited"));
const SILENT = failed("agent_failed", "The agent ended without a last word", "exited");
const PRINTED = failed("agent_failed", "The agent ended without a last word", "exited");

export const EXPECTED: Record<string, Expected> = {
  "claude-changes": done(),
  "claude-no-changes": nothing("claude"),
  "claude-asks": asks("claude"),
  "claude-key-refused": REFUSED,
  "claude-rate-limited": LIMITED,
  "claude-overloaded": OVERLOADED,
  "claude-context-too-long": TOO_LONG,
  "claude-credit-too-low": CREDIT,
  "claude-model-unavailable": MODEL,
  "claude-killed": KILLED,
  "claude-plain-error": PRINTED,
  "claude-dev-server": done("over"),
  "claude-subagent": done(),
  "claude-two-subagents": done(),
  "claude-subagent-and-server": done("over"),
  "claude-empty-result": done(),
  "claude-init-only": SILENT,
  "claude-timed-out": {
    cause: "deadline",
    outcome: "partial",
    code: "timed_out",
    phase: "working",
    sentence: "⌛ Timed out after ",
    state: "timed_out",
    label: "porter:failed",
  },
  "claude-stalled": failed("agent_stalled", "The agent went silent and was stopped", "stalled"),
  "claude-stopped": {
    cause: "asked",
    outcome: "partial",
    code: "stopped_by_user",
    phase: "working",
    sentence: "⏹ Stopped by ",
    state: "stopped",
    label: "porter:failed",
  },
  "claude-base-branch-missing": {
    ...failed("base_branch_missing", 'The base branch "no-such-branch" does not exist', null),
    phase: "cloning",
  },
  "opencode-changes": done(),
  "opencode-no-changes": nothing("opencode"),
  "opencode-asks": asks("opencode"),
  "opencode-key-refused": REFUSED,
  "opencode-rate-limited": LIMITED,
  "opencode-overloaded": OVERLOADED,
  "opencode-context-too-long": { ...TOO_LONG, cause: "exited" },
  "opencode-credit-too-low": CREDIT,
  "opencode-model-unavailable": MODEL,
  "opencode-killed": KILLED,
  "opencode-plain-error": PRINTED,
  "opencode-dev-server": done(),
  "opencode-silence": SILENT,
  "opencode-lingers": done("over"),
  "amp-changes": done(),
  "amp-asks": asks("amp"),
  "amp-out-of-credit": waits("provider_limit", "Needs credit with Amp"),
  "amp-silence": SILENT,
};

/** The runner's last word in a recording. */
export const lastWord = ({ messages }: Recording): Body => {
  const last = messages.at(-1);
  if (last?.path !== "complete") throw new Error("a recording ends with the runner's last word");
  return last.body;
};
