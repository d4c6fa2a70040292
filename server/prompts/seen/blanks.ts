import type { TextEdit } from "../edits";

/** So many blanks, or empty lines, lay something out; more push what follows them out of sight. */
const LONGEST = 60;
const TALLEST = 20;
/** Two at the end of a line break it; nobody sees that there are more. */
const BEHIND = 2;

/** Blanks that nobody sees, and those behind which nobody looks. What follows them stays. */
export function blankEdits(text: string): TextEdit[] {
  const edits: TextEdit[] = [];
  let from = 0;
  let emptyFrom: number | null = null;
  let empty = 0;
  for (const line of text.split("\n")) {
    const end = from + line.length;
    const shown = from + line.trimEnd().length;
    const isEmpty = shown === from;
    if (isEmpty) {
      emptyFrom ??= from;
      empty += 1;
    }
    if (emptyFrom !== null && (!isEmpty || end === text.length)) {
      if (empty > TALLEST)
        edits.push({ from: emptyFrom, to: from, replacement: "\n".repeat(TALLEST), what: "long run of blanks" });
      emptyFrom = null;
      empty = 0;
    }
    if (!isEmpty) {
      for (const { 0: run, index } of text.slice(from, shown).matchAll(/[ \t\u3000]+/g))
        if (run.length > LONGEST)
          edits.push({
            from: from + index,
            to: from + index + run.length,
            replacement: " ".repeat(LONGEST),
            what: "long run of blanks",
          });
    }
    if (end - shown > BEHIND) edits.push({ from: shown, to: end, replacement: " ".repeat(BEHIND), what: null });
    from = end + 1;
  }
  return edits;
}
