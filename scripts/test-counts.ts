// What the runners' reports say, as numbers. A runner that ends with a failure which its report does not show (it did
// not start, a file did not load, an error outside of any test) counts as one failure: nothing red adds up to green.
import { readFileSync } from "node:fs";
import { z } from "zod";

export type Counts = { passed: number; failed: number; skipped: number };

const checkReport = z.object({ passed: z.number(), failed: z.number() });
const vitestReport = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  numPendingTests: z.number(),
  numTodoTests: z.number(),
  testResults: z.array(z.object({ status: z.string(), assertionResults: z.array(z.unknown()) })),
});
const playwrightReport = z.object({
  stats: z.object({ expected: z.number(), unexpected: z.number(), flaky: z.number(), skipped: z.number() }),
});

function read<T>(schema: z.ZodType<T>, path: string): T | undefined {
  try {
    return schema.parse(JSON.parse(readFileSync(path, "utf8")));
  } catch {
    return undefined;
  }
}

function honest(counts: Counts | undefined, exitCode: number): Counts {
  const known = counts ?? { passed: 0, failed: 1, skipped: 0 };
  return exitCode !== 0 && known.failed === 0 ? { ...known, failed: 1 } : known;
}

/** Counts of scripts/check.ts: one a check. */
export function checks(path: string, exitCode: number): Counts {
  const report = read(checkReport, path);
  return honest(report && { ...report, skipped: 0 }, exitCode);
}

/** Counts of Vitest's JSON report; a file that did not load counts as one failure. */
export function unitTests(path: string, exitCode: number): Counts {
  const report = read(vitestReport, path);
  if (report === undefined) return honest(undefined, exitCode);
  const broken = report.testResults.filter((file) => file.status === "failed" && file.assertionResults.length === 0);
  return honest(
    {
      passed: report.numPassedTests,
      failed: report.numFailedTests + broken.length,
      skipped: report.numPendingTests + report.numTodoTests,
    },
    exitCode,
  );
}

/** Counts of Playwright's JSON report; a flaky test is a failed one. */
export function browserTests(path: string, exitCode: number): Counts {
  const stats = read(playwrightReport, path)?.stats;
  return honest(
    stats && { passed: stats.expected, failed: stats.unexpected + stats.flaky, skipped: stats.skipped },
    exitCode,
  );
}

/** All runners together. */
export function sum(all: Counts[]): Counts {
  const total = { passed: 0, failed: 0, skipped: 0 };
  for (const counts of all) {
    total.passed += counts.passed;
    total.failed += counts.failed;
    total.skipped += counts.skipped;
  }
  return total;
}
