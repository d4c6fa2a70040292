import type { LogRecord } from "@/lib/agent-protocol";

/**
 * One line of the log as the page shows it. `event`: the agent's own JSON, of which the readable lines around it are
 * made. `number`: its place among all lines, from 1.
 */
export type LogLine = {
  n: number;
  t: number;
  number: number;
  is: "out" | "err" | "event" | "agent" | "porter" | "gap";
  text: string;
};
/** `readable`: without the agent's events. `columns`: about as many has the longest line of each. */
export type LogLines = {
  all: readonly LogLine[];
  readable: readonly LogLine[];
  columns: { all: number; readable: number };
};

/** What was pushed stands under Changes; it was never a line of output. */
type LineRecord = Exclude<LogRecord, { k: "f" }>;

const IS: Record<LineRecord["k"], LogLine["is"]> = {
  o: "out",
  e: "err",
  m: "agent",
  c: "agent",
  r: "out",
  d: "out",
  p: "porter",
  x: "gap",
};

const textOf = (record: LineRecord): string => {
  switch (record.k) {
    case "c":
      return `› ${record.tool} ${record.s.split("\n")[0] ?? ""}`;
    case "p":
      return `[porter] ${record.s}`;
    case "x":
      return `⋯ ${record.s}`;
    default:
      return record.s;
  }
};

export type LineBuffer = { of: (log: { attempt: number; records: readonly LogRecord[] }) => LogLines };

const NONE: readonly LogLine[] = [];
const NO_LINES: LogLines = { all: NONE, readable: NONE, columns: { all: 0, readable: 0 } };

/**
 * The lines of a growing log; only new records are turned into lines. A line's place never changes, so its number is
 * an address. A longer log gives new arrays.
 */
export function createLineBuffer(): LineBuffer {
  let attempt = -1;
  let made = 0;
  let lines = NO_LINES;
  return {
    of(log) {
      if (log.attempt !== attempt || log.records.length < made) {
        attempt = log.attempt;
        made = 0;
        lines = NO_LINES;
      }
      if (made === log.records.length) return lines;
      lines = longer(lines, log.records.slice(made));
      made = log.records.length;
      return lines;
    },
  };
}

function longer({ all, readable, columns }: LogLines, records: readonly LogRecord[]): LogLines {
  let number = all.length;
  const added = records.flatMap((record) => linesOf(record, () => (number += 1)));
  const words = added.filter(({ is }) => is !== "event");
  // A log without events is one list.
  const isOne = readable === all && words.length === added.length;
  const longest = (most: number, line: LogLine) => Math.max(most, line.text.length);
  const grown = all.concat(added);
  return {
    all: grown,
    readable: isOne ? grown : readable.concat(words),
    columns: { all: added.reduce(longest, columns.all), readable: words.reduce(longest, columns.readable) },
  };
}

const linesOf = (record: LogRecord, next: () => number): LogLine[] => {
  if (record.k === "f") return [];
  const is = isEvent(record) ? "event" : IS[record.k];
  const texts = textOf(record).replace(/\n+$/, "").split("\n");
  return texts.map((text) => ({ n: record.n, t: record.t, number: next(), is, text }));
};

/** Agents write one JSON object a line (agent-image/runner/agents); a long one comes without its end. */
const isEvent = (record: LineRecord): boolean => record.k === "o" && record.s.startsWith('{"');

/** `#L10`, `#L10-20` (lines from 1) or `#r33` (a record's first line); null for no such address. */
export function readLineAddress(hash: string, lines: readonly LogLine[]): { from: number; to: number } | null {
  const range = /^#L(\d+)(?:-L?(\d+))?$/.exec(hash);
  if (range !== null) {
    const [one, other] = [Number(range[1]), Number(range[2] ?? range[1])];
    return { from: Math.min(one, other), to: Math.max(one, other) };
  }
  const record = /^#r(\d+)$/.exec(hash);
  if (record === null) return null;
  const number = lines.find(({ n }) => n >= Number(record[1]))?.number;
  return number === undefined ? null : { from: number, to: number };
}
