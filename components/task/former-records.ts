// What a runner of before wrote into the text of a record, and one of today says beside it.
import type { LogRecord, Todo } from "@/lib/agent-protocol";

const CUT = " … [cut]";

/** A patch as the log has it; `isCut`: the machine sent its beginning only. */
export type LoggedPatch = { text: string; isCut: boolean };
export function patchOf({ s, cut }: Pick<Extract<LogRecord, { k: "d" | "f" }>, "s" | "cut">): LoggedPatch {
  if (cut === true) return { text: s, isCut: true };
  const text = s.trimEnd();
  return text.endsWith(CUT) ? { text: text.slice(0, -CUT.length), isCut: true } : { text: s, isCut: false };
}

/** The plan that a call wrote down: `[x] done`, `[ ] open`, `[~] now`, one a line after the first. */
export const todosOf = ({ todos, s }: Extract<LogRecord, { k: "c" }>): Todo[] =>
  todos ??
  [...s.matchAll(/^\[([ x~])\] (.+)$/gm)].map(([, mark, text = ""]) => ({
    text,
    state: mark === "x" ? "done" : mark === "~" ? "now" : "open",
  }));
