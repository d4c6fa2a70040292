// `npm run check`: everything that can be told from the source alone, in seconds and all at once.
// `-- --only lint,types` narrows it, `--report file` writes the counts as JSON. Prints a line a check, then the words of
// those that failed.
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { runTool, type CheckResult } from "./checks/command.ts";
import { checkDocuments } from "./checks/documents.ts";
import { checkHouseWords } from "./checks/house-words.ts";
import { checkImports } from "./checks/imports.ts";
import { ensureWorkerTypes } from "./checks/worker-types.ts";

const CHECKS: Record<string, () => Promise<CheckResult> | CheckResult> = {
  format: () => runTool("oxfmt", ["--check", "."]),
  lint: () => runTool("oxlint", ["--format=unix"]),
  types: () => runTool("tsc", ["--project", "tsconfig.json"]),
  "tool-types": () => runTool("tsc", ["--project", "tsconfig.tools.json"]),
  imports: checkImports,
  unused: () => runTool("knip", ["--no-progress"]),
  locks: () => runTool(process.execPath, ["scripts/lock-check.mjs"]),
  documents: checkDocuments,
  words: checkHouseWords,
};

type Line = CheckResult & { name: string; durationMs: number };

async function runCheck(name: string, check: () => Promise<CheckResult> | CheckResult): Promise<Line> {
  const startedAt = performance.now();
  const result = await Promise.resolve()
    .then(check)
    .catch((error: unknown) => ({ ok: false, output: error instanceof Error ? (error.stack ?? "") : String(error) }));
  return { name, ...result, durationMs: performance.now() - startedAt };
}

const { values: options } = parseArgs({ options: { only: { type: "string" }, report: { type: "string" } } });

function chosenChecks(): [string, () => Promise<CheckResult> | CheckResult][] {
  const names = options.only?.split(",") ?? Object.keys(CHECKS);
  return names.map((name) => {
    const check = CHECKS[name];
    if (check === undefined) throw new Error(`no check is called ${name}: ${Object.keys(CHECKS).join(", ")}`);
    return [name, check];
  });
}

const chosen = chosenChecks();
const types = await runCheck("worker-types", ensureWorkerTypes);
const lines = [types, ...(await Promise.all(chosen.map(([name, check]) => runCheck(name, check))))];
for (const { ok, name, durationMs } of lines) {
  console.log(`${ok ? "✓" : "✗"} ${name.padEnd(12)} ${(durationMs / 1000).toFixed(1).padStart(5)} s`);
}
for (const { name, output } of lines.filter((line) => !line.ok)) console.log(`\n── ${name}\n${output}`);
const failed = lines.filter((line) => !line.ok).length;
const passed = lines.length - failed;
if (options.report !== undefined) writeFileSync(options.report, JSON.stringify({ passed, failed }));
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
