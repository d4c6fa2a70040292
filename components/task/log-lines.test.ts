import { expect, test } from "vitest";
import type { LogRecord } from "@/lib/agent-protocol";
import { createLineBuffer, readLineAddress } from "./log-lines";

const out = (n: number, s: string): LogRecord => ({ n, t: n * 10, k: "o", s });

test("a line keeps its place while the log grows, and only new records are read", () => {
  const buffer = createLineBuffer();
  const first = [out(1, "one"), out(2, "two\nthree\n")];
  const before = buffer.of({ attempt: 1, records: first });
  expect(before.map(({ text }) => text)).toEqual(["one", "two", "three"]);
  const after = buffer.of({ attempt: 1, records: [...first, out(3, "four")] });
  expect(after.slice(0, 3)).toEqual(before);
  expect(after.every((line, index) => index >= 3 || line === before[index])).toBe(true);
  expect(buffer.of({ attempt: 2, records: [out(1, "again")] }).map(({ text }) => text)).toEqual(["again"]);
});

test("an address names lines, a range in any order, or a record's first line", () => {
  const lines = createLineBuffer().of({ attempt: 1, records: [out(1, "a\nb"), out(2, "c")] });
  expect(readLineAddress("#L3", lines)).toEqual({ from: 3, to: 3 });
  expect(readLineAddress("#L9-L4", lines)).toEqual({ from: 4, to: 9 });
  expect(readLineAddress("#r2", lines)).toEqual({ from: 3, to: 3 });
  expect(readLineAddress("#r7", lines)).toBeNull();
  expect(readLineAddress("#s2", lines)).toBeNull();
});
