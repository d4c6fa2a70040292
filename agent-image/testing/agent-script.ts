import type { AgentId } from "../../lib/agents.ts";
import type { FailureCode } from "../../lib/failures.ts";
import type { Expected } from "./expected-ending.ts";

/** One thing that the scripted model asks its agent to do; paths are relative to the repository. */
export type ScriptedAction =
  | { do: "read"; path: string }
  | { do: "write"; path: string; content: string }
  | { do: "edit"; path: string; from: string; to: string }
  | { do: "run"; command: string; why: string };

/** A call of one of the agent's tools. */
export type NamedCall = { name: string; input: Record<string, unknown> };

/** One answer of the model: what it says, and the tools that it calls; `hangs`: it never comes. */
export type ScriptedTurn = { say: string; hangs?: true; tools?: NamedCall[] };
export type ScriptedRefusal = { status: number; body: unknown; headers?: Record<string, string> };
/** What the provider does in one ending: plays turns, refuses everything, or never answers. */
export type ProviderScript =
  | { does: "play"; turns: ScriptedTurn[]; subagent?: ScriptedTurn[] }
  | { does: "refuse"; refusal: ScriptedRefusal }
  | { does: "hang" };

/** Stands in a subagent's prompt, to tell its conversation from its caller's. */
export const SUBAGENT_MARK = "SUBAGENT:";

/** One way in which a run ends, how it is brought about, and how it must be understood. */
export type ScriptedEnding = {
  /** Begins with the agent's id. */
  name: string;
  /** One sentence for people. */
  about: string;
  agent: AgentId;
  provider: ProviderScript;
  expected: Expected;
  /** Files of the repository. */
  files?: Record<string, string>;
  limits?: { deadlineMs?: number; stallTimeoutMs?: number };
  /** A branch to start from that is not there. */
  baseBranch?: string;
  /** Porter asks the run to stop when the agent has printed this. */
  stop?: { after: string; reason: FailureCode };
  /** A shell script in the CLI's place, for what no CLI does on request; `"$0" "$@"` in it is the CLI. */
  standIn?: string;
};

export const REFUSAL_NAMES = [
  "key-refused",
  "rate-limited",
  "overloaded",
  "context-too-long",
  "credit-too-low",
  "model-unavailable",
] as const;
export type RefusalName = (typeof REFUSAL_NAMES)[number];

/**
 * What a stand-in for the agent's program prints, an object a line. The functions stand for themselves: their text is
 * what is installed in the program's place.
 */
export type Prints = {
  begins: () => unknown[];
  says: (text: string) => unknown[];
  calls: (id: string, command: string) => unknown[];
  answers: (call: { id: string; command: string; exitCode: number }) => unknown[];
  ends: (run: { said: string; isWell: boolean }) => unknown[];
};

/** How a scripted model makes an agent work. */
export type ModelScript = {
  /** A tool that this agent alone offers. */
  marker: string;
  call: (action: ScriptedAction) => NamedCall;
  /** What its provider's API answers. */
  refusals: Record<RefusalName, ScriptedRefusal>;
  /** Refusals that its program ends with by itself: others are asked to end. */
  exitsBy: readonly RefusalName[];
};

/** All that demo, recordings and tests know of one agent. */
export type AgentScript = {
  prints: Prints;
  /** Null: its models run in its vendor's cloud. */
  model: ModelScript | null;
  /** Besides those that every agent with a scripted model has. */
  endings: readonly ScriptedEnding[];
};
