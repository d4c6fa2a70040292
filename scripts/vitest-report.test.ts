import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ROOT, runTool } from "./checks/command.ts";
import { unitTestsOutcome, type TestOutcome } from "./test-reports.ts";

const PLANTED = {
  "fails.test.ts":
    'describe("a group", () => test("(a) test", () => expect({ a: 1 }).toEqual({ a: 2 }))); test("well", () => {});',
  "hook.test.ts":
    'describe("a group", () => { beforeAll(() => { throw new Error("the hook\'s words"); }); test("never", () => {}); });',
  "top.test.ts": 'beforeAll(() => { throw new Error("the top hook\'s words"); }); test("never", () => {});',
  "late.test.ts": 'test("green", () => void Promise.reject(new Error("nobody caught this")));',
  "load.test.ts": 'import "./not-there"; test("never", () => {});',
  "dies.test.ts": 'test("dies", () => { process.kill(process.pid, "SIGKILL"); return new Promise(() => {}); });',
};

let folder: string;
let outcome: TestOutcome;
beforeAll(async () => {
  mkdirSync(join(ROOT, ".porter"), { recursive: true });
  // Below the project: its packages are found from there.
  folder = mkdtempSync(join(ROOT, ".porter", "planted-"));
  for (const [name, text] of Object.entries(PLANTED))
    writeFileSync(join(folder, name), `import { beforeAll, describe, expect, test } from "vitest";\n${text}\n`);
  const report = join(folder, "report.json");
  const config = `import Report from ${JSON.stringify(join(ROOT, "scripts/vitest-report.ts"))};
    export default { test: { reporters: [new Report({ path: ${JSON.stringify(report)} })], maxWorkers: 1 } };`;
  writeFileSync(join(folder, "vitest.config.ts"), config);
  expect(await runTool("vitest", ["run", "--root", folder])).toMatchObject({ ok: false });
  outcome = unitTestsOutcome(report, 1);
});
afterAll(() => rmSync(folder, { recursive: true }));

test.each([
  [
    "fails.test.ts › a group (a) test",
    "expected { a: 1 } to deeply equal { a: 2 }",
    String.raw`-t 'a group \(a\) test'`,
  ],
  ["hook.test.ts › a group", "the hook's words", "hook.test.ts"],
  ["top.test.ts", "the top hook's words", "top.test.ts"],
  ["load.test.ts", "./not-there", "load.test.ts"],
  ["outside of any test", "nobody caught this", undefined],
  ["outside of any test", "dies.test.ts", undefined],
])("%s is named with %s and what runs it again", (name, error, again) => {
  const found = outcome.failures.filter((one) => one.name.endsWith(name) && one.error.includes(error));
  expect(found).toHaveLength(1);
  expect(found[0]?.again ?? "").toContain(again ?? "");
});

test("what is well is counted, and nothing red twice", () => {
  expect(outcome).toMatchObject({ passed: 2, failed: 6 });
});
