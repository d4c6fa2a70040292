/** A run of characters without white space, at `start` to `end` of the text it was found in. */
export type Word = { text: string; start: number; end: number };

/**
 * The head of a command: agent, flags and verb on the mention's own line, `from` to the end of `text`; `mentionAt`
 * is where its `@` stands in `text`.
 */
export type Head = { text: string; from: number; mentionAt: number; mention: string };

/** Characters that nobody sees and that phones and right-to-left keyboards put beside a word, for a class. */
export const INVISIBLE = "\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe0e\ufe0f\ufeff";

const EDGES = new RegExp(`(?<=^|\\s)[${INVISIBLE}]+|[${INVISIBLE}]+(?=\\s|$)`, "gu");

/**
 * The text with blanks, offset by offset, for what stands between words without being seen or without white space:
 * invisible characters at a word's edge, full-width punctuation behind a Latin word.
 */
export const blankSeparators = (text: string): string =>
  text.replace(/(?<=[A-Za-z0-9`"'])[，：；。！？、،؛]/gu, " ").replace(EDGES, (found) => " ".repeat(found.length));

/** The next word at or after `from`; null at the end. */
export function wordAt(text: string, from: number): Word | null {
  const pattern = /\S+/g;
  pattern.lastIndex = from;
  const found = pattern.exec(text);
  return found ? { text: found[0], start: found.index, end: pattern.lastIndex } : null;
}

/** A word without the punctuation that ends it in a sentence: `claude,` `stop!`. */
export function bareWord(word: string): string {
  let end = word.length;
  while (end > 0 && ".,:;!?".includes(word[end - 1] ?? "")) end--;
  return word.slice(0, end);
}
