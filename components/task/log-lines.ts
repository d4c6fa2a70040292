import type { LogRecord } from "@/lib/agent-protocol";

/** One line of the log as the page shows it. */
export type LogLine = { n: number; t: number; is: "out" | "err" | "agent" | "porter" | "gap"; text: string };

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

export type LineBuffer = { of: (log: { attempt: number; records: readonly LogRecord[] }) => readonly LogLine[] };

/**
 * The lines of a growing log; only new records are turned into lines. A line's place never changes, so its number is
 * an address. A longer log gives a new array.
 */
export function createLineBuffer(): LineBuffer {
  let attempt = -1;
  let made = 0;
  let lines: LogLine[] = [];
  return {
    of(log) {
      if (log.attempt !== attempt || log.records.length < made) {
        attempt = log.attempt;
        made = 0;
        lines = [];
      }
      if (made === log.records.length) return lines;
      lines = lines.concat(log.records.slice(made).flatMap(linesOf));
      made = log.records.length;
      return lines;
    },
  };
}

const linesOf = (record: LogRecord): LogLine[] =>
  record.k === "f"
    ? []
    : textOf(record)
        .replace(/\n+$/, "")
        .split("\n")
        .map((text) => ({ n: record.n, t: record.t, is: IS[record.k], text }));

/** `#L10`, `#L10-20` (lines from 1) or `#r33` (a record's first line); null for no such address. */
export function readLineAddress(hash: string, lines: readonly LogLine[]): { from: number; to: number } | null {
  const range = /^#L(\d+)(?:-L?(\d+))?$/.exec(hash);
  if (range !== null) {
    const [one, other] = [Number(range[1]), Number(range[2] ?? range[1])];
    return { from: Math.min(one, other), to: Math.max(one, other) };
  }
  const record = /^#r(\d+)$/.exec(hash);
  if (record === null) return null;
  const place = lines.findIndex(({ n }) => n >= Number(record[1]));
  return place < 0 ? null : { from: place + 1, to: place + 1 };
}
