import { expect, test } from "vitest";
import type { LogRecord } from "@/lib/agent-protocol";
import { createLineBuffer, readLineAddress } from "./log-lines";

const out = (n: number, s: string): LogRecord => ({ n, t: n * 10, k: "o", s });

test("a line keeps its place while the log grows, and only new records are read", () => {
  const buffer = createLineBuffer();
  const first = [out(1, "one"), out(2, "two\nthree\n")];
  const before = buffer.of({ attempt: 1, records: first });
  expect(before.all.map(({ text }) => text)).toEqual(["one", "two", "three"]);
  const after = buffer.of({ attempt: 1, records: [...first, out(3, "four")] });
  expect(after.all.slice(0, 3)).toEqual(before.all);
  expect(after.all.every((line, index) => index >= 3 || line === before.all[index])).toBe(true);
  expect(after.readable).toBe(after.all);
  expect(buffer.of({ attempt: 2, records: [out(1, "again")] }).all.map(({ text }) => text)).toEqual(["again"]);
});

test("an address names lines, a range in any order, or a record's first line", () => {
  const lines = createLineBuffer().of({ attempt: 1, records: [out(1, "a\nb"), out(2, "c")] }).all;
  expect(readLineAddress("#L3", lines)).toEqual({ from: 3, to: 3 });
  expect(readLineAddress("#L9-L4", lines)).toEqual({ from: 4, to: 9 });
  expect(readLineAddress("#r2", lines)).toEqual({ from: 3, to: 3 });
  expect(readLineAddress("#r7", lines)).toBeNull();
  expect(readLineAddress("#s2", lines)).toBeNull();
});

test("the agent's own JSON is told from what is made of it, and takes no number away", () => {
  const buffer = createLineBuffer();
  const records: LogRecord[] = [
    out(1, '{"type":"system"}'),
    { n: 2, t: 20, k: "m", s: "I look." },
    out(3, `{"type":"assistant","text":"${"long ".repeat(40)}`),
    { n: 4, t: 40, k: "r", id: "1", ok: true, s: '{"answer": 42}', ms: 1 },
  ];
  const first = buffer.of({ attempt: 1, records });
  expect(first.readable.map(({ number, text }) => [number, text])).toEqual([
    [2, "I look."],
    [4, '{"answer": 42}'],
  ]);
  expect(first.all.map(({ number }) => number)).toEqual([1, 2, 3, 4]);
  expect(first.columns.all).toBeGreaterThan(200);
  expect(first.columns.readable).toBe(14);
  const next = buffer.of({ attempt: 1, records: [...records, out(5, "plain")] });
  expect(next.readable.map(({ number }) => number)).toEqual([2, 4, 5]);
  expect(readLineAddress("#r3", next.all)).toEqual({ from: 3, to: 3 });
});
