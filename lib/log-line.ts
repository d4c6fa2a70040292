import type { LogRecord } from "./agent-protocol.ts";
import { parseJson } from "./json.ts";

/** What is text in each kind of record, besides its number and time. */
const TEXTS: Record<LogRecord["k"], readonly string[]> = {
  o: ["s"],
  e: ["s"],
  m: ["s"],
  c: ["id", "tool", "s"],
  r: ["id", "s"],
  d: ["id", "path", "s"],
  f: ["path", "s"],
  p: ["s"],
  x: ["s"],
};

const isKind = (kind: unknown): kind is LogRecord["k"] => typeof kind === "string" && Object.hasOwn(TEXTS, kind);

function isRecord(value: unknown): value is LogRecord {
  if (typeof value !== "object" || value === null) return false;
  const fields: Record<string, unknown> = { ...value };
  return (
    isKind(fields["k"]) &&
    typeof fields["n"] === "number" &&
    typeof fields["t"] === "number" &&
    TEXTS[fields["k"]].every((name) => typeof fields[name] === "string")
  );
}

/**
 * The records of a log's file, whose lines Porter wrote through its schema. The task's page reads them without that: the
 * schema library stays out of its scripts. A line of another form is left out.
 */
export const recordsOf = (text: string): LogRecord[] => text.split("\n").map(parseJson).filter(isRecord);
