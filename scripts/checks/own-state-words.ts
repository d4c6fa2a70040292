import { MENTION_STATUSES } from "../../lib/mention.ts";
import { TASK_PHASES, TASK_STATUSES } from "../../lib/task.ts";

/** What a row may be, as SQL names it. */
const STATES: Record<string, readonly string[]> = {
  status: [...TASK_STATUSES, ...MENTION_STATUSES],
  phase: TASK_PHASES,
};
const COLUMN = String.raw`\b(status|phase)\b\W{0,3}\s`;
const COMPARED = new RegExp(String.raw`${COLUMN}*(?:=|<>|!=|==|IS(?:\s+NOT)?\s)\s*'(\w+)'`, "gi");
const LISTED = new RegExp(String.raw`${COLUMN}*(?:NOT\s+)?IN\s*\(\s*'`, "i");

/** SQL has no types: a state that is called otherwise, or that one list forgets, would be found by nobody. */
export function stateWords(path: string, line: string): string[] {
  if (!path.startsWith("server/db/") || /\.test\.tsx?$/.test(path)) return [];
  const unknown = [...line.matchAll(COMPARED)].filter(
    ([, column = "", word = ""]) => !STATES[column.toLowerCase()]?.includes(word),
  );
  return [
    ...unknown.map(([found]) => `no state has this word: ${found}`),
    ...(LISTED.test(line)
      ? ["a list of states written out in SQL: quote a constant (lib/task.ts, lib/mention.ts)"]
      : []),
  ];
}
