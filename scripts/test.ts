// `npm test`: every guarantee at the least size that shows it; a failed stage does not keep the next from reporting. The
// last line is the sum over all runners: `N passed, N failed`.
//   -- --only unit,e2e   narrows it to those stages
//   -- --ring all        (`npm run test:all`) more seeds, widths and themes, and the trials at size
//   -- --times           seconds of CPU a stage and a file; the files run one after the other for it
//   -- --under-load      beside four busy loops: a test that other work can break tells nobody anything
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join, relative } from "node:path";
import { parseArgs } from "node:util";
import { startBusyLoops } from "./busy-loops.ts";
import { ROOT } from "./checks/command.ts";
import { readFileTimes } from "./file-times.ts";
import { cpuSecondsOfTree } from "./process-times.ts";
import { runStage } from "./stage.ts";
import { browserTests, checks, exitCode, sum, unitTests, type Outcome } from "./test-reports.ts";

const BUSY_LOOPS = 4;
const FILES_TOLD = 25;
/** Half of a unit test's time is waiting. The checks read what the build writes, so nothing runs beside them. */
const BESIDE_UNIT = ["build", "e2e"];

const { values: asked } = parseArgs({
  options: {
    only: { type: "string" },
    ring: { type: "string", default: "first" },
    times: { type: "boolean", default: false },
    "under-load": { type: "boolean", default: false },
  },
});
const reports = join(ROOT, ".porter", asked["under-load"] ? "test-under-load" : "test");
const report = (name: string): string => join(reports, name);

type Output = { log: string; isQuiet: boolean };
type Stage = { title: string; run: (output: Output) => Promise<Outcome> };

const script = (output: Output, name: string, ...args: string[]): Promise<number> =>
  runStage(process.execPath, [join(ROOT, "scripts", `${name}.ts`), ...args], output);

/** A stage whose exit code is all that it says. */
const whole = (title: string, again: string, run: (output: Output) => Promise<number>): Stage => ({
  title,
  run: async (output) => exitCode(title, await run(output), again),
});

const FIRST_RING: Record<string, Stage> = {
  check: {
    title: "Checks of the source",
    run: async (output) =>
      checks(report("checks.json"), await script(output, "check", "--all", "--report", report("checks.json"))),
  },
  unit: {
    title: "Unit tests (Node) and tests on workerd",
    run: async (output) => {
      process.env["PORTER_TEST_REPORT"] = report("vitest.json");
      return unitTests(report("vitest.json"), await runStage("vitest", ["run"], output));
    },
  },
  build: whole("Build", "npm run build", (output) => script(output, "build")),
  e2e: {
    title: "Browser tests on the built Worker",
    run: async (output) => browserTests(join(ROOT, ".porter", "e2e", "report.json"), await script(output, "e2e")),
  },
};

const SECOND_RING: Record<string, Stage> = {
  ...FIRST_RING,
  faults: whole("2,000 seeded fault runs", "npm run test:faults -- --seeds 2000", (output) =>
    script(output, "test-faults", "--seeds", "2000"),
  ),
  crash: whole("The Worker killed ten times", "npm run test:crash", (output) => script(output, "test-crash")),
  storm: whole("A thousand deliveries in ten seconds", "npm run test:storm", (output) => script(output, "test-storm")),
  image: whole("The machine's image, built and started", "npm run image:check", (output) =>
    script(output, "image-check"),
  ),
  "under-load": whole("The first ring beside busy loops", "npm test -- --under-load", (output) =>
    script(output, "test", "--under-load"),
  ),
};

function chosenStages(): [string, Stage][] {
  const ring = { first: FIRST_RING, all: SECOND_RING }[asked.ring];
  if (ring === undefined) throw new Error(`no ring is called ${asked.ring}: first, all`);
  return (asked.only?.split(",") ?? Object.keys(ring)).map((name) => {
    const stage = ring[name];
    if (stage === undefined) throw new Error(`no stage is called ${name}: ${Object.keys(ring).join(", ")}`);
    return [name, stage];
  });
}

