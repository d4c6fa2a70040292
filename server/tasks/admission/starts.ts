import type { AgentId } from "@/lib/agents";
import type { Flags } from "@/lib/commands/command";
import { asksForWork } from "@/lib/commands/work-words";
import type { FailureCode } from "@/lib/failures";

/**
 * Whether a command starts work while tasks of its issue are open. Words may be meant for what runs, so they start
 * nothing there, unless they stand behind `--`; an agent's name alone is a command and nothing else.
 */
export const startsWhileOpen = (
  command: { agent: AgentId | null; instructions: string; isForced: boolean },
  open: readonly unknown[],
): boolean => open.length === 0 || command.isForced || (command.agent !== null && command.instructions === "");

/** How the newest run of an issue ended, where none is open; null: there was none. */
export type LastEnd = { failureCode: FailureCode | null } | null;

/**
 * Whether a command starts work where nothing is open. After a run has ended a few words may be meant for it, in
 * whatever language, and an agent's name may be part of them ("claude is slow today"): they start another one only
 * where they plainly ask for work, answer the run's question, or are more than words.
 */
export function startsAfterRun(
  command: { agent: AgentId | null; instructions: string; isForced: boolean } & Partial<Flags>,
  last: LastEnd,
): boolean {
  if (last === null || last.failureCode === "agent_asks") return true;
  const { model, priority, base, machine, instructions } = command;
  if (command.isForced || [model, priority, base, machine].some((named) => named != null)) return true;
  return instructions === "" || asksForWork(instructions);
}
