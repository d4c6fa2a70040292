import { MAX_COMMANDS, usageText, type Mistake, type MistakeCode } from "./command.ts";
import type { Fault } from "./flags.ts";
import type { Head } from "./words.ts";

const MAX_SHOWN = 160;

/** Says a fault of a head as an answer; `wordsAt`: where its words begin, if they may have been instructions. */
export function mistakeOf(head: Head, fault: Fault, wordsAt: number | null): Mistake {
  const before = head.text.slice(head.mentionAt, fault.start);
  const corrected = fault.replacement === null ? null : `${before}${fault.replacement}${head.text.slice(fault.end)}`;
  return {
    kind: "mistake",
    code: fault.code,
    // A misspelt flag reaches to its value: `--priorty=`.
    what: shown(head.text.slice(fault.start, fault.end)).replace(/[=:]$/, ""),
    suggestion: fault.suggestion,
    correctForm: corrected === null ? usageText(head.mention) : shown(corrected),
    asInstructions:
      wordsAt === null ? null : shown(`${head.text.slice(head.mentionAt, wordsAt)}-- ${head.text.slice(wordsAt)}`),
  };
}

const without = (code: MistakeCode, what: string, correctForm: string): Mistake => ({
  kind: "mistake",
  code,
  what,
  suggestion: null,
  correctForm,
  asInstructions: null,
});

export const tooMany = (mention: string): Mistake =>
  without("too_many_commands", `more than ${MAX_COMMANDS} commands`, usageText(mention));

/** A command's line that goes on with a quote: it may be the quote's own, broken by a mail program. */
export const inQuote = (head: Head): Mistake => {
  const line = shown(head.text.slice(head.mentionAt));
  return without("in_quote", line, line);
};

/** A line that begins with the mention and is no command. */
export const unclearMention = (head: Head): Mistake =>
  without("unclear_mention", shown(head.text.slice(head.mentionAt)), usageText(head.mention));

/** One line with single spaces, cut between characters. */
function shown(text: string): string {
  const line = text
    .slice(0, MAX_SHOWN * 4)
    .replace(/\s+/g, " ")
    .trim();
  const characters = Array.from(line);
  return characters.length <= MAX_SHOWN ? line : `${characters.slice(0, MAX_SHOWN - 1).join("")}…`;
}
