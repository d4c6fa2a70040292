// What the runners' reports say: numbers, and of each failure its name, its first error and the command that runs it
// again alone. A runner that ends with a failure which its report does not show (it did not start, a file did not load,
// an error outside of any test) counts as one failure: nothing red adds up to green.
import { readFileSync } from "node:fs";
import { relative } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { z } from "zod";
import { ROOT } from "./checks/command.ts";
import { readJson } from "../lib/json.ts";

/** `again` is a command line for a shell in the project's folder; without one the whole stage is to be run again. */
export type Failure = { name: string; error: string; again?: string };
export type Outcome = { passed: number; failed: number; skipped: number; failures: Failure[] };

const checkReport = z.object({
  passed: z.number(),
  failed: z.number(),
  failures: z.array(z.object({ name: z.string(), output: z.string() })),
});
const vitestReport = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  numPendingTests: z.number(),
  numTodoTests: z.number(),
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      message: z.string().default(""),
      assertionResults: z.array(
        z.object({ fullName: z.string(), status: z.string(), failureMessages: z.array(z.string()).default([]) }),
      ),
    }),
  ),
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
const playwrightReport = z.object({
  suites: z.array(browserSuite),
  stats: z.object({ expected: z.number(), unexpected: z.number(), flaky: z.number(), skipped: z.number() }),
});

const ERROR_LINES = 6;

/** The beginning of an error, without colours and without the runner's own lines. */
function firstLines(text: string, count = ERROR_LINES): string {
  const lines = stripVTControlCharacters(text).split("\n");
  return lines
    .filter((line) => line.trim() !== "" && !/^\s+at .*\/node_modules\//.test(line))
    .slice(0, count)
    .join("\n");
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

function honest(outcome: Outcome | undefined, exitCode: number): Outcome {
  if (outcome === undefined) {
    const error = `It ended with exit code ${exitCode} and left no report that can be read.`;
    return { passed: 0, failed: 1, skipped: 0, failures: [{ name: "the runner itself", error }] };
  }
  if (exitCode === 0 || outcome.failed > 0) return outcome;
  const error = `It ended with exit code ${exitCode}, though no test of its report failed.`;
  return { ...outcome, failed: 1, failures: [{ name: "the runner itself", error }] };
}

/** Exit code of a program that could not check anything on this machine, and said why. */
export const NOT_CHECKED = 77;

/** A program that has no report of its own: it is green when its exit code is 0. */
export function exitCode(name: string, code: number, again: string): Outcome {
  if (code === NOT_CHECKED) return { passed: 0, failed: 0, skipped: 1, failures: [] };
  if (code === 0) return { passed: 1, failed: 0, skipped: 0, failures: [] };
  const failures = [{ name, error: `It ended with exit code ${code}; its log says why.`, again }];
  return { passed: 0, failed: 1, skipped: 0, failures };
}

/** Outcome of scripts/check.ts: one a check. */
export function checks(path: string, code: number): Outcome {
  const report = read(checkReport, path);
  const failures = report?.failures.map(({ name, output }) => ({
    name,
    error: firstLines(output),
    again: `npm run check -- --all --only ${name}`,
  }));
  return honest(report && { ...report, skipped: 0, failures: failures ?? [] }, code);
}

/** Outcome of Vitest's JSON report; a file that did not load counts as one failure. */
export function unitTests(path: string, code: number): Outcome {
  const report = read(vitestReport, path);
  if (report === undefined) return honest(undefined, code);
  const failures = report.testResults.flatMap(({ name, status, message, assertionResults }) => {
    const file = relative(ROOT, name);
    const again = `npx vitest run ${file}`;
    if (status === "failed" && assertionResults.length === 0)
      return [{ name: file, error: firstLines(message), again }];
    return assertionResults
      .filter((test) => test.status === "failed")
      .map(({ fullName, failureMessages }) => ({
        name: `${file} › ${fullName}`,
        error: firstLines(failureMessages[0] ?? ""),
        again: `${again} -t ${quoted(literally(fullName))}`,
      }));
  });
  const failed = Math.max(failures.length, report.numFailedTests);
  const skipped = report.numPendingTests + report.numTodoTests;
  return honest({ passed: report.numPassedTests, failed, skipped, failures }, code);
}

function failedSpecs({ specs, suites = [] }: BrowserSuite): Failure[] {
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
export function browserTests(path: string, code: number): Outcome {
  const report = read(playwrightReport, path);
  if (report === undefined) return honest(undefined, code);
  const { expected, unexpected, flaky, skipped } = report.stats;
  return honest(
    { passed: expected, failed: unexpected + flaky, skipped, failures: report.suites.flatMap(failedSpecs) },
    code,
  );
}

/** All runners together. */
export function sum(all: Outcome[]): Omit<Outcome, "failures"> {
  const total = { passed: 0, failed: 0, skipped: 0 };
  for (const outcome of all) {
    total.passed += outcome.passed;
    total.failed += outcome.failed;
    total.skipped += outcome.skipped;
  }
  return total;
}
