// `npm test`: every guarantee at the least size that shows it; a failed stage does not keep the next from reporting. The
// build and its browser tests run beside the checks and the unit tests. The last line is the sum over all runners: `N passed, N failed`.
//   -- --only unit,e2e   narrows it to those stages
//   -- --shard 1/3       one of three machines that share the tests; what cannot be shared out runs in the first part
//   -- --ring all        (`npm run test:all`) more seeds, widths and themes, and the trials at size
//   -- --times           seconds of CPU a stage and a file; the files run one after the other for it
//   -- --under-load      beside four busy loops: a test that other work can break tells nobody anything
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join, relative } from "node:path";
import { PassThrough, type Writable } from "node:stream";
import { finished } from "node:stream/promises";
import { parseArgs } from "node:util";
import { startBusyLoops } from "./busy-loops.ts";
import { ROOT } from "./checks/command.ts";
import { readFileTimes } from "./file-times.ts";
import { cpuSecondsOfTree } from "./process-times.ts";
import { readShard, runsInShard, shardArguments } from "./shard.ts";
import { runStage, type StageOutput } from "./stage.ts";
import {
  browserTestsOutcome,
  checksOutcome,
  exitCode,
  lastLines,
  sumOutcomes,
  unitTestsOutcome,
  type TestOutcome,
} from "./test-reports.ts";

const BUSY_LOOPS = 4;
const FILES_TOLD = 25;
/** Of a program that has no report of what failed. */
const LOG_LINES_TOLD = 12;

const { values: asked } = parseArgs({
  options: {
    only: { type: "string" },
    ring: { type: "string", default: "first" },
    shard: { type: "string" },
    times: { type: "boolean", default: false },
    "under-load": { type: "boolean", default: false },
  },
});
const reports = join(ROOT, ".porter", asked["under-load"] ? "test-under-load" : "test");
const report = (name: string): string => join(reports, name);

const shard = asked.shard === undefined ? undefined : readShard(asked.shard);

/** `isShared`: each shard runs a part of it. */
type Stage = { title: string; isShared?: true; run: (output: StageOutput) => Promise<TestOutcome> };

const script = (output: StageOutput, name: string, ...args: string[]): Promise<number> =>
  runStage(process.execPath, [join(ROOT, "scripts", `${name}.ts`), ...args], output);

/** A stage whose exit code is all that it says. */
const whole = (title: string, again: string, run: (output: StageOutput) => Promise<number>): Stage => ({
  title,
  run: async (output) => exitCode(title, await run(output), again),
});

const FIRST_RING: Record<string, Stage> = {
  check: {
    title: "Checks of the source",
    run: async (output) =>
      checksOutcome(report("checks.json"), await script(output, "check", "--all", "--report", report("checks.json"))),
  },
  unit: {
    title: "Unit tests (Node) and tests on workerd",
    isShared: true,
    run: async (output) => {
      process.env["PORTER_TEST_REPORT"] = report("vitest.json");
      return unitTestsOutcome(
        report("vitest.json"),
        await runStage("vitest", ["run", ...shardArguments(shard)], output),
      );
    },
  },
  build: whole("Build", "npm run build", (output) => script(output, "build")),
  e2e: {
    title: "Browser tests on the built Worker",
    isShared: true,
    run: async (output) =>
      browserTestsOutcome(
        join(ROOT, ".porter", "e2e", "report.json"),
        await script(output, "e2e", ...shardArguments(shard)),
      ),
  },
};

const SECOND_RING: Record<string, Stage> = {
  ...FIRST_RING,
  faults: whole("2,000 seeded fault runs", "npm run test:faults -- --seeds 2000", (output) =>
    script(output, "test-faults", "--seeds", "2000"),
  ),
  security: whole("Abuse, and what holds it off", "npm run test:security", (output) => script(output, "test-security")),
  guards: whole("Each guard taken out is seen", "npm run test:security -- --mutants", (output) =>
    script(output, "test-security", "--mutants"),
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
  const chosen = (asked.only?.split(",") ?? Object.keys(ring)).map((name): [string, Stage] => {
    const stage = ring[name];
    if (stage === undefined) throw new Error(`no stage is called ${name}: ${Object.keys(ring).join(", ")}`);
    return [name, stage];
  });
  return chosen.filter(([, { isShared = false }]) => runsInShard(isShared, shard));
}

type Ended = { name: string; outcome: TestOutcome; wallSeconds: number; cpuSeconds: number; log: string };

async function runOne(name: string, { title, run }: Stage, screen?: Writable): Promise<Ended> {
  (screen ?? process.stdout).write(`\n═══ ${title}\n\n`);
  const [startedAt, cpuBefore] = [performance.now(), cpuSecondsOfTree(process.pid) ?? 0];
  const log = report(`${name}.log`);
  const outcome = await run({ log, screen });
  const wallSeconds = (performance.now() - startedAt) / 1000;
  return { name, outcome, wallSeconds, cpuSeconds: (cpuSecondsOfTree(process.pid) ?? 0) - cpuBefore, log };
}

async function runInOrder(stages: [string, Stage][], screen?: Writable): Promise<Ended[]> {
  const ended: Ended[] = [];
  for (const [name, stage] of stages) ended.push(await runOne(name, stage, screen));
  return ended;
}

/** More than all stages print: nobody may have to wait until it is shown. */
const SCREEN_BYTES = 2 ** 30;

/** What waits long for a page or a process leaves processors to the other. */
const LANES = [
  ["check", "unit"],
  ["build", "e2e"],
];

/** Seconds of CPU are told of one stage at a time only. */
async function runAll(stages: [string, Stage][]): Promise<Ended[]> {
  if (asked.times) return runInOrder(stages);
  const [first = [], second = []] = LANES.map((lane) => stages.filter(([name]) => lane.includes(name)));
  // Shown when the first lane has ended, so that lines of two stages do not mix.
  const screen = new PassThrough({ highWaterMark: SCREEN_BYTES });
  const ended = await Promise.all([
    runInOrder(first).finally(() => screen.pipe(process.stdout, { end: false })),
    runInOrder(second, screen).finally(() => screen.end()),
  ]);
  await finished(screen);
  const others = stages.filter(([name]) => !LANES.flat().includes(name));
  return [...ended.flat(), ...(await runInOrder(others))];
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
      const said =
        failure.isInLog === true && existsSync(log) ? lastLines(readFileSync(log, "utf8"), LOG_LINES_TOLD) : [];
      for (const line of [...failure.error.split("\n"), ...said]) console.log(`    ${line}`);
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
const { passed, failed, skipped } = sumOutcomes(ended.map(({ outcome }) => outcome));
console.log(`\n${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`);
process.exitCode = failed === 0 ? 0 : 1;
