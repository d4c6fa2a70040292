import { readBlocks, type MarkdownLine } from "../markdown/blocks.ts";
import { isAttribution } from "./attribution.ts";
import { beginsHeaderBlock, hasAllHeaders, isHeader } from "./header-block.ts";
import {
  announcesOriginal,
  betweenDashes,
  isDash,
  isGreeting,
  isName,
  isSignedGreeting,
  isSignOff,
} from "./sign-offs.ts";

/** An attribution that a mail program wrapped takes at most so many lines. */
const WRAPPED = 3;

/**
 * Where what a person wrote in a mail ends: in front of the signature, of "Sent from my …", of GitHub's own footer,
 * and of the original with the line or block above it, quoted or not. The whole length for any other comment. What
 * stands below a quoted original is the person's again, so that quote stays.
 */
export function replyEnd(body: string): number {
  const { lines } = readBlocks(body);
  const texts = lines.map((line) => body.slice(line.start, line.end));
  const isOwn = (index: number): boolean => {
    const line = lines[index];
    return line !== undefined && line.kind !== "code" && line.kind !== "blank" && !isQuoted(line, texts[index] ?? "");
  };
  let end = lines.length;
  for (let index = 0; index < end; index++) {
    const from = isOwn(index)
      ? additionAt(texts, index, isOwn)
      : (indentedHeadersAt(texts, index) ?? quotedOriginalAt(texts, index));
    if (from === null) continue;
    if (from.isAttribution && hasOwnBelowQuote(index + 1, { end, isOwn, texts, lines })) continue;
    end = from.first;
  }
  end = greetingAt(texts, isOwn, end) ?? end;
  while (end > 0 && (texts[end - 1] ?? "").trim() === "") end--;
  if (end === lines.length) return body.length;
  return lines[end - 1]?.end ?? 0;
}

/** Lines that a name, a company and a telephone number take below a greeting; none of them is long. */
const SIGNATURE = { lines: 5, length: 60 };

/** What somebody still wants to say below their name. */
const POSTSCRIPT = /^(?:P\.? ?S\.?|N\.? ?B\.?|Nachtrag|PD)\s?[:.\s]/iu;

/** Where "Best regards," stands with only a name and its like below. */
function greetingAt(texts: readonly string[], isOwn: (index: number) => boolean, end: number): number | null {
  let below = 0;
  for (let index = end - 1; index >= 0 && below <= SIGNATURE.lines; index--) {
    const text = (texts[index] ?? "").trim();
    if (text === "") continue;
    if (below > 0 && isOwn(index) && isGreeting(text)) return index;
    if (below === 0 && isOwn(index) && isSignedGreeting(text)) return index;
    if (below === 1 && isDash(text) && isName(lastOf(texts, end))) return index;
    if (POSTSCRIPT.test(text)) return null;
    if (text.length > SIGNATURE.length || !/^[\p{L}\p{N}+(*_]/u.test(text)) return null;
    below++;
  }
  return null;
}

const lastOf = (texts: readonly string[], end: number): string =>
  texts.slice(0, end).findLast((text) => text.trim() !== "") ?? "";

/** A line with the quote's own mark; one that only continues a quote may be the person's. */
const isQuoted = (line: MarkdownLine, text: string): boolean => line.quoted && text.trimStart().startsWith(">");

type Addition = { first: number; isAttribution: boolean };

/** What a mail program adds, if it begins on this line, or above it where it was wrapped. */
function additionAt(texts: readonly string[], index: number, isOwn: (index: number) => boolean): Addition | null {
  const text = texts[index] ?? "";
  const above = texts[index - 1]?.trim() ?? "";
  if (isSignature(text, above, index) || isSignatureMark(texts, index)) return { first: index, isAttribution: false };
  if (announcesOriginal(text) || isRuledOriginal(texts, index)) return { first: index, isAttribution: false };
  if (isSignOff(text)) return { first: above === "—" || above === "--" ? index - 1 : index, isAttribution: false };
  if (beginsHeaderBlock(texts, index)) return { first: index, isAttribution: false };
  for (let first = index; first > index - WRAPPED && isOwn(first) && !/^\s*@/.test(texts[first] ?? ""); first--)
    if (isAttribution(texts.slice(first, index + 1).join(" "))) return { first, isAttribution: true };
  return null;
}

/** The head of an original that a mail program set in with tabs: Markdown takes it for code, so all of it is asked for. */
function indentedHeadersAt(texts: readonly string[], index: number): Addition | null {
  const isHead = /^(?:\t| {4})/.test(texts[index] ?? "") && hasAllHeaders(texts, index);
  return isHead ? { first: index, isAttribution: false } : null;
}

/** A quote that begins with the line above an original: all of it is the original. */
function quotedOriginalAt(texts: readonly string[], index: number): Addition | null {
  const quoted = (at: number): string | null => /^ {0,3}>[ \t]?(?!>)(.*)$/u.exec(texts[at] ?? "")?.[1] ?? null;
  if (quoted(index) === null || quoted(index - 1) !== null) return null;
  for (let last = index, text = ""; last < index + WRAPPED && quoted(last) !== null; last++) {
    text += ` ${quoted(last)}`;
    if (isAttribution(text) || announcesOriginal(text)) return { first: index, isAttribution: true };
  }
  return null;
}

/** `---- On … wrote ----`, and words between dashes, whatever they say, above the head of a mail. */
function isRuledOriginal(texts: readonly string[], index: number): boolean {
  const words = betweenDashes(texts[index] ?? "");
  if (words === null) return false;
  const next = texts.slice(index + 1, index + 4).find((text) => text.trim() !== "") ?? "";
  return isAttribution(`${words}:`) || isHeader(next);
}

/** RFC 3676's `-- `; the blank at its end is often lost, and then a blank line stands above it. */
const isSignature = (text: string, above: string, index: number): boolean =>
  text === "-- " || (text.trimEnd() === "--" && index > 0 && above === "");

/** The same without a blank line above it, where only a name and its like are below. */
function isSignatureMark(texts: readonly string[], index: number): boolean {
  if (texts[index]?.trimEnd() !== "--" || index === 0) return false;
  const below = texts.slice(index + 1).filter((text) => text.trim() !== "");
  return below.length <= SIGNATURE.lines && isName(below[0] ?? "");
}

type Below = {
  end: number;
  isOwn: (index: number) => boolean;
  texts: readonly string[];
  lines: readonly MarkdownLine[];
};

/** Whether a quote follows and then, after a blank line, words that are no quote: a reply below its original. */
function hasOwnBelowQuote(from: number, { end, isOwn, texts, lines }: Below): boolean {
  let index = from;
  while (index < end && (texts[index] ?? "").trim() === "") index++;
  if (!lines[index]?.quoted) return false;
  for (; index < end; index++)
    if (isOwn(index) && !lines[index]?.quoted && additionAt(texts, index, isOwn) === null) return true;
  return false;
}
