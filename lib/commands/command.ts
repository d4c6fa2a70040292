import { AGENT_IDS, type AgentId } from "../agents.ts";
import { MACHINE_SIZES, type MachineSize } from "../machine-size.ts";
import { PRIORITY_NAMES, type PriorityName } from "../task.ts";

/** The words of the command language. */
export const VERBS = ["help", "status", "stop", "retry", "setup"] as const;
export type Verb = (typeof VERBS)[number];

export const FLAG_NAMES = ["priority", "model", "base", "machine", "budget"] as const;
export type FlagName = (typeof FLAG_NAMES)[number];
export type Flags = {
  priority: PriorityName | null;
  model: string | null;
  base: string | null;
  machine: MachineSize | null;
  /** Dollars. */
  budget: number | null;
};
export const NO_FLAGS: Flags = { priority: null, model: null, base: null, machine: null, budget: null };

/** Commands that one comment may hold, each of which costs a run or an answer; what comes after is one mistake. */
export const MAX_COMMANDS = 5;

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
  "in_quote",
  "unclear_mention",
] as const;
export type MistakeCode = (typeof MISTAKE_CODES)[number];

/**
 * A command that starts nothing and is answered `what` is the offending text as typed, `suggestion`
 * what was probably meant, `correctForm` the whole command corrected (or, where nothing can be guessed, its general
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

/** Words that are no work: thanks and its like, a question how far it is, a verb in too many words to be sure. */
export const TALK_SUBJECTS = ["thanks", "progress", "verb"] as const;
export type TalkSubject = (typeof TALK_SUBJECTS)[number];

/**
 * `agent: null` is the default agent; instructions are verbatim but for white space around them. `isForced`: they
 * stand behind `--`, so that nothing but instructions can be meant.
 */
export type Command =
  | ({ kind: "start"; agent: AgentId | null; instructions: string; isForced: boolean } & Flags)
  | { kind: "talk"; about: TalkSubject; agent: AgentId | null; instructions: string }
  | { kind: "help" }
  /** A pull request that says how machines are set up. */
  | { kind: "setup" }
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
export const usageText = (mention: string): string =>
  `@${mention} [${AGENT_IDS.join("|")}] [--priority=${PRIORITY_NAMES.join("|")}] [--model=name] [--base=branch] [--machine=${MACHINE_SIZES.join("|")}] [--budget=dollars] [instructions]`;
