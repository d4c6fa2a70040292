// `npm run test:security [-- WORDS]`: what was tried against Porter, what must come of it, and whether its test shows that,
// as a table on stdout; only the rows with WORDS in them, if some are said. Exits 1 when a row is red, or when its test did
// not run. `--mutants` takes the rows' guards out instead, one at a time in a copy of the source: each must turn its row red.
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { eachAtMost } from "../lib/concurrency.ts";
import { ROOT } from "./checks/command.ts";
import type { Abuse } from "./security/abuse.ts";
import { copySource, whileOut } from "./security/copy.ts";
import { PROMISES } from "./security/promises.ts";
import { runTests, type Shown, shownBy } from "./security/shown.ts";

// Of this run alone: two at once do not meet.
mkdirSync(join(ROOT, ".porter"), { recursive: true });
const folder = mkdtempSync(join(ROOT, ".porter", "test-security-"));
const { values, positionals } = parseArgs({
  options: { mutants: { type: "boolean", default: false } },
  allowPositionals: true,
});
const wanted = positionals.join(" ").toLowerCase();
const isWanted = ({ abuse, expected, test }: Abuse): boolean =>
  [abuse, expected, ...test].some((text) => text.toLowerCase().includes(wanted));
const rows = PROMISES.flatMap(({ abuses }) => abuses).filter(isWanted);

/** Each in a copy of the source of its own. */
const MUTANTS_AT_ONCE = 2;
const isRoot = process.getuid?.() === 0;
const WORDS: Record<Shown["is"], string> = { held: "held", red: "RED", missing: "NOT SHOWN" };

async function table(): Promise<boolean> {
  const report = await runTests(rows, { root: ROOT, report: join(folder, "report.json") });
  console.log("| abuse | expectation | result |\n| --- | --- | --- |");
  const red: string[] = [];
  let untried = 0;
  for (const row of rows) {
    const shown = shownBy(report, row);
    const isUntried = shown.is === "missing" && row.asRoot === true && !isRoot;
    console.log(`| ${row.abuse} | ${row.expected} | ${isUntried ? "not tried: only root can" : WORDS[shown.is]} |`);
    if (isUntried) untried += 1;
    else if (shown.is !== "held") red.push(`${row.abuse}: ${shown.why}\n  ${row.test.join(" › ")}`);
  }
  for (const line of red) console.log(`\n✗ ${line}`);
  const held = rows.length - red.length - untried;
  console.log(`\n${rows.length} rows, ${held} held, ${red.length} not${untried > 0 ? `, ${untried} not tried` : ""}`);
  return red.length === 0 && held > 0;
}

async function mutants(): Promise<boolean> {
  const guarded = rows.flatMap((row) => (row.guard === undefined ? [] : [{ row, guard: row.guard }]));
  const copies = Array.from({ length: MUTANTS_AT_ONCE }, (_, at) => join(folder, `copy-${at}`));
  for (const copy of copies) copySource(copy);
  console.log("| guard taken out of | abuse | its row |\n| --- | --- | --- |");
  let seen = 0;
  await eachAtMost(MUTANTS_AT_ONCE, guarded, async ({ row, guard }) => {
    const copy = copies.pop();
    if (copy === undefined) throw new Error("more mutants at once than copies");
    const run = () => runTests([row], { root: copy, report: `${copy}.json` });
    const shown = shownBy(await whileOut(copy, guard, run), row);
    copies.push(copy);
    if (shown.is === "red") seen += 1;
    console.log(
      `| \`${guard.file}\` | ${row.abuse} | ${shown.is === "red" ? "red" : `NOT SEEN (${WORDS[shown.is]})`} |`,
    );
    if (shown.is === "missing") console.log(`✗ ${shown.why}`);
  });
  console.log(`\n${guarded.length} guards taken out, ${seen} seen`);
  return seen === guarded.length && seen > 0;
}

try {
  process.exitCode = (await (values.mutants ? mutants() : table())) ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
