/** A run of characters without white space, at `start` to `end` of the text it was found in. */
export type Word = { text: string; start: number; end: number };

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
