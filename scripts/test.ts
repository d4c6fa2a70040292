// `npm test`: everything, one stage after the other; a failed stage does not keep the next from reporting. The last line
// is the sum over all runners: `N passed, N failed`. `-- --only unit,e2e` narrows it to those stages.
import { mkdirSync, rmSync } from "node:fs";
import { parseArgs } from "node:util";
import { join } from "node:path";
import { ROOT } from "./checks/command.ts";
import { runStage } from "./stage.ts";
import { browserTests, checks, sum, unitTests, type Counts } from "./test-counts.ts";

const REPORTS = join(ROOT, ".porter", "test");

type Stage = { title: string; run: () => Promise<Counts> };

const script = (name: string, ...args: string[]): Promise<number> =>
  runStage(process.execPath, [join(ROOT, "scripts", `${name}.ts`), ...args]);

const STAGES: Record<string, Stage> = {
  check: {
    title: "Checks of the source",
    run: async () => {
      const report = join(REPORTS, "checks.json");
      return checks(report, await script("check", "--report", report));
    },
  },
  unit: {
    title: "Unit tests (Node) and tests on workerd",
    run: async () => {
      const report = join(REPORTS, "vitest.json");
      const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
      return unitTests(report, await runStage("vitest", ["run", ...reporters]));
    },
  },
  build: {
    title: "Build",
    run: async () => {
      const code = await script("build");
      return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0 };
    },
  },
  e2e: {
    title: "Browser tests on the built Worker",
    run: async () => browserTests(join(ROOT, ".porter", "e2e", "report.json"), await script("e2e")),
  },
};

function chosenStages(): Stage[] {
  const { values } = parseArgs({ options: { only: { type: "string" } } });
  return (values.only?.split(",") ?? Object.keys(STAGES)).map((name) => {
    const stage = STAGES[name];
    if (stage === undefined) throw new Error(`no stage is called ${name}: ${Object.keys(STAGES).join(", ")}`);
    return stage;
  });
}

const stages = chosenStages();
// A report of an earlier run must not be counted for a runner that died before it wrote one.
rmSync(REPORTS, { recursive: true, force: true });
rmSync(join(ROOT, ".porter", "e2e", "report.json"), { force: true });
mkdirSync(REPORTS, { recursive: true });

const counts: Counts[] = [];
for (const { title, run } of stages) {
  console.log(`\n═══ ${title}\n`);
  counts.push(await run());
}
const { passed, failed, skipped } = sum(counts);
console.log(`\n${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`);
process.exitCode = failed === 0 ? 0 : 1;
