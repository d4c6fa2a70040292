// `npm run check`: everything that can be told from the source alone. A check looks at what has changed since it was
// green last; `-- --all`, and CI, look at all of it: only that finds what a change has broken in another file's lint.
// `-- --only lint,types` narrows it, `--report file` writes the outcome as JSON. Prints a line a check, then the words of
// those that failed.
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { readManifest, rememberGreen, scopeSince, type FileHashes, type Scope } from "./checks/changes.ts";
import { ROOT, runTool, type CheckResult } from "./checks/command.ts";
import { checkComments } from "./checks/comments.ts";
import { checkDocuments } from "./checks/documents.ts";
import { checkGitHub } from "./checks/github.ts";
import { checkHouseWords } from "./checks/house-words.ts";
import { checkImports } from "./checks/imports.ts";
import { checkTypeNames } from "./checks/type-names.ts";
import { ensureWorkerTypes } from "./checks/worker-types.ts";
import { eachAtMost } from "../lib/concurrency.ts";

type Check = {
  /** What the check reads: a change elsewhere cannot change what it says. */
  reads: RegExp;
  /** After a change of these it looks at all files again. */
  ruledBy?: RegExp;
  run: (files: string[] | "all") => Promise<CheckResult> | CheckResult;
};

const CODE = /\.(?:ts|tsx|mjs|js)$/;
const PACKAGES = /(?:^|\/)(?:package|package-lock)\.json$|(?:^|\/)tsconfig[^/]*\.json$|^wrangler\.toml$/;
// One thread and a lazy collector: on few processors more threads parse the same files more than once.
const FRUGAL = { GOGC: "400" };
const compile = (project: string): Promise<CheckResult> =>
  runTool("tsc", ["--singleThreaded", "--project", project], { env: FRUGAL });
const either = (...patterns: RegExp[]): RegExp => new RegExp(patterns.map(({ source }) => source).join("|"));

const CHECKS: Record<string, Check> = {
  lint: {
    reads: either(CODE, PACKAGES),
    ruledBy: either(
      /^\.oxlintrc\.json$|^scripts\/checks\/(?:own-|agent-names|everyday-names|named-parameters|lint-)|^lib\/(?:agents(?:\.ts$|\/)|providers\.ts$)/,
      PACKAGES,
    ),
    run: (files) => runTool("oxlint", ["--format=unix", ...(files === "all" ? [] : files)], { env: FRUGAL }),
  },
  types: { reads: either(CODE, PACKAGES), run: () => compile("tsconfig.product.json") },
  "tool-types": { reads: either(CODE, PACKAGES), run: () => compile("tsconfig.tools.json") },
  imports: { reads: either(CODE, /^\.dependency-cruiser\.mjs$/, PACKAGES), run: checkImports },
  unused: {
    reads: either(CODE, /\.css$/, /^knip\.json$/, PACKAGES),
    run: () => runTool("knip", ["--no-progress"]),
  },
  format: {
    reads: /./,
    ruledBy: /^\.oxfmtrc\.json$|^\.gitignore$/,
    run: (files) =>
      runTool("oxfmt", ["--check", "--no-error-on-unmatched-pattern", ...(files === "all" ? ["."] : files)]),
  },
  locks: {
    reads: either(PACKAGES, /^scripts\/lock-(?:check\.mjs|stubs\.json)$/),
    run: () => runTool(process.execPath, ["scripts/lock-check.mjs"]),
  },
  github: { reads: /^\.github\/|^\.nvmrc$|^package\.json$/, run: checkGitHub },
  documents: { reads: /./, run: checkDocuments },
  words: { reads: either(CODE, /\.(?:css|json)$/), run: checkHouseWords },
  "type-names": { reads: CODE, run: checkTypeNames },
  // Everything: a file that went away is what a comment elsewhere still speaks of.
  comments: { reads: /./, run: checkComments },
};
/** At once: more of them take each other's processor, and none is done sooner. */
const LANES = 2;

type Line = CheckResult & { name: string; note: string };

const { values: options } = parseArgs({
  options: {
    all: { type: "boolean", default: process.env["CI"] === "true" },
    only: { type: "string" },
    report: { type: "string" },
  },
});

function chosenChecks(): [string, Check][] {
  const names = options.only?.split(",") ?? Object.keys(CHECKS);
  return names.map((name) => {
    const check = CHECKS[name];
    if (check === undefined) throw new Error(`no check is called ${name}: ${Object.keys(CHECKS).join(", ")}`);
    return [name, check];
  });
}

/** The files to look at, or undefined when nothing that the check reads has changed. */
function filesFor({ reads, ruledBy }: Check, scope: Scope): string[] | "all" | undefined {
  if (scope === "all") return "all";
  const changed = scope.changed.filter((path) => reads.test(path));
  if (changed.length === 0) return undefined;
  if (ruledBy !== undefined && changed.some((path) => ruledBy.test(path))) return "all";
  // What is gone is no tool's to read.
  return changed.filter((path) => existsSync(join(ROOT, path)));
}

async function timed(name: string, work: () => Promise<CheckResult> | CheckResult): Promise<Line> {
  const startedAt = performance.now();
  const result = await Promise.resolve()
    .then(work)
    .catch((error: unknown) => ({ ok: false, output: error instanceof Error ? (error.stack ?? "") : String(error) }));
  return { name, ...result, note: `${((performance.now() - startedAt) / 1000).toFixed(1).padStart(5)} s` };
}

async function runCheck(name: string, check: Check, now: FileHashes): Promise<Line> {
  const files = filesFor(check, options.all ? "all" : scopeSince(name, now));
  if (files === undefined) return { name, ok: true, output: "", note: "unchanged" };
  // A change that left nothing to read is a file that is gone.
  const line = await timed(name, () => (files.length === 0 && check.ruledBy !== undefined ? GONE : check.run(files)));
  if (line.ok) rememberGreen(name, now);
  return line;
}
const GONE: CheckResult = { ok: true, output: "" };

const chosen = chosenChecks();
const now = await readManifest();
const types = await timed("worker-types", ensureWorkerTypes);
const lines = [types];
await eachAtMost(LANES, chosen, async ([name, check], index) => {
  lines[index + 1] = await runCheck(name, check, now);
});
for (const { ok, name, note } of lines) console.log(`${ok ? "✓" : "✗"} ${name.padEnd(12)} ${note}`);
const red = lines.filter((line) => !line.ok);
for (const { name, output } of red) console.log(`\n── ${name}\n${output}`);
const [passed, failed] = [lines.length - red.length, red.length];
const failures = red.map(({ name, output }) => ({ name, output }));
if (options.report !== undefined) writeFileSync(options.report, JSON.stringify({ passed, failed, failures }));
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
