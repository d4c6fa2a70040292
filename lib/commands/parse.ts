import { HIDDEN, readRegions, type Regions } from "../markdown/regions.ts";
import type { MarkdownLine } from "../markdown/blocks.ts";
import { MAX_COMMANDS, usage, type Command, type ParsedMention } from "./command.ts";
import { readHead, readInnerHead, type Head, type HeadRead } from "./read-command.ts";

/**
 * Finds the commands in a comment: `@<mention> [agent] [--flag=value | --flag value]… [instructions]`, or a verb.
 *
 * - At the start of a line, after at most three spaces, every mention is a command; inside a line only one with an
 *   agent or a verb right after it, and only where no earlier command's instructions run (rulings 12, 14).
 * - The mention stands alone: `@porter`, `@porter,` or `@porter:` before white space or the line's end, in any
 *   letter case, after white space or `(`. Code, quotes and HTML comments hold no commands.
 * - Agent, flags and verb stand on the mention's line. Instructions run from there to the next line that begins
 *   with a mention, verbatim. After `help`, `status` and `stop` the next line is nobody's again.
 * - Mistakes are answers, never starts (rulings 15); see `near-words.ts` for what counts as one.
 *
 * `mentions` are the names that Porter answers to; answers show commands with the first.
 *
 * Never throws, and takes time linear in the comment's length.
 */
export function parseComment(body: string, options: { mentions: readonly string[] }): ParsedMention[] {
  const comment: Comment = {
    body,
    regions: readRegions(body),
    mention: options.mentions[0] ?? "",
    pattern: mentionPattern(options.mentions),
  };
  const found: Found[] = [];
  for (const line of comment.regions.lines) {
    if (line.kind === "blank" || line.kind === "code" || line.quoted) continue;
    if (!readLine(comment, line, found)) break;
  }
  return found.map((one, index) => finish(comment, one, { index, next: found[index + 1] }));
}

type Comment = { body: string; regions: Regions; mention: string; pattern: RegExp };

/** A head with its place: offsets of its `@`, of its line's end and of its instructions in the comment. */
type Found = { read: HeadRead; line: MarkdownLine; at: number; restAt: number; beginsLine: boolean };

const mentionPattern = (names: readonly string[]): RegExp =>
  new RegExp(`@(?:${names.map((name) => name.replace(/[^\w-]/g, "\\$&")).join("|")})(?:(?=\\s|$)|[,:](?=\\s|$))`, "gi");

/** Adds the commands of one line; false when the comment holds too many. */
function readLine(comment: Comment, line: MarkdownLine, found: Found[]): boolean {
  const text = comment.body.slice(line.start, line.end);
  let visible: string | null = null;
  for (const match of text.matchAll(comment.pattern)) {
    if (comment.regions.marks[line.start + match.index] !== 0) continue;
    const beginsLine = /^ {0,3}$/.test(text.slice(0, Math.min(match.index, 4)));
    if (!beginsLine && (!/[\s(]/.test(text[match.index - 1] ?? "") || isOpen(found.at(-1)))) continue;
    visible ??= withoutHidden(comment, line);
    const head = {
      text: visible,
      from: match.index + match[0].length,
      mentionAt: match.index,
      mention: comment.mention,
    };
    const read = beginsLine ? readHead(head) : readInnerHead(head);
    if (!read) continue;
    const place = { line, at: line.start + match.index, beginsLine };
    if (found.length === MAX_COMMANDS) {
      found.push({ read: tooMany(head), restAt: line.end, ...place });
      return false;
    }
    found.push({ read, restAt: line.start + ("restAt" in read ? read.restAt : visible.length), ...place });
  }
  return true;
}

/** Whether the text after a command belongs to it until the next line that begins with a mention. */
const isOpen = (found: Found | undefined): boolean =>
  found !== undefined && (found.read.kind !== "verb" || found.read.verb === "retry");

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

function tooMany(head: Head): HeadRead {
  return {
    kind: "mistake",
    code: "too_many_commands",
    what: `more than ${MAX_COMMANDS} commands`,
    suggestion: null,
    correctForm: usage(head.mention),
    asInstructions: null,
  };
}

function finish(comment: Comment, found: Found, place: { index: number; next: Found | undefined }): ParsedMention {
  const { body } = comment;
  // A command inside a line ends what stands before it on that line only where nothing was open.
  const limit = place.next === undefined ? body.length : place.next.beginsLine ? place.next.line.start : place.next.at;
  const end = isOpen(found) ? limit : Math.min(limit, found.line.end);
  const instructions = trimmed(body.slice(found.restAt, Math.max(found.restAt, end)));
  return {
    ...commandOf(found.read, instructions),
    index: place.index,
    line: found.line.number,
    source: body.slice(found.at, end).trimEnd(),
  };
}

function commandOf(read: HeadRead, instructions: string): Command {
  if (read.kind === "mistake") return read;
  const { restAt: _, ...head } = read;
  if (head.kind === "start") return { ...head, instructions };
  const { verb, agent, taskId, priority, model, base, machine } = head;
  switch (verb) {
    case "help":
      return { kind: verb };
    case "status":
    case "stop":
      return { kind: verb, taskId, agent };
    case "retry":
      return { kind: verb, taskId, agent, priority, model, base, machine, instructions };
  }
}

/** Without blank lines around it; a first line below the head keeps its indentation. */
const trimmed = (text: string): string => {
  const first = text.search(/\S/);
  if (first === -1) return "";
  const lineStart = Math.max(text.lastIndexOf("\n", first), text.lastIndexOf("\r", first)) + 1;
  return text.slice(lineStart > 0 ? lineStart : first).trimEnd();
};
