// What the runners' reports say: numbers, and of each failure its name, its first error and the command that runs it
// again alone. A runner that ends with a failure which its report does not show (it did not start, a file did not load,
// an error outside of any test) counts as one failure: nothing red adds up to green.
import { readFileSync } from "node:fs";
import { stripVTControlCharacters } from "node:util";
import { z } from "zod";
import { readJson } from "../lib/json.ts";
import { vitestReportSchema } from "./vitest-report.ts";

/** `again` is a command line for a shell in the project's folder; without one the whole stage is to be run again. */
export type TestFailure = {
  name: string;
  error: string;
  again?: string;
  /** Why is in the stage's log alone. */
  isInLog?: true;
};
export type TestOutcome = { passed: number; failed: number; skipped: number; failures: TestFailure[] };

const checkReport = z.object({
  passed: z.number(),
  failed: z.number(),
  failures: z.array(z.object({ name: z.string(), output: z.string() })),
});
const browserSpec = z.object({
  title: z.string(),
  ok: z.boolean(),
  file: z.string(),
  tests: z.array(z.object({ results: z.array(z.object({ errors: z.array(z.object({ message: z.string() })) })) })),
});
type BrowserSuite = { title: string; specs: z.infer<typeof browserSpec>[]; suites?: BrowserSuite[] | undefined };
const browserSuite: z.ZodType<BrowserSuite> = z.object({
  title: z.string(),
  specs: z.array(browserSpec),
  get suites() {
    return z.array(browserSuite).optional();
  },
});
const browserError = z.object({ message: z.string().default("") });
const playwrightReport = z.object({
  suites: z.array(browserSuite),
  /** Outside of any test: a file that does not load, a process that ended. */
  errors: z.array(browserError).default([]),
  stats: z.object({ expected: z.number(), unexpected: z.number(), flaky: z.number(), skipped: z.number() }),
});

const ERROR_LINES = 6;
/** A failure that is no test's. */
const OUTSIDE = "outside of any test";

/** The beginning of an error, without colours and without the runner's own lines. */
function firstLines(text: string, count = ERROR_LINES): string {
  const lines = stripVTControlCharacters(text).split("\n");
  return lines
    .filter((line) => line.trim() !== "" && !/^\s+at .*\/node_modules\//.test(line))
    .slice(0, count)
    .join("\n");
}

/** The end of a log, without colours. */
export function lastLines(text: string, count: number): string[] {
  const lines = stripVTControlCharacters(text).split("\n");
  return lines.filter((line) => line.trim() !== "").slice(-count);
}

const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;
/** A pattern that means this text: both runners read their filters as regular expressions. */
const literally = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\/]/g, String.raw`\$&`);

function read<T>(schema: z.ZodType<T>, path: string): T | undefined {
  try {
    return readJson(schema, readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
}

function honest(outcome: TestOutcome | undefined, exitCode: number): TestOutcome {
  if (outcome === undefined) {
    const error = `It ended with exit code ${exitCode} and left no report that can be read.`;
    return { passed: 0, failed: 1, skipped: 0, failures: [{ name: "the runner itself", error, isInLog: true }] };
  }
  if (exitCode === 0 || outcome.failed > 0) return outcome;
  const error = `It ended with exit code ${exitCode}, though no test of its report failed.`;
  return { ...outcome, failed: 1, failures: [{ name: "the runner itself", error, isInLog: true }] };
}

/** Exit code of a program that could not check anything on this machine, and said why. */
export const NOT_CHECKED = 77;

/** A program that has no report of its own: it is green when its exit code is 0. */
export function exitCode(name: string, code: number, again: string): TestOutcome {
  if (code === NOT_CHECKED) return { passed: 0, failed: 0, skipped: 1, failures: [] };
  if (code === 0) return { passed: 1, failed: 0, skipped: 0, failures: [] };
  const error = `It ended with exit code ${code}.`;
  const failures: TestFailure[] = [{ name, error, again, isInLog: true }];
  return { passed: 0, failed: 1, skipped: 0, failures };
}

/** Outcome of scripts/check.ts: one a check. */
export function checksOutcome(path: string, code: number): TestOutcome {
  const report = read(checkReport, path);
  const failures = report?.failures.map(({ name, output }) => ({
    name,
    error: firstLines(output),
    again: `npm run check -- --all --only ${name}`,
  }));
  return honest(report && { ...report, skipped: 0, failures: failures ?? [] }, code);
}

/** Outcome of what scripts/vitest-report.ts wrote. */
export function unitTestsOutcome(path: string, code: number): TestOutcome {
  const report = read(vitestReportSchema, path);
  const failures = report?.failures.map(({ file, test, error }): TestFailure => {
    if (file === null) return { name: OUTSIDE, error: firstLines(error) };
    const again = `npx vitest run ${file}`;
    if (test === null) return { name: file, error: firstLines(error), again };
    return {
      name: `${file} › ${test}`,
      error: firstLines(error),
      again: `${again} -t ${quoted(literally(test))}`,
    };
  });
  return honest(report && { ...report, failed: report.failures.length, failures: failures ?? [] }, code);
}

function failedSpecs({ specs, suites = [] }: BrowserSuite): TestFailure[] {
  const own = specs
    .filter(({ ok }) => !ok)
    .map(({ file, title, tests }) => ({
      name: `e2e/${file} › ${title}`,
      // All of them: the first may be the page that went with the world, and the last says why the world went.
      error: firstLines(
        tests
          .flatMap(({ results }) => results.flatMap(({ errors }) => errors))
          .map(({ message }) => firstLines(message, 3))
          .join("\n"),
      ),
      again: `npm run e2e -- e2e/${file} -g ${quoted(literally(title))} --trace on`,
    }));
  return [...own, ...suites.flatMap(failedSpecs)];
}

/** Outcome of Playwright's JSON report; a flaky test is a failed one. */
export function browserTestsOutcome(path: string, code: number): TestOutcome {
  const report = read(playwrightReport, path);
  if (report === undefined) return honest(undefined, code);
  const { expected, unexpected, flaky, skipped } = report.stats;
  const outside = report.errors.map(({ message }) => ({ name: OUTSIDE, error: firstLines(message) }));
  const failures = [...report.suites.flatMap(failedSpecs), ...outside];
  return honest({ passed: expected, failed: unexpected + flaky + outside.length, skipped, failures }, code);
}

/** All runners together. */
export function sumOutcomes(all: TestOutcome[]): Omit<TestOutcome, "failures"> {
  const total = { passed: 0, failed: 0, skipped: 0 };
  for (const outcome of all) {
    total.passed += outcome.passed;
    total.failed += outcome.failed;
    total.skipped += outcome.skipped;
  }
  return total;
}
