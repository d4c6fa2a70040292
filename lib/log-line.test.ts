import { expect, test } from "vitest";
import { type LogRecord, logRecordSchema } from "./agent-protocol.ts";
import { recordsOf } from "./log-line.ts";

const at = { n: 1, t: 2, s: "text" };
const EVERY: LogRecord[] = [
  { ...at, k: "o" },
  { ...at, k: "e" },
  { ...at, k: "m" },
  { ...at, k: "c", id: "1", tool: "bash" },
  { ...at, k: "r", id: "1", ok: true },
  { ...at, k: "d", id: "1", path: "a.ts" },
  { ...at, k: "f", path: "a.ts" },
  { ...at, k: "p" },
  { ...at, k: "x", dropped: 1 },
];

test("every kind of record that the schema takes is read, and nothing else", () => {
  const kinds = logRecordSchema.options.map(({ shape }) => shape.k.value);
  expect(EVERY.map(({ k }) => k).toSorted()).toEqual(kinds.toSorted());
  const lines = EVERY.map((record) => JSON.stringify(record));
  expect(recordsOf(`${lines.join("\n")}\n`)).toEqual(EVERY);
  for (const wrong of ["", "{", "null", "[]", '{"k":"z","n":1,"t":1,"s":""}', '{"k":"c","n":1,"t":1,"s":""}'])
    expect(recordsOf(`${wrong}\n${lines[0]}`)).toEqual(EVERY.slice(0, 1));
});
