import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { browserTests, checks, sum, unitTests } from "./test-counts.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "porter-counts-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function report(content: unknown): string {
  const path = join(folder, "report.json");
  writeFileSync(path, JSON.stringify(content));
  return path;
}

const vitest = { numPassedTests: 4, numFailedTests: 0, numPendingTests: 1, numTodoTests: 0, testResults: [] };

test("a runner that wrote no report counts as a failure", () => {
  expect(unitTests(join(folder, "absent.json"), 0)).toEqual({ passed: 0, failed: 1, skipped: 0 });
  expect(browserTests(join(folder, "absent.json"), 1)).toEqual({ passed: 0, failed: 1, skipped: 0 });
});

test("a test file that did not load counts as a failure", () => {
  const path = report({ ...vitest, testResults: [{ status: "failed", assertionResults: [] }] });
  expect(unitTests(path, 1)).toEqual({ passed: 4, failed: 1, skipped: 1 });
});

test("a failing exit code is never reported as green", () => {
  expect(unitTests(report(vitest), 1).failed).toBe(1);
  expect(checks(report({ passed: 9, failed: 0 }), 1).failed).toBe(1);
});

test("a flaky browser test is a failed one", () => {
  const path = report({ stats: { expected: 2, unexpected: 1, flaky: 1, skipped: 0 } });
  expect(browserTests(path, 1)).toEqual({ passed: 2, failed: 2, skipped: 0 });
});

test("the total is the sum over all runners", () => {
  const one = { passed: 1, failed: 2, skipped: 3 };
  expect(sum([one, one])).toEqual({ passed: 2, failed: 4, skipped: 6 });
});
