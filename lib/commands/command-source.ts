import type { AgentId } from "../agents.ts";
import type { Flags } from "./command.ts";
import { parseComment } from "./parse.ts";

export type CommandChoice = { agent: AgentId | null; instructions: string } & Flags;

/**
 * Writes a command as a person would type it, so that `parseComment` reads the same back. Instructions with a line
 * that begins with the mention are the exception: that line is a command of its own.
 */
export function commandSource(choice: CommandChoice, options: { mention: string }): string {
  const head = [`@${options.mention}`];
  if (choice.agent) head.push(choice.agent);
  if (choice.priority) head.push(`--priority=${choice.priority}`);
  if (choice.model) head.push(`--model=${quoted(choice.model)}`);
  if (choice.base) head.push(`--base=${quoted(choice.base)}`);
  if (choice.machine) head.push(`--machine=${choice.machine}`);
  if (choice.budget) head.push(`--budget=${choice.budget}`);
  const instructions = choice.instructions.trim();
  if (instructions === "") return head.join(" ");
  const plain = [...head, instructions].join(" ");
  const read = parseComment(plain, { mentions: [options.mention] })[0];
  const same = read?.kind === "start" && read.agent === choice.agent && read.instructions === instructions;
  return same ? plain : [...head, "--", instructions].join(" ");
}

/** A branch may begin with a quote or end with a comma, which a bare value loses. */
const quoted = (value: string): string =>
  /^["'`\u2018-\u201e]|[,;，：；。！？、،؛]/u.test(value) ? (value.includes('"') ? `'${value}'` : `"${value}"`) : value;
