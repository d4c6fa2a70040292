// What a run of Vitest came to, as `npm test` tells it: a reporter that writes numbers, and of each failure its file, its
// test and its first error. What fails outside of a test is a failure, too: a file that does not load, a hook, an error
// that nobody caught, a process that ended.
import { writeFileSync } from "node:fs";
import type { Reporter, SerializedError, TestCase, TestModule, TestSuite } from "vitest/node";
import { z } from "zod";

export const vitestReportSchema = z.object({
  passed: z.number(),
  skipped: z.number(),
  /** `test` null: outside of any; `file` null: nobody knows of which. */
  failures: z.array(z.object({ file: z.string().nullable(), test: z.string().nullable(), error: z.string() })),
});
export type VitestReport = z.infer<typeof vitestReportSchema>;
type Failure = VitestReport["failures"][number];

const textOf = ({ stack, message, cause }: SerializedError): string =>
  `${stack ?? message}${cause === undefined ? "" : `\nCaused by: ${cause.message}`}`;

/** With its groups', as Vitest looks for it (`-t`). */
const nameOf = ({ name, parent }: TestCase | TestSuite): string =>
  parent.type === "module" ? name : `${nameOf(parent)} ${name}`;

/** What went wrong around the tests of a file or a group: its loading, its hooks. */
function around(part: TestModule | TestSuite, module: TestModule): Failure[] {
  const [error] = part.errors();
  const test = part.type === "suite" ? nameOf(part) : null;
  return error === undefined ? [] : [{ file: module.relativeModuleId, test, error: textOf(error) }];
}

function failureOf(test: TestCase): Failure {
  const [error] = test.result().errors ?? [];
  return {
    file: test.module.relativeModuleId,
    test: nameOf(test),
    error: error === undefined ? "" : textOf(error),
  };
}

export default class VitestReporter implements Reporter {
  readonly #path: string;

  constructor({ path = process.env["PORTER_TEST_REPORT"] }: { path?: string | undefined } = {}) {
    if (path === undefined) throw new Error("PORTER_TEST_REPORT names no file");
    this.#path = path;
  }

  onTestRunEnd(modules: readonly TestModule[], outside: readonly SerializedError[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const inState = (state: string): TestCase[] => tests.filter((test) => test.result().state === state);
    const report: VitestReport = {
      passed: inState("passed").length,
      skipped: inState("skipped").length,
      failures: [
        ...modules.flatMap((module) =>
          [module, ...module.children.allSuites()].flatMap((part) => around(part, module)),
        ),
        ...inState("failed").map(failureOf),
        ...outside.map((error) => ({ file: null, test: null, error: textOf(error) })),
      ],
    };
    writeFileSync(this.#path, JSON.stringify(report));
  }
}
