import { expect, test } from "vitest";
import type { LogRecord } from "@/lib/agent-protocol";
import { countSteps, stepsOf } from "./steps";

let n = 0;
type Bare = LogRecord extends infer R ? (R extends LogRecord ? Omit<R, "n" | "t"> : never) : never;
const record = (bare: Bare): LogRecord => ({ n: (n += 1), t: n, ...bare });
const call = (id: string, tool: string, ok = true): LogRecord[] => [
  record({ k: "c", id, tool, s: `${tool} ${id}` }),
  record({ k: "r", id, ok, s: "output", ms: 5 }),
];

test("three looks in a row become one, commands and failures stay by themselves", () => {
  const steps = stepsOf([
    ...call("1", "Read"),
    ...call("2", "Grep"),
    ...call("3", "read_file"),
    ...call("4", "Bash"),
    ...call("5", "Read"),
    ...call("6", "Read", false),
    ...call("7", "Read"),
  ]);
  expect(steps.map(({ is }) => is)).toEqual(["looks", "tool", "tool", "tool", "tool"]);
  expect(countSteps(steps)).toBe(7);
});

test("an edit belongs to its call, and without one it is a step of its own", () => {
  const records = [
    record({ k: "c", id: "e", tool: "Edit", s: "src/a.ts" }),
    record({ k: "d", id: "e", path: "src/a.ts", s: "@@ -1 +1 @@\n-a\n+b\n" }),
    record({ k: "r", id: "e", ok: true, s: "" }),
    record({ k: "d", id: "none", path: "src/a.ts", s: "@@ -1 +1 @@\n-b\n+c\n" }),
  ];
  const [first, second] = stepsOf(records);
  expect(first).toMatchObject({ is: "tool", kind: "edit", edits: [{ path: "src/a.ts" }], result: { ok: true } });
  expect(second).toMatchObject({ is: "tool", kind: "edit", summary: "src/a.ts" });
});
