import { expect, test } from "vitest";
import { Activity } from "./activity.ts";
import { problemOf } from "./completion.ts";
import { LineSplitter } from "./line-splitter.ts";

test("is busy while a tool call has no result", () => {
  const activity = new Activity();
  activity.take({ kind: "tool_call", id: "1", tool: "Bash", summary: "sleep 9" }, 100);
  expect(activity.busy).toBe(true);
  expect(activity.take({ kind: "tool_result", id: "1", ok: true, output: "" }, 350)).toBe(250);
  expect(activity.busy).toBe(false);
  expect(activity).toMatchObject({ steps: 1, lastStep: "sleep 9", checks: [] });
});

test("remembers checks with their last exit code, and nothing that is none", () => {
  const activity = new Activity();
  const runs: [string, boolean, number | null][] = [
    ["npm test", false, 1],
    ["`npx vitest run src`", true, null],
    ["ls -la", true, 0],
    ["cat test.txt", true, 0],
    ["pytest -q", false, null],
    ["npm test", true, 0],
  ];
  for (const [at, [summary, ok, exitCode]] of runs.entries()) {
    const id = String(at);
    activity.take({ kind: "tool_call", id, tool: "Bash", summary }, at);
    activity.take({ kind: "tool_result", id, ok, output: "", exitCode }, at);
  }
  expect(activity.checks).toEqual([
    { command: "npx vitest run src", exitCode: 0 },
    { command: "pytest -q", exitCode: null },
    { command: "npm test", exitCode: 0 },
  ]);
});

test("keeps the first hopeless fault and the last word", () => {
  const activity = new Activity();
  activity.take({ kind: "fatal", failureCode: "provider_auth", message: "one" }, 0);
  activity.take({ kind: "fatal", failureCode: "internal", message: "two" }, 0);
  activity.take({ kind: "final", text: "a", waiting: false }, 0);
  activity.take({ kind: "final", text: "b", waiting: false }, 0);
  expect(activity).toMatchObject({ fatal: { message: "one" }, final: "b" });
});

test("has the status that goes with a failure code", () => {
  expect(problemOf("timed_out").status).toBe("timed_out");
  expect(problemOf("issue_closed").status).toBe("stopped");
  expect(problemOf("agent_failed").status).toBe("failed");
});

test("puts lines together over the borders of chunks and characters", () => {
  const lines: string[] = [];
  const splitter = new LineSplitter((line) => lines.push(line));
  const bytes = Buffer.from("one\r\ntw✓o\n\nthree");
  for (const byte of bytes) splitter.push(Buffer.from([byte]));
  splitter.end();
  expect(lines).toEqual(["one", "tw✓o", "", "three"]);
});
