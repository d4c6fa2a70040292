import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ROOT } from "./checks/command.ts";
import { filesOf } from "./security/abuse.ts";
import { withoutGuard } from "./security/copy.ts";
import { PROMISES } from "./security/promises.ts";
import { shownBy } from "./security/shown.ts";
import { THREAT_MODEL, withPromises } from "./threat-model-page.ts";

const abuses = PROMISES.flatMap((promised) => promised.abuses);
const sourceOf = (file: string): string => readFileSync(join(ROOT, file), "utf8");

it("docs/threat-model.md promises what scripts/security lists (else: node scripts/threat-model-page.ts)", () => {
  // The formatter lines the columns up.
  const plain = (text: string): string => text.replaceAll(/ +/g, " ").replaceAll(/-{3,}/g, "---");
  const page = readFileSync(THREAT_MODEL, "utf8");
  expect(plain(page)).toBe(plain(withPromises(page)));
});

describe("what Porter promises", () => {
  it("is held by tests that are there", () => {
    for (const promised of PROMISES) {
      expect(promised.abuses, promised.promise).not.toEqual([]);
      for (const file of filesOf(promised)) expect(existsSync(join(ROOT, file)), file).toBe(true);
    }
  });

  it("was tried in at least eighty ways, each once", () => {
    expect(abuses.length).toBeGreaterThanOrEqual(80);
    const tried = PROMISES.flatMap(({ promise, abuses: of }) => of.map(({ abuse }) => `${promise} ${abuse}`));
    expect(new Set(tried).size).toBe(tried.length);
  });

  it("names each test by words of its file", () => {
    for (const { test } of abuses) {
      const [file, ...words] = test;
      const source = sourceOf(file);
      for (const word of words) {
        expect(source.includes(word), `${file}: ${word}`).toBe(true);
        // Where a case is filled in, no test has the name as it stands there.
        expect(word, file).not.toMatch(/%[sj]\b/);
      }
    }
  });

  it("names each guard by its text, which stands in its file once", () => {
    const guards = abuses.flatMap(({ guard }) => guard ?? []);
    expect(guards.length).toBeGreaterThanOrEqual(25);
    for (const guard of guards) expect(withoutGuard(sourceOf(guard.file), guard), guard.text).not.toBeNull();
  });
});

describe("a row of the table", () => {
  const row = { abuse: "a", expected: "b", test: ["x/a.test.ts", "group", "one"] } as const;
  const test = (fullName: string, status: string, failureMessages: string[] = []) => ({
    fullName,
    status,
    failureMessages,
  });
  const reportOf = (...assertionResults: ReturnType<typeof test>[]) => reportIn("/root/x/a.test.ts", assertionResults);
  const reportIn = (name: string, assertionResults: ReturnType<typeof test>[]) => ({
    testResults: [{ name, message: "", assertionResults }],
  });

  it("is held when its tests passed, and red when one failed", () => {
    expect(shownBy(reportOf(test("group one", "passed"), test("group two", "failed")), row)).toEqual({ is: "held" });
    expect(
      shownBy(
        reportOf(test("group one", "passed"), test("group one more", "failed", ["AssertionError: x\n at y"])),
        row,
      ),
    ).toEqual({ is: "red", why: "AssertionError: x" });
  });

  it.each([
    ["no report", null],
    ["no such file", { testResults: [] }],
    ["no such test", reportOf(test("group two", "passed"))],
    ["a test that was skipped", reportOf(test("group one", "skipped"))],
    ["a file of another folder", reportIn("/root/yx/a.test.ts", [test("group one", "passed")])],
  ])("is not shown by %s", (_name, report) => {
    expect(shownBy(report, row)).toMatchObject({ is: "missing" });
  });
});
