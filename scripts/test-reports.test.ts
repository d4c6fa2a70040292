import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import {
  browserTestsOutcome,
  checksOutcome,
  exitCode,
  NOT_CHECKED,
  sumOutcomes,
  unitTestsOutcome,
} from "./test-reports.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "porter-reports-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function report(content: unknown): string {
  const path = join(folder, "report.json");
  writeFileSync(path, JSON.stringify(content));
  return path;
}

const vitest = { passed: 4, skipped: 1, failures: [] };

test("a runner that wrote no report counts as a failure", () => {
  expect(unitTestsOutcome(join(folder, "absent.json"), 0)).toMatchObject({ passed: 0, failed: 1, skipped: 0 });
  expect(browserTestsOutcome(join(folder, "absent.json"), 1)).toMatchObject({ passed: 0, failed: 1, skipped: 0 });
});

test("a failing exit code is never reported as green", () => {
  expect(unitTestsOutcome(report(vitest), 1).failed).toBe(1);
  expect(checksOutcome(report({ passed: 9, failed: 0, failures: [] }), 1).failed).toBe(1);
  expect(exitCode("crash", 1, "npm run test:crash").failed).toBe(1);
});

test("what could not be checked here is neither green nor red", () => {
  expect(exitCode("image", NOT_CHECKED, "npm run image:check")).toMatchObject({ passed: 0, failed: 0, skipped: 1 });
});

test("a flaky browser test is a failed one", () => {
  const stats = { expected: 2, unexpected: 1, flaky: 1, skipped: 0 };
  expect(browserTestsOutcome(report({ suites: [], stats }), 1)).toMatchObject({ passed: 2, failed: 2, skipped: 0 });
});

test("a failed test is named with its first error and a command that a shell reads as meant", () => {
  const name = "what's (left) costs $5";
  const error = "AssertionError: \u001B[31mno\u001B[39m\n    at x";
  const path = report({ ...vitest, failures: [{ file: "lib/a.test.ts", test: name, error }] });
  const [failure, ...others] = unitTestsOutcome(path, 1).failures;
  expect(others).toEqual([]);
  expect(failure).toMatchObject({ name: `lib/a.test.ts › ${name}`, error: "AssertionError: no\n    at x" });
  const words = execFileSync("sh", ["-c", `printf '%s\\n' ${failure?.again ?? ""}`], { encoding: "utf8" });
  const pattern = words.trimEnd().split("\n").at(-1) ?? "";
  expect(new RegExp(pattern).test("what's (left) costs $5")).toBe(true);
  expect(new RegExp(pattern).test("what's left costs 5")).toBe(false);
});

test("a failed browser test is found however deep its group is", () => {
  const tests = [{ results: [{ errors: [{ message: "Error: not there" }] }] }];
  const spec = { title: "a page", ok: false, file: "a.spec.ts", tests };
  const suites = [{ title: "a.spec.ts", specs: [], suites: [{ title: "group", specs: [spec] }] }];
  const stats = { expected: 0, unexpected: 1, flaky: 0, skipped: 0 };
  expect(browserTestsOutcome(report({ suites, stats }), 1).failures).toEqual([
    {
      name: "e2e/a.spec.ts › a page",
      error: "Error: not there",
      again: "npm run e2e -- e2e/a.spec.ts -g 'a page' --trace on",
    },
  ]);
});

test("what stops the browser tests before any of them is told", () => {
  const stats = { expected: 0, unexpected: 0, flaky: 0, skipped: 0 };
  const errors = [{ message: "Error: Cannot find module './gone'" }];
  expect(browserTestsOutcome(report({ suites: [], stats, errors }), 1)).toMatchObject({
    failed: 1,
    failures: [{ name: "outside of any test", error: "Error: Cannot find module './gone'" }],
  });
});

test("the total is the sum over all runners", () => {
  const one = { passed: 1, failed: 2, skipped: 3, failures: [] };
  expect(sumOutcomes([one, one])).toEqual({ passed: 2, failed: 4, skipped: 6 });
});
