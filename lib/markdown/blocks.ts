import { footnoteMarker, interruptsParagraph, leafAt, listMarker, type Leaf } from "./block-starts.ts";
import { isTableHead } from "./tables.ts";
import { advanceCursor, atEnd, indentOf, skipIndent, startCursor, type Cursor } from "./columns.ts";

/**
 * The block structure of a GitHub comment, as CommonMark 0.31 draws it (container blocks, lazy continuation,
 * fences, indented code, HTML, GFM's tables and footnotes), reduced to what tells prose from code and quotes. `start` and `end` are offsets
 * without the line break; `from` is where the line's own text begins, after quote and list markers; lines of a
 * paragraph or of a block of HTML share a `group`.
 * A `lazy` line goes on with a quote without its mark; a `footnote` stands in one; a `row` is a table's, and its
 * cells are apart.
 */
export type MarkdownLine = {
  number: number;
  start: number;
  end: number;
  from: number;
  kind: "blank" | "text" | "code" | "html";
  quoted: boolean;
  lazy: boolean;
  footnote: boolean;
  row: boolean;
  group: number;
};

/** `openFence`: the fence, in no container, that the text leaves open; null when there is none. */
export type MarkdownBlocks = { lines: MarkdownLine[]; openFence: string | null };

type Container = { kind: "quote" } | { kind: "item" | "footnote"; indent: number; empty: boolean };
type State = { containers: Container[]; quotes: number; leaf: Leaf; group: number; last: MarkdownLine | undefined };

/** Deeper nesting is read as text: a line costs at most this many steps, whatever it holds. */
const MAX_DEPTH = 64;

export function readBlocks(text: string): MarkdownBlocks {
  const state: State = { containers: [], quotes: 0, leaf: { kind: "none" }, group: 0, last: undefined };
  const lines: MarkdownLine[] = [];
  const breaks = /\r\n|\n|\r/g;
  let start = 0;
  for (;;) {
    const found = breaks.exec(text);
    const end = found ? found.index : text.length;
    const read = readLine(state, startCursor(text, start, end));
    state.last = { number: lines.length + 1, start, end, ...read };
    lines.push(state.last);
    if (!found) break;
    start = breaks.lastIndex;
  }
  const open = state.leaf.kind === "fence" && state.containers.length === 0;
  return { lines, openFence: open && state.leaf.kind === "fence" ? state.leaf.mark.repeat(state.leaf.size) : null };
}

type LineRead = Pick<MarkdownLine, "from" | "kind" | "quoted" | "lazy" | "footnote" | "row" | "group">;

function readLine(state: State, cursor: Cursor): LineRead {
  const matched = matchContainers(state, cursor);
  const all = matched === state.containers.length;
  if (all && state.leaf.kind === "html" && state.leaf.closing) return insideHtml(state, cursor, state.leaf.closing);
  if (atEnd(cursor)) {
    close(state, matched);
    if (state.leaf.kind === "fence") return line(state, cursor, "code");
    if (["paragraph", "html", "table"].includes(state.leaf.kind)) state.leaf = { kind: "none" };
    return line(state, cursor, "blank");
  }
  if (all && state.leaf.kind === "html") return line(state, cursor, "html");
  if (all && state.leaf.kind === "fence") return insideFence(state, cursor, state.leaf);
  if (!all && state.leaf.kind === "paragraph" && !interruptsParagraph(cursor)) {
    const lazy = !state.containers.slice(0, matched).some(({ kind }) => kind === "quote");
    return { ...line(state, cursor, "text"), lazy };
  }
  if (all && state.leaf.kind === "paragraph" && beginsTable(state, cursor)) return openTable(state, cursor);
  close(state, matched);
  openContainers(state, cursor);
  return openLeaf(state, cursor);
}

const line = (state: State, cursor: Cursor, kind: LineRead["kind"]): LineRead => ({
  from: cursor.at,
  kind,
  quoted: state.quotes > 0,
  lazy: false,
  footnote: state.containers.some(({ kind }) => kind === "footnote"),
  row: false,
  group: state.group,
});

function insideHtml(state: State, cursor: Cursor, closing: RegExp): LineRead {
  const read = line(state, cursor, "html");
  if (closing.test(cursor.text.slice(cursor.at, cursor.end))) state.leaf = { kind: "none" };
  return read;
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
    if (container.kind !== "quote") {
      const blank = atEnd(cursor);
      // An item may begin with one blank line, not with two (CommonMark 5.2).
      if (blank ? container.empty : indentOf(cursor) < container.indent) break;
      container.empty = false;
      advanceCursor(cursor, container.indent);
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
  advanceCursor(probe, 1);
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
    } else if (footnoteMarker(cursor)) state.containers.push({ kind: "footnote", indent: 4, empty: false });
    else {
      const item = listMarker(cursor, state.leaf);
      if (item === null) return;
      state.containers.push({ kind: "item", ...item });
    }
    state.leaf = { kind: "none" };
  }
}

const beginsTable = ({ last }: State, cursor: Cursor): boolean =>
  last !== undefined &&
  !last.lazy &&
  indentOf(cursor) <= 3 &&
  isTableHead(cursor.text.slice(last.from, last.end), cursor.text.slice(cursor.at, cursor.end));

/** The line before is the head of a table, each of whose rows stands for itself. */
function openTable(state: State, cursor: Cursor): LineRead {
  state.leaf = { kind: "table" };
  if (state.last) Object.assign(state.last, { row: true, group: ++state.group });
  state.group++;
  return { ...line(state, cursor, "text"), row: true };
}

function openLeaf(state: State, cursor: Cursor): LineRead {
  const leaf = leafAt(cursor, state.leaf);
  if (state.leaf.kind === "table" && leaf.kind === "paragraph") {
    state.group++;
    return { ...line(state, cursor, "text"), row: true };
  }
  if (state.leaf.kind !== "paragraph" || leaf.kind !== "paragraph") state.group++;
  state.leaf = leaf;
  if (leaf.kind === "html") return leaf.closing ? insideHtml(state, cursor, leaf.closing) : line(state, cursor, "html");
  return line(state, cursor, leaf.kind === "fence" || leaf.kind === "indented" ? "code" : "text");
}
