import { HIDDEN, QUOTED } from "../markdown/regions.ts";
import { readShown } from "../markdown/unseen.ts";
import type { MarkdownLine } from "../markdown/blocks.ts";
import { replyEnd } from "../mail/reply-end.ts";
import { MAX_COMMANDS, type ParsedMention } from "./command.ts";
import { finishCommand, isOpen, type Comment, type FoundHead } from "./finish-command.ts";
import { mentionAt, mentionPattern, type Mention } from "./mention.ts";
import { isCalled } from "./inner.ts";
import { inQuote, tooMany, unclearMention } from "./mistake.ts";
import { readHead, readInnerHead, type HeadRead } from "./read-command.ts";
import { blankSeparators, type Head } from "./words.ts";

/**
 * Finds the commands in a comment: `@<mention> [agent] [--flag=value | --flag value]… [instructions]`, or a verb.
 *
 * - At the start of a line, after at most three spaces, every mention is a command, also in an item of a list or of
 *   a task list, in a heading and in bold; inside a line only one with an agent or a verb right after it, only
 *   where Porter is called and not spoken of (`inner.ts`), and where no earlier command's instructions run.
 * - The mention stands alone: before white space, punctuation or the line's end, in any letter case. Code, quotes and
 *   whatever the page does not show hold no commands; neither does what mail programs add below a reply.
 * - Agent, flags and verb stand on the mention's line, or on the next where nothing else stands on the first.
 *   Instructions run from there to the next line that begins with a mention, verbatim. After `help`, `status` and
 *   `stop` the next line is nobody's again.
 * - Mistakes are answers, never starts; see `near-words.ts` for what counts as one. A line that begins with the
 *   mention and is no command is one, once a comment. Instructions that only end, begin again, thank or ask are read
 *   as that; see `meaning.ts`.
 *
 * `mentions` are the names that Porter answers to; answers show commands with the first.
 *
 * Never throws, and takes time linear in the comment's length.
 */
export function parseComment(body: string, options: Names): ParsedMention[] {
  const { comment, found } = findHeads(body, options);
  return found.map((one, index) => finishCommand(comment, one, { index, next: found[index + 1] }));
}

/** What a comment says before its first command: no command's instructions, and still said. */
export function wordsBeforeCommands(body: string, options: Names): string {
  const first = findHeads(body, options).found.find(({ isHint }) => !isHint);
  if (first === undefined) return "";
  return body.slice(0, first.beginsLine ? first.line.start : first.at).trimEnd();
}

type Names = { mentions: readonly string[] };

function findHeads(body: string, options: Names): { comment: Comment; found: FoundHead[] } {
  const text = body.slice(0, replyEnd(body));
  const comment: Comment = {
    body: text,
    regions: readShown(text),
    mention: options.mentions[0] ?? "",
    pattern: mentionPattern(options.mentions),
  };
  const found: FoundHead[] = [];
  const formulas = formulaLines(comment);
  for (const [index, line] of comment.regions.lines.entries()) {
    if (formulas.has(index)) continue;
    if (line.kind === "blank" || line.kind === "code" || line.footnote || (line.quoted && !line.lazy)) continue;
    if (!readLine(comment, index, found)) break;
  }
  return { comment, found };
}

/** The lines between two `$$`, which the page shows as a formula. */
function formulaLines({ body, regions }: Comment): ReadonlySet<number> {
  const inside = new Set<number>();
  let opened: number | null = null;
  for (const [index, line] of regions.lines.entries()) {
    if (line.kind !== "text" || body.slice(line.start, line.end).trim() !== "$$") continue;
    if (opened !== null) for (let at = opened; at <= index; at++) inside.add(at);
    opened = opened === null ? index : null;
  }
  return inside;
}

