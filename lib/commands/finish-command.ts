import type { MarkdownLine } from "../markdown/blocks.ts";
import type { Regions } from "../markdown/regions.ts";
import { NO_FLAGS, type Command, type ParsedMention } from "./command.ts";
import { isName } from "../mail/sign-offs.ts";
import { meaningOf } from "./meaning.ts";
import type { HeadRead } from "./read-command.ts";
import { INVISIBLE } from "./words.ts";
import { asksForWork } from "./work-words.ts";

export type Comment = { body: string; regions: Regions; mention: string; pattern: RegExp };

/**
 * A head with its place: offsets of its `@`, of its line's end and of its instructions in the comment; `lastLine` is
 * the last of its own lines, `omit` the end of the emphasis that it stands in.
 */
export type FoundHead = {
  read: HeadRead;
  line: MarkdownLine;
  lastLine: MarkdownLine;
  at: number;
  restAt: number;
  beginsLine: boolean;
  omit: { from: number; to: number } | null;
  isHint: boolean;
};

/** Whether the text after a command belongs to it until the next line that begins with a mention. */
export const isOpen = (found: FoundHead | undefined): boolean =>
  found !== undefined && (found.read.kind !== "verb" || found.read.verb === "retry");

/** The command of a head with the text that belongs to it. */
export function finishCommand(
  comment: Comment,
  found: FoundHead,
  occurrence: { index: number; next: FoundHead | undefined },
): ParsedMention {
  const { body } = comment;
  // A command inside a line ends what stands before it on that line only where nothing was open.
  const limit =
    occurrence.next === undefined
      ? body.length
      : occurrence.next.beginsLine
        ? occurrence.next.line.start
        : occurrence.next.at;
  const end = isOpen(found) ? limit : Math.min(limit, found.lastLine.end);
  const { omit } = found;
  const isOmitted = omit !== null && omit.from >= found.restAt && omit.to <= end;
  const rest = isOmitted
    ? body.slice(found.restAt, omit.from) + body.slice(omit.to, end)
    : body.slice(found.restAt, Math.max(found.restAt, end));
  return {
    ...commandOf(found.read, trimmed(rest)),
    index: occurrence.index,
    line: found.line.number,
    source: body.slice(found.at, end).trimEnd(),
  };
}

function commandOf(read: HeadRead, instructions: string): Command {
  if (read.kind === "mistake") return read;
  const { restAt: _, ...head } = read;
  if (head.kind === "start") return { ...asMeant({ ...head, instructions }) };
  const { verb, agent, taskId, priority, model, base, machine, budget } = head;
  switch (verb) {
    case "help":
    case "setup":
      return { kind: verb };
    case "status":
    case "stop":
      return { kind: verb, taskId, agent };
    case "retry":
      return {
        kind: verb,
        taskId,
        agent,
        priority,
        model,
        base,
        machine,
        budget,
        instructions: isSigned(instructions) ? "" : instructions,
      };
  }
}

/** Only the name of who says so, perhaps with a company below it. */
const isSigned = (text: string): boolean => {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  const isShort = lines.length > 0 && lines.length <= 4 && lines.every((line) => line.length <= 40);
  return isShort && isName(lines[0] ?? "") && !asksForWork(text);
};

/** Short texts that only end things or begin them again are the verbs; longer ones, thanks and questions are talk. */
function asMeant(start: Extract<Command, { kind: "start" }>): Command {
  const { agent, instructions } = start;
  const gist = start.isForced || instructions === "" ? ({ kind: "work" } as const) : meaningOf(instructions);
  switch (gist.kind) {
    case "work":
      return start;
    case "help":
      return { kind: "help" };
    case "talk":
    case "question":
      return { kind: "talk", about: gist.kind === "talk" ? "thanks" : "progress", agent, instructions };
    case "stop":
      return gist.isShort
        ? { kind: "stop", taskId: null, agent }
        : { kind: "talk", about: "verb", agent, instructions };
    case "retry":
      return gist.isShort
        ? { kind: "retry", taskId: null, agent, ...NO_FLAGS, instructions: "" }
        : { kind: "talk", about: "verb", agent, instructions };
  }
}

const SEPARATOR = `，：；。！？、،؛${INVISIBLE}`;
const LEFTOVER = new RegExp(`^(?:[\\s${SEPARATOR}]*[${SEPARATOR}]|\\s*[:,;]+(?=\\s))`, "u");

/** Without blank lines and leftover separators around it; a first line below the head keeps its indentation. */
const trimmed = (text: string): string => {
  const own = text.replace(LEFTOVER, "");
  const first = own.search(/\S/);
  if (first === -1) return "";
  const lineStart = Math.max(own.lastIndexOf("\n", first), own.lastIndexOf("\r", first)) + 1;
  return own.slice(lineStart > 0 ? lineStart : first).trimEnd();
};
