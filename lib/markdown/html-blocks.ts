import { BLOCK_ELEMENTS, STRICT_TAG } from "./html-tags.ts";

/** How a block of HTML ends: behind the line that holds `closing`, or, with null, before a blank line. */
export type HtmlBlock = { closing: RegExp | null };

/** Starts that have an end of their own (CommonMark 4.6, kinds 1 to 5). */
const CLOSED: readonly (readonly [start: RegExp, closing: RegExp])[] = [
  [/^<(?:script|pre|style|textarea)(?:[ \t>]|$)/i, /<\/(?:script|pre|style|textarea)>/i],
  [/^<!--/, /-->/],
  [/^<\?/, /\?>/],
  [/^<![A-Za-z]/, />/],
  [/^<!\[CDATA\[/, /\]\]>/],
];
const NAME = /^<\/?([A-Za-z][A-Za-z0-9-]*)(?:[ \t]|\/?>|$)/;
const RAW = /^<(?:script|pre|style|textarea)\b/i;

/**
 * The block of HTML that a line begins, without its indentation; null for none. A tag that is no block element and
 * stands alone on its line does not end a paragraph.
 */
export function htmlBlockAt(rest: string, continuesParagraph: boolean): HtmlBlock | null {
  if (!rest.startsWith("<")) return null;
  const closed = CLOSED.find(([start]) => start.test(rest));
  if (closed) return { closing: closed[1] };
  const name = NAME.exec(rest)?.[1]?.toLowerCase();
  if (RAW.test(rest)) return null;
  if (name !== undefined && BLOCK_ELEMENTS.has(name) && !RAW.test(`<${name}`)) return { closing: null };
  if (continuesParagraph) return null;
  STRICT_TAG.lastIndex = 0;
  const tag = STRICT_TAG.exec(rest);
  return tag && rest.slice(STRICT_TAG.lastIndex).trim() === "" ? { closing: null } : null;
}
