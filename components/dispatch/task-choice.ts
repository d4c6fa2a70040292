import type { AgentId } from "@/lib/agents";
import { commandSource } from "@/lib/commands/command-source";
import type { Command, Mistake } from "@/lib/commands/command";
import { parseComment } from "@/lib/commands/parse";
import type { MachineSize } from "@/lib/machine-size";
import type { PriorityName } from "@/lib/task";

/** What the review sheet holds. null: as set in the settings, or the repository's default branch. */
export type TaskChoice = {
  agent: AgentId;
  model: string | null;
  priority: PriorityName | null;
  base: string | null;
  machine: MachineSize | null;
  /** Dollars. */
  budget: number | null;
  instructions: string;
};

/** The comment that would start the same task. */
export const commentOf = (choice: TaskChoice, mention: string): string => commandSource(choice, { mention });

/**
 * What text of the palette or the instructions means: `words` are plain, `start` is a whole command, `mistake` is one
 * that starts nothing (with what was meant), `other` is a verb or more than one command, which start nothing here.
 */
export type CommandReading =
  | { kind: "words" }
  | { kind: "start"; command: Extract<Command, { kind: "start" }> }
  | { kind: "mistake"; mistake: Mistake }
  | { kind: "other"; sentence: string };

const beginsWith = (text: string, mention: string): boolean =>
  new RegExp(`^\\s{0,3}@${mention}(?:[\\s,:]|$)`, "i").test(text);

/** Reads `text` as the comment parser would, if it begins with one of `mentions`, which are names of letters and dashes. */
export function readCommand(text: string, mentions: readonly string[]): CommandReading {
  if (!mentions.some((mention) => beginsWith(text, mention))) return { kind: "words" };
  const [first, ...more] = parseComment(text, { mentions });
  if (first === undefined) return { kind: "words" };
  if (more.length > 0)
    return { kind: "other", sentence: "One command at a time: a further line begins with the mention." };
  if (first.kind === "mistake") return { kind: "mistake", mistake: first };
  if (first.kind === "talk") return { kind: "other", sentence: "These words ask for no work." };
  if (first.kind === "start") return { kind: "start", command: first };
  return { kind: "other", sentence: `"${first.kind}" answers on an issue; here it starts nothing.` };
}

/** The choice after a typed command: what it names wins, what it leaves out stays. */
export function applyCommand(choice: TaskChoice, command: Extract<Command, { kind: "start" }>): TaskChoice {
  const { agent, model, priority, base, machine, budget, instructions } = command;
  const other = agent !== null && agent !== choice.agent;
  return {
    agent: agent ?? choice.agent,
    // A model belongs to its agent.
    model: model ?? (other ? null : choice.model),
    priority: priority ?? choice.priority,
    base: base ?? choice.base,
    machine: machine ?? choice.machine,
    budget: budget ?? choice.budget,
    instructions: instructions === "" ? choice.instructions : instructions,
  };
}
