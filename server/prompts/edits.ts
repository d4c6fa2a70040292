import type { OmittedKind } from "./omissions";

/** A stretch of text that is left out, or replaced, and what it was; `count` things of that kind (1 by default). */
export type TextEdit = { from: number; to: number; replacement: string; what: OmittedKind | null; count?: number };

/**
 * Applies edits, the outermost first where they overlap; what begins in one and ends behind it goes to its end, because
 * half of it would be read as something else. A stretch that fills whole lines takes them along, so that an issue
 * template's comments leave no holes.
 */
export function applyEdits(
  text: string,
  edits: readonly TextEdit[],
  note: (what: OmittedKind, count: number) => void,
): string {
  const ordered = [...edits].sort((a, b) => a.from - b.from || b.to - a.to);
  let out = "";
  let done = 0;
  for (const edit of ordered) {
    if (edit.from < done) {
      if (edit.to > done && edit.what !== null) note(edit.what, edit.count ?? 1);
      done = Math.max(done, edit.to);
      continue;
    }
    const alone = edit.replacement.trim() === "" && fillsLines(text, edit);
    out += text.slice(done, edit.from) + (alone ? "" : edit.replacement);
    done = alone && text[edit.to] === "\n" ? edit.to + 1 : edit.to;
    if (edit.what !== null) note(edit.what, edit.count ?? 1);
  }
  return out + text.slice(done);
}

const fillsLines = (text: string, edit: TextEdit): boolean =>
  (edit.from === 0 || text[edit.from - 1] === "\n") && (edit.to === text.length || text[edit.to] === "\n");
