import { agentFromName } from "../agents.ts";
import { VERBS } from "./command.ts";
import { bareWord, blankSeparators, INVISIBLE, wordAt } from "./words.ts";

/**
 * A mention in a line, `at` its `@`. `command`: it stands alone, so that a command may follow at `headAt`.
 * `unclear`: GitHub shows a mention, but what follows it is no command's beginning (`@porter's`, `@porter?`).
 */
export type Mention = { at: number; headAt: number; kind: "command" | "unclear" };

/** A mention as GitHub takes it: no longer name, team, bot or host of that name. */
export const mentionPattern = (names: readonly string[]): RegExp =>
  new RegExp(
    `@(?:${names.map((name) => name.replace(/[^\w-]/g, "\\$&")).join("|")})(?![A-Za-z0-9/@-]|\\.[A-Za-z0-9_])`,
    "gi",
  );

/** What may stand between a mention and its command, before white space or the line's end. */
const PUNCTUATED = new RegExp(`^[,:;.!]*(?=[\\s${INVISIBLE}]|$)`, "u");
/** Full-width punctuation stands without white space, or between some. */
const FULL_WIDTH = /^\s*[，：；。！、،؛]+/u;
const JOINED = /^[,:;](?=[A-Za-z])/;
const INVISIBLE_RUN = new RegExp(`^[${INVISIBLE}]+`, "u");

/**
 * Reads what follows a mention that ends at `end`; `opener` is the emphasis that its line began with, if any; null
 * where the name goes on.
 */
export function mentionAt(line: string, range: { at: number; end: number; opener: string }): Mention | null {
  const { at, opener } = range;
  if (line[range.end] === "_" && !opener.endsWith("_")) return null;
  let end = range.end + (INVISIBLE_RUN.exec(line.slice(range.end))?.[0].length ?? 0);
  if (opener !== "" && line.startsWith(opener, end)) end += opener.length;
  const after = line.slice(end, end + 200);
  if (end > range.end && /^\S/.test(after) && !PUNCTUATED.test(after) && /^[\p{L}\p{N}]/u.test(after))
    return { at, headAt: end, kind: "command" };
  const punctuation = FULL_WIDTH.exec(after) ?? PUNCTUATED.exec(after);
  if (punctuation) return { at, headAt: end + punctuation[0].length, kind: "command" };
  const joined = JOINED.test(after) ? wordAt(blankSeparators(after.slice(1)), 0) : null;
  const word = joined ? bareWord(joined.text).toLowerCase() : "";
  const isHead = agentFromName(word) !== null || VERBS.some((verb) => verb === word);
  return isHead ? { at, headAt: end + 1, kind: "command" } : { at, headAt: end, kind: "unclear" };
}
