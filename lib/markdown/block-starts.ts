import { htmlBlockAt } from "./html-blocks.ts";
import { advanceCursor, atEnd, indentOf, skipIndent, type Cursor } from "./columns.ts";

export type Leaf =
  | { kind: "none" }
  | { kind: "paragraph" }
  | { kind: "table" }
  | { kind: "indented" }
  | { kind: "html"; closing: RegExp | null }
  | { kind: "fence"; mark: string; size: number };

const THEMATIC_BREAK = /^(?:(?:-[ \t]*){3,}|(?:_[ \t]*){3,}|(?:\*[ \t]*){3,})$/;
const HEADING = /^#{1,6}(?:[ \t]|$)/;
const SETEXT = /^(?:=+|-+)[ \t]*$/;
const LIST_MARKER = /^(?:[-+*]|(\d{1,9})[.)])(?=[ \t]|$)/;

const restOf = (cursor: Cursor): string => cursor.text.slice(cursor.at, cursor.end).replace(/^[ \t]+/, "");

/**
 * Consumes a list marker and answers the columns that later lines need to stay in the item, and whether the item
 * has no text yet; null without one.
 * An open paragraph is ended only by an item with text, numbered from 1 if at all (CommonMark 5.3).
 */
export function listMarker(cursor: Cursor, open: Leaf): { indent: number; empty: boolean } | null {
  const indent = indentOf(cursor);
  if (indent > 3) return null;
  const rest = restOf(cursor);
  const marker = LIST_MARKER.exec(rest);
  if (!marker || THEMATIC_BREAK.test(rest)) return null;
  const empty = rest.length === marker[0].length || rest.slice(marker[0].length).trim() === "";
  if (open.kind === "paragraph" && (empty || (marker[1] !== undefined && Number(marker[1]) !== 1))) return null;
  skipIndent(cursor);
  cursor.at += marker[0].length;
  cursor.column += marker[0].length;
  const padding = indentOf(cursor);
  // An empty item, or one that begins with indented code, has one column of padding.
  const own = empty || padding > 4 ? 1 : padding;
  advanceCursor(cursor, own);
  return { indent: indent + marker[0].length + own, empty };
}

const FOOTNOTE = /^\[\^(?:[^[\]\s\\]|\\[^\s]){1,999}\]:[ \t]*/;

/** Consumes the marker of a footnote's definition. */
export function footnoteMarker(cursor: Cursor): boolean {
  if (indentOf(cursor) > 3) return false;
  const marker = FOOTNOTE.exec(restOf(cursor));
  if (!marker) return false;
  skipIndent(cursor);
  const label = marker[0].trimEnd().length;
  cursor.at += label;
  cursor.column += label;
  skipIndent(cursor);
  return true;
}

/** The leaf block that begins here; a lone line (heading, break) leaves none open. */
export function leafAt(cursor: Cursor, open: Leaf): Leaf {
  const continues = open.kind === "paragraph";
  if (atEnd(cursor)) return { kind: "none" };
  if (indentOf(cursor) > 3) return continues ? { kind: "paragraph" } : { kind: "indented" };
  const rest = restOf(cursor);
  const fence = fenceAt(rest);
  if (fence) return fence;
  const html = htmlBlockAt(rest, continues);
  if (html) return { kind: "html", ...html };
  if (HEADING.test(rest) || THEMATIC_BREAK.test(rest) || (continues && SETEXT.test(rest))) return { kind: "none" };
  return { kind: "paragraph" };
}

function fenceAt(rest: string): Leaf | null {
  const mark = rest[0];
  if (mark !== "`" && mark !== "~") return null;
  let size = 0;
  while (rest[size] === mark) size++;
  if (size < 3 || (mark === "`" && rest.includes("`", size))) return null;
  return { kind: "fence", mark, size };
}

/** Whether the rest of this line begins a block, so that it does not lazily continue a paragraph of a container. */
export function interruptsParagraph(cursor: Cursor): boolean {
  if (indentOf(cursor) > 3) return false;
  if (restOf(cursor).startsWith(">") || listMarker({ ...cursor }, { kind: "none" }) !== null) return true;
  if (footnoteMarker({ ...cursor })) return true;
  // A setext underline cannot be lazy: `---` is a break here and `===` is text.
  return leafAt(cursor, { kind: "none" }).kind !== "paragraph";
}
