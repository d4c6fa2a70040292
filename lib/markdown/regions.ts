import { readBlocks, type MarkdownLine } from "./blocks.ts";
import { closingRuns } from "./code-spans.ts";

/** What a character of a comment is, as bits: 0 is plain prose. */
export const CODE = 1;
export const QUOTED = 2;
/** Inside an HTML comment, which nobody sees. */
export const HIDDEN = 4;
/** Inside an HTML tag's angle brackets. */
export const TAG = 8;

/** `marks` has one entry a UTF-16 unit of the text. */
export type Regions = { lines: MarkdownLine[]; marks: Uint8Array; openFence: string | null };

const TAG_PATTERN = /<\/?([a-zA-Z][a-zA-Z0-9-]*)[^<>]*>/y;
const CODE_ELEMENTS = new Set(["pre", "code", "blockquote", "script", "style", "textarea"]);

/**
 * Marks code (fenced, indented, spans, `<pre>` and `<code>`), quotes, HTML comments and tags. A comment that is
 * never closed hides the rest of the text, also where GitHub would show it: what might be hidden is no command.
 * Linear in the length of the text.
 */
export function readRegions(text: string): Regions {
  const { lines, openFence } = readBlocks(text);
  const marks = new Uint8Array(text.length);
  for (const line of lines) {
    if (line.kind === "code") mark(marks, CODE, { from: line.start, to: line.end });
    if (line.kind === "comment") mark(marks, HIDDEN, { from: line.start, to: line.end });
    if (line.kind === "comment-end") mark(marks, HIDDEN, { from: line.start, to: line.from });
    if (line.quoted) mark(marks, QUOTED, { from: line.start, to: line.end });
  }
  const inline: Inline = { text, marks, done: 0, unclosed: new Set() };
  for (let first = 0; first < lines.length;) {
    let next = first + 1;
    while (next < lines.length && lines[next]?.group === lines[first]?.group) next++;
    markInline(inline, lines.slice(first, next).filter(hasProse));
    first = next;
  }
  return { lines, marks, openFence };
}

const hasProse = (line: MarkdownLine): boolean => line.kind === "text" || line.kind === "comment-end";

function mark(marks: Uint8Array, bit: number, range: { from: number; to: number }): void {
  for (let at = range.from; at < range.to; at++) marks[at] = (marks[at] ?? 0) | bit;
}

type Inline = {
  text: string;
  marks: Uint8Array;
  /** Everything before is decided. */ done: number;
  /** Elements without a closing tag from here on. */ unclosed: Set<string>;
};

function markInline(inline: Inline, lines: readonly MarkdownLine[]): void {
  const runs = closingRuns(inline.text, lines);
  let next = 0;
  for (const line of lines) {
    for (let at = Math.max(line.from, inline.done); at < line.end;) {
      while (next < runs.length && (runs[next]?.at ?? 0) < at) next++;
      const run = runs[next]?.at === at ? runs[next] : undefined;
      const until = run
        ? markSpan(inline, run)
        : inline.text[at] === "<" && !escaped(inline.text, at)
          ? markHtml(inline, at)
          : at + 1;
      inline.done = until;
      at = until;
    }
  }
}

function markSpan(inline: Inline, run: { at: number; size: number; closesAt: number | null }): number {
  if (run.closesAt === null) return run.at + run.size;
  const end = run.closesAt;
  mark(inline.marks, CODE, { from: run.at, to: end });
  return end;
}

function markHtml(inline: Inline, at: number): number {
  const { text, marks } = inline;
  if (text.startsWith("<!--", at)) {
    const closing = text.indexOf("-->", at + 2);
    const end = closing === -1 ? text.length : closing + 3;
    mark(marks, HIDDEN, { from: at, to: end });
    return end;
  }
  TAG_PATTERN.lastIndex = at;
  const tag = TAG_PATTERN.exec(text);
  if (!tag) return at + 1;
  const end = at + tag[0].length;
  mark(marks, TAG, { from: at, to: end });
  const name = (tag[1] ?? "").toLowerCase();
  if (tag[0][1] === "/" || !CODE_ELEMENTS.has(name) || inline.unclosed.has(name)) return end;
  const closing = new RegExp(`</${name}\\s*>`, "gi");
  closing.lastIndex = end;
  const found = closing.exec(text);
  if (!found) {
    inline.unclosed.add(name);
    return end;
  }
  mark(marks, CODE, { from: end, to: found.index });
  return found.index;
}

/** An odd number of backslashes stands before `at`. */
export function escaped(text: string, at: number): boolean {
  let from = at;
  while (from > 0 && text[from - 1] === "\\") from--;
  return (at - from) % 2 === 1;
}
