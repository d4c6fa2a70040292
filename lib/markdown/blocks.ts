import { interruptsParagraph, leafAt, listMarker, type Leaf } from "./block-starts.ts";
import { advance, atEnd, indentOf, skipIndent, startCursor, type Cursor } from "./columns.ts";

/**
 * The block structure of a GitHub comment, as CommonMark 0.31 draws it (container blocks, lazy continuation,
 * fences, indented code, HTML comment blocks), reduced to what tells prose from code and quotes. Other HTML blocks
 * read as paragraphs. `start` and `end` are offsets without the line break; `from` is where the line's own text
 * begins, after quote and list markers (of a `comment-end`, after the comment); lines of a paragraph share a `group`.
 * A `lazy` line goes on with a quote without its mark.
 */
export type MarkdownLine = {
  number: number;
  start: number;
  end: number;
  from: number;
  kind: "blank" | "text" | "code" | "comment" | "comment-end";
  quoted: boolean;
  lazy: boolean;
  group: number;
};

/** `openFence`: the fence, in no container, that the text leaves open; null when there is none. */
export type MarkdownBlocks = { lines: MarkdownLine[]; openFence: string | null };

type Container = { kind: "quote" } | { kind: "item"; indent: number; empty: boolean };
type State = { containers: Container[]; quotes: number; leaf: Leaf; group: number };

/** Deeper nesting is read as text: a line costs at most this many steps, whatever it holds. */
const MAX_DEPTH = 64;

export function readBlocks(text: string): MarkdownBlocks {
  const state: State = { containers: [], quotes: 0, leaf: { kind: "none" }, group: 0 };
  const lines: MarkdownLine[] = [];
  const breaks = /\r\n|\n|\r/g;
  let start = 0;
  for (;;) {
    const found = breaks.exec(text);
    const end = found ? found.index : text.length;
    lines.push({ number: lines.length + 1, start, end, ...readLine(state, startCursor(text, start, end)) });
    if (!found) break;
    start = breaks.lastIndex;
  }
  const open = state.leaf.kind === "fence" && state.containers.length === 0;
  return { lines, openFence: open && state.leaf.kind === "fence" ? state.leaf.mark.repeat(state.leaf.size) : null };
}

type LineRead = Pick<MarkdownLine, "from" | "kind" | "quoted" | "lazy" | "group">;

function readLine(state: State, cursor: Cursor): LineRead {
  const matched = matchContainers(state, cursor);
  const all = matched === state.containers.length;
  if (all && state.leaf.kind === "comment") return insideComment(state, cursor);
  if (atEnd(cursor)) {
    close(state, matched);
    if (state.leaf.kind === "fence") return line(state, cursor, "code");
    if (state.leaf.kind === "paragraph") state.leaf = { kind: "none" };
    return line(state, cursor, "blank");
  }
  if (all && state.leaf.kind === "fence") return insideFence(state, cursor, state.leaf);
  if (!all && state.leaf.kind === "paragraph" && !interruptsParagraph(cursor)) {
    const lazy = !state.containers.slice(0, matched).some(({ kind }) => kind === "quote");
    return { ...line(state, cursor, "text"), lazy };
  }
  close(state, matched);
  openContainers(state, cursor);
  return openLeaf(state, cursor);
}

const line = (state: State, cursor: Cursor, kind: LineRead["kind"]): LineRead => ({
  from: cursor.at,
  kind,
  quoted: state.quotes > 0,
  lazy: false,
  group: state.group,
});

function insideComment(state: State, cursor: Cursor): LineRead {
  const closing = cursor.text.indexOf("-->", cursor.at);
  if (closing === -1 || closing >= cursor.end) return line(state, cursor, "comment");
  state.leaf = { kind: "none" };
  state.group++;
  return { from: closing + 3, kind: "comment-end", quoted: state.quotes > 0, lazy: false, group: state.group };
}

function insideFence(state: State, cursor: Cursor, fence: Extract<Leaf, { kind: "fence" }>): LineRead {
  const rest = cursor.text.slice(cursor.at, cursor.end).trim();
  const closes = indentOf(cursor) < 4 && rest.length >= fence.size && rest === fence.mark.repeat(rest.length);
  const read = line(state, cursor, "code");
  if (closes) state.leaf = { kind: "none" };
  return read;
}

/** Walks the open containers that this line continues and says how many those are. */
function matchContainers(state: State, cursor: Cursor): number {
  let matched = 0;
  for (const container of state.containers) {
    if (container.kind === "item") {
      const blank = atEnd(cursor);
      // An item may begin with one blank line, not with two (CommonMark 5.2).
      if (blank ? container.empty : indentOf(cursor) < container.indent) break;
      container.empty = false;
      advance(cursor, container.indent);
    } else if (!quoteMarker(cursor)) break;
    matched++;
  }
  return matched;
}

function quoteMarker(cursor: Cursor): boolean {
  const indent = indentOf(cursor);
  if (indent > 3 || atEnd(cursor)) return false;
  const probe = { ...cursor };
  skipIndent(probe);
  if (probe.text[probe.at] !== ">") return false;
  probe.at++;
  probe.column++;
  advance(probe, 1);
  Object.assign(cursor, probe);
  return true;
}

function close(state: State, matched: number): void {
  if (matched === state.containers.length) return;
  for (const gone of state.containers.splice(matched)) if (gone.kind === "quote") state.quotes--;
  state.leaf = { kind: "none" };
}

function openContainers(state: State, cursor: Cursor): void {
  while (state.containers.length < MAX_DEPTH && !atEnd(cursor)) {
    if (quoteMarker(cursor)) {
      state.containers.push({ kind: "quote" });
      state.quotes++;
    } else {
      const item = listMarker(cursor, state.leaf);
      if (item === null) return;
      state.containers.push({ kind: "item", ...item });
    }
    state.leaf = { kind: "none" };
  }
}

function openLeaf(state: State, cursor: Cursor): LineRead {
  const leaf = leafAt(cursor, state.leaf);
  if (state.leaf.kind !== "paragraph" || leaf.kind !== "paragraph") state.group++;
  state.leaf = leaf;
  if (leaf.kind === "comment") return line(state, cursor, "comment");
  return line(state, cursor, leaf.kind === "fence" || leaf.kind === "indented" ? "code" : "text");
}
