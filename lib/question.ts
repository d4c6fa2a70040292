/** Longer than a question that a person would answer in a comment; the rest is on the task's page. */
const MOST_CHARS = 1000;

/** Ends in a question mark of any script, perhaps inside of emphasis, quotes or brackets. */
const QUESTION = /[?？؟;՞]["'”’»*_`)\]]*$/u;
const ASKS_FOR =
  /\b(?:please|could you|can you) (?:\w+ )?(?:clarify|specify|confirm|choose|decide|tell me|let me know (?:which|what|whether|how|where|who))\b/i;
/** Good manners at the end of a job: nothing waits for an answer. */
const COURTESY =
  /\b(?:anything else|something else|any (?:other )?questions|(?:further|more|other) (?:help|questions|changes|assistance)|help (?:you )?with|let me know if)\b/i;
const LIST_ITEM = /^\s*(?:[-*+•]|\(?[0-9a-zA-Z][.)])\s/;

/**
 * The question that an agent's last message ends with, with the choices under it, or null. What is asked before the
 * end is none: the agent went on without an answer.
 */
export function questionAtEnd(message: string): string | null {
  const paragraphs = message
    .replaceAll(/\r\n?/g, "\n")
    .split(/\n[ \t]*\n/)
    .map((paragraph) => paragraph.trim())
    .filter((paragraph) => paragraph !== "");
  const last = paragraphs.at(-1);
  if (last === undefined) return null;
  if (asks(withoutList(last))) return last.slice(0, MOST_CHARS);
  // Choices in a paragraph of their own.
  const before = paragraphs.at(-2);
  const isList = withoutList(last) === "";
  return isList && before !== undefined && asks(before.replace(/:$/, ""))
    ? `${before}\n\n${last}`.slice(0, MOST_CHARS)
    : null;
}

/** The lines before a list that ends the paragraph; "" when it is nothing but a list. */
function withoutList(paragraph: string): string {
  const lines = paragraph.split("\n");
  while (LIST_ITEM.test(lines.at(-1) ?? "")) lines.pop();
  return lines.join("\n").trim();
}

function asks(text: string): boolean {
  const line = text.split("\n").at(-1)?.trim() ?? "";
  const last = line.split(/(?<=[.!?。！？؟])\s+/u).at(-1) ?? "";
  if (COURTESY.test(last)) return false;
  return QUESTION.test(line.replace(/:$/, "")) || ASKS_FOR.test(last);
}
