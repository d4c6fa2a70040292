import { AGENT_IDS, type AgentId } from "../agents.ts";
import { MACHINE_SIZES, type MachineSize } from "../machine-size.ts";
import { PRIORITY_NAMES, type PriorityName } from "../task.ts";

/** The words of the command language (shared/design/experience.md "Command"; rulings 12 to 16). */
export const VERBS = ["help", "status", "stop", "retry"] as const;
export type Verb = (typeof VERBS)[number];

export const FLAG_NAMES = ["priority", "model", "base", "machine"] as const;
export type FlagName = (typeof FLAG_NAMES)[number];
export type Flags = {
  priority: PriorityName | null;
  model: string | null;
  base: string | null;
  machine: MachineSize | null;
};

/** Commands that one comment may hold; what comes after them is answered with one mistake. */
export const MAX_COMMANDS = 20;

export const MISTAKE_CODES = [
  "unsupported_agent",
  "unknown_agent",
  "unknown_verb",
  "unknown_flag",
  "duplicate_flag",
  "missing_flag_value",
  "bad_flag_value",
  "bad_task_id",
  "too_many_commands",
] as const;
export type MistakeCode = (typeof MISTAKE_CODES)[number];

/**
 * A command that starts nothing and is answered (rulings 15). `what` is the offending text as typed, `suggestion`
 * what was probably meant, `correctForm` the whole command put right (or, where nothing can be guessed, its general
 * form), `asInstructions` the same words taken as instructions, where they may have been some.
 */
export type Mistake = {
  kind: "mistake";
  code: MistakeCode;
  what: string;
  suggestion: string | null;
  correctForm: string;
  asInstructions: string | null;
};

/** `agent: null` is the default agent; instructions are verbatim but for white space around them. */
export type Command =
  | ({ kind: "start"; agent: AgentId | null; instructions: string } & Flags)
  | { kind: "help" }
  | { kind: "status"; taskId: string | null; agent: AgentId | null }
  | { kind: "stop"; taskId: string | null; agent: AgentId | null }
  | ({ kind: "retry"; taskId: string | null; agent: AgentId | null; instructions: string } & Flags)
  | Mistake;

/**
 * A command where it stands: `index` counts the commands of the comment from 0, `line` its lines from 1, `source`
 * is its text from the mention to its end, verbatim but for white space at the end.
 */
export type ParsedMention = Command & { index: number; line: number; source: string };

/** The general form of a command, for help and for mistakes. */
export const usage = (mention: string): string =>
  `@${mention} [${AGENT_IDS.join("|")}] [--priority=${PRIORITY_NAMES.join("|")}] [--model=name] [--base=branch] [--machine=${MACHINE_SIZES.join("|")}] [instructions]`;
