import { expect, test } from "vitest";
import type { LogRecord } from "@/lib/agent-protocol";
import { createLineBuffer, findLines, readLineAddress } from "./log-lines";

const out = (n: number, s: string): LogRecord => ({ n, t: n * 10, k: "o", s });
const never = new AbortController().signal;

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

test("a search finds what people see, whatever colours stand between the letters", async () => {
  const lines = [{ text: "\u001b[32mℹ\u001b[39m pass \u001b[1m216\u001b[22m" }, { text: "pass (216)" }];
  expect(await findLines(lines, { text: "ℹ pass 216", isRegex: false }, never)).toEqual([0]);
  expect(await findLines(lines, { text: "PASS (", isRegex: false }, never)).toEqual([1]);
  expect(await findLines(lines, { text: "pass \\d+$", isRegex: true }, never)).toEqual([0]);
  expect(await findLines(lines, { text: "pass (", isRegex: true }, never)).toBeNull();
});
