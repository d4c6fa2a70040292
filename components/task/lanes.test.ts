import { expect, test } from "vitest";
import type { LogRecord } from "@/lib/agent-protocol";
import { lanesOf } from "./lanes";

const numbered = (records: object[]): LogRecord[] =>
  records.map((record, index) => ({ n: index + 1, s: "", ...record }) as LogRecord);
const working = { k: "p", phase: "working", t: 1000 };
const call = (id: string, t: number) => ({ k: "c", tool: "Bash", id, t });
const result = (id: string, t: number, ms?: number) => ({
  k: "r",
  ok: true,
  id,
  t,
  ...(ms === undefined ? {} : { ms }),
});

test("time belongs to tools while one runs, however many side by side, else to the model", () => {
  const records = numbered([
    { k: "p", phase: "cloning", t: 0 },
    working,
    call("a", 2000),
    call("b", 2500),
    result("a", 4000),
    result("b", 5000),
    // opencode tells of a call when it has ended.
    call("c", 8000),
    result("c", 8000, 1500),
    { k: "p", phase: "pushing", t: 10_000 },
    { k: "o", t: 99_000 },
  ]);
  expect(lanesOf(records)).toEqual({
    from: 1000,
    to: 10_000,
    tools: [
      [2000, 5000],
      [6500, 8000],
    ],
    toolMs: 4500,
  });
});

test("a call without a result runs still", () => {
  expect(lanesOf(numbered([working, call("a", 2000), { k: "o", t: 6000 }]))).toMatchObject({ tools: [[2000, 6000]] });
  expect(lanesOf(numbered([{ k: "p", phase: "cloning", t: 0 }]))).toBeNull();
});
