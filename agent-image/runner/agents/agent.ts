import type { AgentId } from "../../../lib/agents.ts";
import type { AgentPlan, Todo as ShownTodo } from "../../../lib/agent-protocol.ts";
import type { FailureCode } from "../../../lib/failures.ts";

/**
 * What an agent's output says, in Porter's words. Texts are not redacted yet and not cut to the record size;
 * patches are unified diffs of bounded size. `summary` is one line for people, e.g. `npm test`.
 */
export type AgentEvent =
  | { kind: "message"; text: string }
  /** `isPlan`: it writes down what is done and what is to do; `todos`: all of that. */
  | { kind: "tool_call"; id: string; tool: string; summary: string; isPlan?: true; todos?: ShownTodo[] }
  /** `ms`: how long it ran, where the agent tells it and tells of the call only at its end. `plan`: as it is since then. */
  | {
      kind: "tool_result";
      id: string;
      ok: boolean;
      output: string;
      exitCode?: number | null;
      ms?: number;
      plan?: AgentPlan;
    }
  | { kind: "file_edit"; id: string; path: string; patch: string }
  /**
   * The agent ends its turn and says this; a later one replaces an earlier one. `waiting`: what it started still works
   * for it, so that it will speak again. Empty when it said nothing in the whole run.
   */
  | { kind: "final"; text: string; waiting: boolean }
  /** The agent begins another turn: what it said at the end of the one before was not its last word. */
  | { kind: "resumed" }
  /** The run cannot succeed any more: the supervisor stops the agent at once. `said`: the error in its own words. */
  | ({ kind: "fatal"; said?: string } & AgentFailure);

export type LaunchInput = {
  /** As the settings hold it; null: the agent's own default. Never becomes shell. */
  model: string | null;
  /** Folder that `ensureAgentClis` or the image filled. */
  nodeModules: string;
  /** Private to this run, owned by the agent's user. */
  homeDir: string;
  workDir: string;
  /** Files to show the model with the prompt, for an agent that takes them so; any agent may read them where they lie. */
  pictures: readonly string[];
  /** Provider id → URL of the loopback key proxy, without a trailing slash. */
  proxyUrls: Record<string, string>;
  /** Environment name → secret. Only an agent that is not metered passes one on: its vendor's cloud needs the real key. */
  keys: Record<string, string>;
};

/** An executable and its arguments, never a shell line. `env` is added to the supervisor's PATH, LANG and TMPDIR; the prompt goes to stdin. */
export type LaunchCommand = { file: string; args: string[]; env: Record<string, string> };

export type AgentParser = { line(stream: "stdout" | "stderr", line: string): AgentEvent[] };

/** `message`: one plain sentence. `lacksCredit`: the account is empty, which ends when somebody pays and not by waiting. */
export type AgentFailure = { failureCode: FailureCode; message: string; lacksCredit?: true };

/**
 * One coding agent: how it is started, what its output means and how it fails. What else is known of it stands in its
 * manifest (`lib/agents`).
 */
export interface Agent {
  id: AgentId;
  /** Provider id of the model, e.g. `anthropic`. */
  provider(model: string | null): string;
  /** Whether its CLI calls the model `name` when it is started with `model`: that one, and its small one for titles. */
  mayCall(model: string | null, name: string): boolean;
  /** Environment names of the key that a run needs: any one of them is enough. */
  keyNames(model: string | null): string[];
  /** May write below `homeDir`. Throws `AgentCannotStart` when a key, the model name or the CLI is missing. */
  command(input: LaunchInput): LaunchCommand;
  createParser(): AgentParser;
}

/** Why an agent was not even started; `message` is one sentence for people. */
export class AgentCannotStart extends Error {
  override name = "AgentCannotStart";
  failureCode: FailureCode;
  constructor(failureCode: FailureCode, message: string) {
    super(message);
    this.failureCode = failureCode;
  }
}