/** What may stand before a mention that begins its line: a heading's mark, an open task's box, emphasis. */
const LEAD = /^(?:#{1,6}[ \t]+)?(?:\[ \][ \t]+)?([*_~]{0,3})$/;
const LEAD_OF_ANY_BOX = /^(?:#{1,6}[ \t]+)?(?:\[[ xX]\][ \t]+)?([*_~]{0,3})$/;
const TICKED = /^(?:#{1,6}[ \t]+)?\[[xX]\]/;
/** Before a mention inside a line. */
const BEFORE = /[\s(，：；。！？、（]/u;

/** Adds the commands of one line; false when the comment holds too many. */
function readLine(comment: Comment, index: number, found: FoundHead[]): boolean {
  const line = comment.regions.lines[index];
  if (!line) return true;
  const raw = comment.body.slice(line.start, line.end);
  let seen: string | null = null;
  for (const match of raw.matchAll(comment.pattern)) {
    if (((comment.regions.marks[line.start + match.index] ?? 0) & ~QUOTED) !== 0) continue;
    seen ??= blankSeparators(withoutHidden(comment, line));
    const lead = leadOf(seen, { line, at: match.index });
    const end = match.index + match[0].length;
    const mention =
      raw[end] === "？"
        ? { at: match.index, headAt: end, kind: "unclear" as const }
        : mentionAt(seen, { at: match.index, end, opener: lead?.opener ?? "" });
    if (!mention) continue;
    const read = readMention(comment, { index, seen, mention, lead, isOpen: isOpen(found.at(-1)) });
    if (!read || (read.isHint && found.some((one) => one.isHint))) continue;
    const occurrence = { line, at: line.start + match.index, beginsLine: lead !== null, isHint: read.isHint };
    if (found.length === MAX_COMMANDS) {
      found.push({ ...occurrence, read: tooMany(comment.mention), restAt: line.end, lastLine: line, omit: null });
      return false;
    }
    found.push({ ...occurrence, read: read.head, restAt: read.restAt, lastLine: read.lastLine, omit: read.omit });
    if (read.lastLine !== line) break;
  }
  return true;
}

type Lead = { opener: string; isBeginning: boolean; isTicked: boolean };

/** How the line of a mention begins, if with nothing but marks; null inside a line. */
function leadOf(seen: string, { line, at }: { line: MarkdownLine; at: number }): Lead | null {
  const from = Math.min(Math.max(0, line.from - line.start), at);
  const before = seen.slice(from, at);
  const found = LEAD_OF_ANY_BOX.exec(before.trimStart());
  if (!found) return null;
  const isDeep = /^(?: {4}|[ ]{0,3}\t)/.test(before);
  const lead = before.trimStart();
  return { opener: found[1] ?? "", isBeginning: !isDeep && LEAD.test(lead), isTicked: TICKED.test(lead) };
}

type Occurrence = { index: number; seen: string; mention: Mention; lead: Lead | null; isOpen: boolean };
type Read = { head: HeadRead; restAt: number; lastLine: MarkdownLine; omit: FoundHead["omit"]; isHint: boolean };

/** Reads the command of one mention; null where it is none and says nothing. */
function readMention(comment: Comment, occurrence: Occurrence): Read | null {
  const { mention, lead, seen } = occurrence;
  const line = comment.regions.lines[occurrence.index];
  if (!line) return null;
  const head: Head = { text: seen, from: mention.headAt, mentionAt: mention.at, mention: comment.mention };
  const hint = (read: HeadRead): Read | null =>
    lead === null || occurrence.isOpen
      ? null
      : { head: read, restAt: line.end, lastLine: line, omit: null, isHint: true };
  if (line.quoted) return hint(inQuote(head));
  // What is ticked or struck out is done; a table's row shows things.
  if (mention.kind === "unclear" || lead?.isTicked || lead?.opener.includes("~") || line.row)
    return hint(unclearMention(head));
  if (lead?.isBeginning) return readBeginning(comment, { ...occurrence, head, opener: lead.opener });
  const inner = BEFORE.test(seen[mention.at - 1] ?? "") && !occurrence.isOpen ? readInnerHead(head) : null;
  if (!inner || !isCalled(inner, around(comment, { line, seen, mention, inner }))) return hint(unclearMention(head));
  return { ...ended(inner, { line, length: seen.length }), lastLine: line, omit: null, isHint: false };
}

/** Whether somebody asks for something is told by so much; a line may hold thousands of mentions. */
const MAX_LOOK = 1000;

/** What stands before a mention on its line, and behind its head up to the next line that begins with one. */
function around(
  { body, pattern }: Comment,
  { line, seen, mention, inner }: { line: MarkdownLine; seen: string; mention: Mention; inner: HeadRead },
): { before: string; rest: string } {
  const at = line.start + ("restAt" in inner ? inner.restAt : seen.length);
  const [first = "", ...lines] = body.slice(at, at + MAX_LOOK).split("\n");
  const next = lines.findIndex((text) => text.search(pattern) !== -1);
  const rest = [first, ...(next === -1 ? lines : lines.slice(0, next))].join("\n");
  return { before: seen.slice(Math.max(0, line.from - line.start), mention.at), rest };
}

const ended = (read: HeadRead, { line, length }: { line: MarkdownLine; length: number }) => ({
  head: read,
  restAt: line.start + ("restAt" in read ? read.restAt : length),
});

/** A command that begins its line. While its line holds only agent and flags, the next line may go on with it. */
function readBeginning(comment: Comment, occurrence: Occurrence & { head: Head; opener: string }): Read {
  const first = comment.regions.lines[occurrence.index];
  const closerAt = occurrence.opener === "" ? -1 : occurrence.seen.indexOf(occurrence.opener, occurrence.head.from);
  const plain = closerAt === -1 ? occurrence.seen : blanked(occurrence.seen, closerAt, occurrence.opener.length);
  let head: Head = { ...occurrence.head, text: plain };
  let read = readHead(head);
  let last = first;
  for (
    let index = occurrence.index + 1;
    first && read.kind === "start" && !read.isForced && isBare(head, read);
    index++
  ) {
    const next = comment.regions.lines[index];
    if (next?.kind === "blank") continue;
    if (next?.kind !== "text" || next.quoted || next.from !== next.start) break;
    const raw = comment.body.slice(next.start, next.end);
    if (raw.search(comment.pattern) !== -1 || (comment.regions.marks[next.start] ?? 0) !== 0) break;
    const gap = head.text + " ".repeat(next.start - first.start - head.text.length);
    const longer: Head = { ...head, text: gap + blankSeparators(withoutHidden(comment, next)) };
    const further = readHead(longer);
    if (further.kind === "start" && further.restAt <= head.text.length) break;
    [head, read, last] = [longer, further, next];
  }
  const start = first?.start ?? 0;
  const omit = closerAt === -1 ? null : { from: start + closerAt, to: start + closerAt + occurrence.opener.length };
  const line = last ?? first;
  if (!line) throw new Error("a mention outside its lines");
  return {
    head: read,
    restAt: start + ("restAt" in read ? read.restAt : head.text.length),
    lastLine: line,
    omit,
    isHint: false,
  };
}

const isBare = (head: Head, read: Extract<HeadRead, { kind: "start" }>): boolean =>
  head.text.slice(read.restAt).trim() === "";

const blanked = (text: string, from: number, length: number): string =>
  text.slice(0, from) + " ".repeat(length) + text.slice(from + length);

/** The line with its HTML comments blanked, offset by offset, so that a head reads as it looks. */
function withoutHidden(comment: Comment, line: MarkdownLine): string {
  let text = "";
  let from = line.start;
  for (let at = line.start; at < line.end; at++) {
    if (((comment.regions.marks[at] ?? 0) & HIDDEN) === 0) continue;
    text += `${comment.body.slice(from, at)} `;
    from = at + 1;
  }
  return text + comment.body.slice(from, line.end);
}
