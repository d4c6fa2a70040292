/** What is looked for in a log. */
export type Query = { text: string; isRegex: boolean };

/** Lines that are looked through in one go, between which the page lives. */
export const SLICE = 4000;
/** A longer line is searched in its beginning: nobody reads the rest, and a pattern could take forever on it. */
export const SEARCHED = 2000;

/** null: the text is no pattern. */
export function patternOf({ text, isRegex }: Query): RegExp | null {
  try {
    return new RegExp(isRegex ? text : text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&"), "i");
  } catch {
    return null;
  }
}

/** Indexes (from 0) of the lines of one slice that match. `text`: a line as it is seen. */
export function findInSlice(pattern: RegExp, start: number, slice: { end: number; text: (index: number) => string }) {
  const found: number[] = [];
  for (let index = start; index < slice.end; index++) if (pattern.test(slice.text(index))) found.push(index);
  return found;
}
