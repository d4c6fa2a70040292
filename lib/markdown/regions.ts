import { readBlocks, type MarkdownLine } from "./blocks.ts";
import { closingRuns } from "./code-spans.ts";
import { isEscaped } from "./is-escaped.ts";
import { linkTargets } from "./link-targets.ts";
import { cellsOf } from "./tables.ts";
import { tagAt, type HtmlTag } from "./html-tags.ts";

/** What a character of a comment is, as bits: 0 is plain prose. */
export const CODE = 1;
export const QUOTED = 2;
/** Inside an HTML comment, which nobody sees. */
export const HIDDEN = 4;
/** Inside an HTML tag's angle brackets. */
export const TAG = 8;

/**
 * `marks` has one entry a UTF-16 unit of the text. `unclosedComment`: where an inline `<!--` without an end stands,
 * which GitHub shows as text.
 */
export type Regions = {
  lines: MarkdownLine[];
  marks: Uint8Array;
  tags: HtmlTag[];
  openFence: string | null;
  unclosedComment: number | null;
};

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
    if (line.quoted) mark(marks, QUOTED, { from: line.start, to: line.end });
  }
  const inline: Inline = { text, marks, tags: [], done: 0, unclosed: new Set(), unclosedComment: null };
  for (let first = 0; first < lines.length;) {
    let next = first + 1;
    while (next < lines.length && lines[next]?.group === lines[first]?.group) next++;
    const group = lines.slice(first, next).filter(hasProse);
    const row = group[0]?.row ? group[0] : null;
    if (row) for (const cell of cellsOf(text, row)) markInline(inline, [cell], "cell");
    else markInline(inline, group, group[0]?.kind);
    first = next;
  }
  return { lines, marks, tags: inline.tags, openFence, unclosedComment: inline.unclosedComment };
}

const hasProse = (line: MarkdownLine): boolean => line.kind === "text" || line.kind === "html";

function mark(marks: Uint8Array, bit: number, range: { from: number; to: number }): void {
  for (let at = range.from; at < range.to && at < marks.length; at++) marks[at] = (marks[at] ?? 0) | bit;
}

type Inline = {
  text: string;
  marks: Uint8Array;
  tags: HtmlTag[];
  /** Everything before is decided. */
  done: number;
  /** Elements that are not closed from here on. */
  unclosed: Set<string>;
  unclosedComment: number | null;
};

/** A paragraph or a block of HTML, where it ends, and the declarations that are not closed in it from here on. */
type Paragraph = { isBlock: boolean; end: number; unclosed: Set<string> };

/** Marks what a paragraph holds, or a block of HTML, in which backticks and backslashes are text. */
function markInline(
  inline: Inline,
  lines: readonly { from: number; end: number }[],
  kind: MarkdownLine["kind"] | "cell" | undefined,
): void {
  const isBlock = kind === "html";
  const paragraph: Paragraph = { isBlock, end: lines.at(-1)?.end ?? 0, unclosed: new Set() };
  const runs = isBlock ? [] : closingRuns(inline.text, lines);
  const targets = isBlock ? null : linkTargets(inline.text, lines, kind === "text");
  let next = 0;
  for (const line of lines) {
    for (let at = Math.max(line.from, inline.done); at < line.end;) {
      while (next < runs.length && (runs[next]?.at ?? 0) < at) next++;
      const run = runs[next]?.at === at ? runs[next] : undefined;
      const until = run
        ? markSpan(inline, run)
        : targets?.has(at)
          ? (targets.get(at) ?? at + 1)
          : inline.text[at] === "<" && (isBlock || !isEscaped(inline.text, at))
            ? markHtml(inline, at, paragraph)
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

function markHtml(inline: Inline, at: number, paragraph: Paragraph): number {
  const { text, marks } = inline;
  if (text.startsWith("<!--", at)) {
    const closing = text.indexOf("-->", at + 2);
    const end = closing === -1 ? text.length : closing + 3;
    if (closing === -1 && !paragraph.isBlock) inline.unclosedComment = at;
    mark(marks, HIDDEN, { from: at, to: end });
    return end;
  }
  const declared = declarationEnd(inline, at, paragraph);
  if (declared !== null) {
    mark(marks, HIDDEN, { from: at, to: declared });
    return declared;
  }
  const tag = tagAt(text, at);
  if (!tag || tag.to > paragraph.end) return at + 1;
  inline.tags.push(tag);
  mark(marks, TAG, tag);
  return tag.closing || !CODE_ELEMENTS.has(tag.name) ? tag.to : markElement(inline, tag);
}

/** Behind a processing instruction, a declaration or a CDATA section, which nobody sees either. */
function declarationEnd(inline: Inline, at: number, paragraph: Paragraph): number | null {
  for (const [opening, closing] of [
    ["<?", "?>"],
    ["<![CDATA[", "]]>"],
    ["<!", ">"],
  ] as const) {
    if (!inline.text.startsWith(opening, at)) continue;
    if (opening === "<!" && !/[A-Za-z]/.test(inline.text[at + 2] ?? "")) return null;
    const rest = paragraph.unclosed.has(opening) ? "" : inline.text.slice(at + opening.length, paragraph.end);
    const end = rest.indexOf(closing);
    if (end === -1) paragraph.unclosed.add(opening);
    if (end === -1 && paragraph.isBlock) return inline.text.length;
    return end === -1 ? null : at + opening.length + end + closing.length;
  }
  return null;
}

/** Marks what a closed element of code or quotation holds, and answers where its closing tag begins. */
function markElement(inline: Inline, tag: HtmlTag): number {
  if (inline.unclosed.has(tag.name)) return tag.to;
  const closing = new RegExp(`</${tag.name}\\s*>`, "gi");
  closing.lastIndex = tag.to;
  const found = closing.exec(inline.text);
  if (!found) {
    inline.unclosed.add(tag.name);
    return tag.to;
  }
  mark(inline.marks, CODE, { from: tag.to, to: found.index });
  return found.index;
}