type Ended = { name: string; outcome: Outcome; wallSeconds: number; cpuSeconds: number; log: string };

async function runInTurn(stages: [string, Stage][], isQuiet: boolean): Promise<Ended[]> {
  const ended: Ended[] = [];
  for (const [name, { title, run }] of stages) {
    if (!isQuiet) console.log(`\n═══ ${title}\n`);
    const [startedAt, cpuBefore] = [performance.now(), cpuSecondsOfTree(process.pid) ?? 0];
    const log = report(`${name}.log`);
    const outcome = await run({ log, isQuiet });
    const wallSeconds = (performance.now() - startedAt) / 1000;
    ended.push({ name, outcome, wallSeconds, cpuSeconds: (cpuSecondsOfTree(process.pid) ?? 0) - cpuBefore, log });
  }
  return ended;
}

/** The browser's stages run beside the unit tests and are shown after them; one by one with `--times`, which counts by stage. */
async function runAll(stages: [string, Stage][]): Promise<Ended[]> {
  const unit = stages.findIndex(([name]) => name === "unit");
  const beside = stages.filter(([name], index) => index > unit && BESIDE_UNIT.includes(name));
  if (asked.times || unit === -1) return runInTurn(stages, false);
  const ended = await runInTurn(stages.slice(0, unit), false);
  const quiet = runInTurn(beside, true);
  ended.push(...(await runInTurn(stages.slice(unit, unit + 1), false)));
  for (const [name, { title }] of beside)
    console.log(`\n═══ ${title}, going on in ${relative(ROOT, report(`${name}.log`))}`);
  for (const one of await quiet) {
    console.log(`\n═══ ${one.name}\n`);
    process.stdout.write(readFileSync(one.log));
    ended.push(one);
  }
  return [
    ...ended,
    ...(await runInTurn(
      stages.filter((stage, index) => index > unit && !beside.includes(stage)),
      false,
    )),
  ];
}

const seconds = (value: number): string => `${value.toFixed(1).padStart(8)} s`;

function tellTimes(ended: Ended[]): void {
  console.log("\n═══ Seconds of CPU\n");
  for (const { name, cpuSeconds, wallSeconds } of ended)
    console.log(`${seconds(cpuSeconds)}  ${name} (${wallSeconds.toFixed(0)} s on the wall)`);
  console.log("");
  for (const { file, cpuSeconds } of readFileTimes(report("times.jsonl")).slice(0, FILES_TOLD))
    console.log(`${seconds(cpuSeconds)}  ${file}`);
}

/** What is red, together at the end, each with what runs it again alone. */
function tellFailures(ended: Ended[]): void {
  for (const { name, outcome, log } of ended)
    for (const failure of outcome.failures) {
      console.log(`\n✗ ${name}: ${failure.name}`);
      for (const line of failure.error.split("\n")) console.log(`    ${line}`);
      console.log(`  again: ${failure.again ?? `npm test -- --only ${name}`}`);
      console.log(`  log:   ${relative(ROOT, log)}`);
    }
}

const stages = chosenStages();
// A report of an earlier run must not be counted for a runner that died before it wrote one.
rmSync(reports, { recursive: true, force: true });
rmSync(join(ROOT, ".porter", "e2e", "report.json"), { force: true });
mkdirSync(reports, { recursive: true });
if (asked.ring === "all") process.env["PORTER_TEST_RING"] = "all";
if (asked.times) process.env["PORTER_TEST_TIMES"] = report("times.jsonl");

const endLoops = startBusyLoops(asked["under-load"] ? BUSY_LOOPS : 0);
const ended = await runAll(stages).finally(endLoops);
if (asked.times) tellTimes(ended);
tellFailures(ended);
const { passed, failed, skipped } = sum(ended.map(({ outcome }) => outcome));
console.log(`\n${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`);
process.exitCode = failed === 0 ? 0 : 1;
