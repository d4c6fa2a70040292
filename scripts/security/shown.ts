// Runs the tests that the table names, and says of each row what came of them.
import { readFileSync, rmSync } from "node:fs";
import { z } from "zod";
import { readJson } from "../../lib/json.ts";
import { runTool } from "../checks/command.ts";
import type { Abuse } from "./abuse.ts";

/** `missing`: no test of this name ran, so nothing was shown. */
export type Shown = { is: "held" } | { is: "red" | "missing"; why: string };

/** Of Vitest's own report as JSON. */
const reportSchema = z.object({
  testResults: z.array(
    z.object({
      name: z.string(),
      message: z.string().default(""),
      assertionResults: z.array(
        z.object({ fullName: z.string(), status: z.string(), failureMessages: z.array(z.string()).nullish() }),
      ),
    }),
  ),
});
export type TestReport = z.infer<typeof reportSchema>;

const literally = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\/]/g, String.raw`\$&`);
/** All words, in any order. */
const patternOf = ([, ...words]: Abuse["test"]): string =>
  words.map((word) => String.raw`(?=[\s\S]*${literally(word)})`).join("");

/** Runs the tests of these rows in the project at `root`, and no other; the report lies at `report` afterwards. */
export async function runTests(
  rows: readonly Abuse[],
  { root, report }: { root: string; report: string },
): Promise<TestReport | null> {
  const files = [...new Set(rows.map(({ test: [file] }) => file))];
  const pattern = [...new Set(rows.map(({ test }) => `^${patternOf(test)}`))].join("|");
  const args = ["run", ...files, "-t", pattern, "--reporter=json", `--outputFile=${report}`];
  rmSync(report, { force: true });
  await runTool("vitest", args, { cwd: root });
  try {
    return readJson(reportSchema, readFileSync(report, "utf8"));
  } catch {
    return null;
  }
}

/** What the report says of the row's tests: one that failed is red, and none that passed shows nothing. */
export function shownBy(report: TestReport | null, { test: [file, ...words] }: Abuse): Shown {
  const found = report?.testResults.filter(({ name }) => name.endsWith(`/${file}`)) ?? [];
  const tests = found
    .flatMap(({ assertionResults }) => assertionResults)
    .filter(({ fullName }) => words.every((word) => fullName.includes(word)));
  const failed = tests.find(({ status }) => status === "failed");
  if (failed !== undefined) return { is: "red", why: firstLine(failed.failureMessages?.[0] ?? "") };
  if (tests.some(({ status }) => status === "passed")) return { is: "held" };
  const [said = ""] = found.map(({ message }) => message).filter((message) => message !== "");
  return { is: "missing", why: said === "" ? `no test “${words.join(" … ")}” ran` : firstLine(said) };
}

const firstLine = (text: string): string => text.split("\n", 1)[0]?.trim() ?? "";
