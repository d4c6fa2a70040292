import { isEscaped } from "./is-escaped.ts";

/** What stands in brackets behind a link's text: an address and, maybe, a title that only a mouse shows. */
export const TARGET =
  /\([ \t]*\n?[ \t]*(<[^<>\n]*>|(?:[^\s()<][^\s()]*)?(?:\([^\s()]*\)[^\s()]*)*)(?:\s+("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\((?:[^()\\]|\\.)*\)))?\s*\)/y;

/** A link definition at the start of a line (CommonMark 4.7): label, address, title. */
export const DEFINITION =
  / {0,3}\[((?:[^[\]\\]|\\.){1,999})\]:[ \t]*(?:\r\n?|\n)?[ \t]*(<[^<>\r\n]*>|[^ \t\r\n()<][^ \t\r\n()]*(?:\([^ \t\r\n()]*\)[^ \t\r\n()]*)*)(?:(?:[ \t]+|[ \t]*(?:\r\n?|\n)[ \t]*)("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\((?:[^()\\]|\\.)*\)))?[ \t]*(?=[\r\n]|$)/y;

type Range = { from: number; end: number };

/**
 * Where the addresses and titles of a paragraph's links stand: nothing in them is code or HTML. Each begins at its
 * `](`, or, for a definition, at its `[`. A table's cells define nothing.
 */
export function linkTargets(text: string, lines: readonly Range[], mayDefine: boolean): Map<number, number> {
  const targets = new Map<number, number>();
  const end = lines.at(-1)?.end ?? 0;
  let defined = 0;
  let isHead = mayDefine;
  let open = 0;
  for (const line of lines) {
    // Definitions stand in front of everything else in their paragraph.
    if (isHead && line.from >= defined) {
      const to = definitionEnd(text, line.from, end);
      isHead = to !== null;
      if (to !== null) targets.set(line.from, (defined = to));
    }
    for (let at = line.from; at < line.end; at++) {
      const char = text[at];
      if ((char !== "[" && char !== "]") || isEscaped(text, at)) continue;
      if (char === "[") open++;
      else if (open > 0) {
        open--;
        const closing = text[at + 1] === "(" ? targetEnd(text, at + 1) : null;
        if (closing !== null && closing <= end) targets.set(at, closing);
      }
    }
  }
  return targets;
}

function definitionEnd(text: string, at: number, end: number): number | null {
  DEFINITION.lastIndex = at;
  return DEFINITION.test(text) && DEFINITION.lastIndex <= end ? DEFINITION.lastIndex : null;
}

function targetEnd(text: string, at: number): number | null {
  TARGET.lastIndex = at;
  return TARGET.test(text) ? TARGET.lastIndex : null;
}
