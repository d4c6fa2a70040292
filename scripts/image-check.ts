// `npm run image:check`: builds agent-image/ as its Dockerfile says, on both bases, and starts it, on Debian as root and
// without a Docker engine: a bare Debian with this project's Node stands for Node's image, buildah carries out the steps
// in a chroot. Where that cannot be, it says "not checked" and exits with 77.
//   -- --keep-sizes   writes what was measured to agent-image/sizes.json, after a change that was meant
//   -- --only slim    one base
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { buildRunner } from "../agent-image/build.ts";
import { AGENT_IDS, AGENTS } from "../lib/agents.ts";
import { checkAlone, checkAnswers } from "./image/answers.ts";
import { type Base, BASES, buildTarget, layBases } from "./image/build.ts";
import { Findings } from "./image/findings.ts";
import { checkFixtures, checkRedis } from "./image/fixtures.ts";
import { checkInstalls } from "./image/installs.ts";
import { endWithoutTask, ImageMachine } from "./image/machine.ts";
import { checkRuns } from "./image/runs.ts";
import { compareSizes, keepSizes, keptSizes, megabytesOf, type Sizes } from "./image/sizes.ts";
import { ImageStore } from "./image/store.ts";
import { NOT_CHECKED } from "./test-reports.ts";

const TOOLS = ["mmdebstrap", "buildah"];
/** How the runner says that its machine is set up wrongly. */
const EXIT_CONFIG = 2;

const { values: asked } = parseArgs({
  options: { only: { type: "string" }, "keep-sizes": { type: "boolean", default: false } },
});
const bases = BASES.filter((base) => asked.only === undefined || asked.only === base);

const isThere = (program: string): boolean => spawnSync(program, ["--version"], { stdio: "ignore" }).status === 0;

/** Why it cannot be checked on this machine, with what to do; undefined when it can. */
function missing(): string | undefined {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return "it takes root on a Debian";
  if (!TOOLS.every(isThere)) return `it takes apt-get install -y --no-install-recommends ${TOOLS.join(" ")}`;
  return undefined;
}

/** All that a base promises, in a container of it with every agent. */
async function checkBase(base: Base, machine: ImageMachine, findings: Findings): Promise<void> {
  console.log(`\n${base}`);
  checkAnswers(base, machine, findings);
  const status = endWithoutTask(machine.root);
  if (status === EXIT_CONFIG) findings.good("the runner ends without a task");
  else findings.wrong(`the runner without a task ended with ${status}, not with ${EXIT_CONFIG}`);
  checkInstalls(base, machine, findings);
  if (base === "full") {
    checkFixtures(machine, findings);
    checkRedis(machine, findings);
  }
  await checkRuns(machine, findings);
}

/** Megabytes of a base and of each agent's layer on it; before anything was installed. */
function measure(base: Base, { root }: ImageMachine): Sizes {
  const agents = AGENT_IDS.map((id): [string, number] => {
    const [program = ""] = AGENTS[id].programs(`linux-${process.arch}`);
    const folder = program.split("/")[0] ?? "";
    return [id, megabytesOf(join(root, "opt/porter/node_modules", folder))];
  });
  const ofAgents = agents.reduce((sum, [, size]) => sum + size, 0);
  return { [base]: megabytesOf(root) - ofAgents, ...Object.fromEntries(agents) };
}

async function check(work: string): Promise<Findings> {
  const findings = new Findings();
  const store = new ImageStore(work);
  let sizes: Sizes = {};
  try {
    const digests = layBases(store, work);
    for (const base of bases) {
      const machine = new ImageMachine(store, buildTarget(store, digests, { base }));
      sizes = { ...sizes, ...measure(base, machine) };
      await checkBase(base, machine, findings);
      machine.close();
    }
    for (const target of AGENT_IDS) {
      const alone = new ImageMachine(store, buildTarget(store, digests, { base: bases[0] ?? "slim", target }));
      checkAlone(target, alone, findings);
      alone.close();
    }
  } finally {
    store.close();
  }
  console.log("\nsizes");
  if (asked["keep-sizes"]) keepSizes({ ...keptSizes(), ...sizes });
  compareSizes(keptSizes(), sizes, findings);
  return findings;
}

const reason = missing();
if (reason !== undefined) {
  console.log(`The image was not checked: ${reason}.`);
  process.exit(NOT_CHECKED);
}
const work = mkdtempSync(join(tmpdir(), "image-check-"));
try {
  console.log(`Runner: ${dirname(await buildRunner())}`);
  const { wrongs, notCheckeds, goods } = await check(work);
  console.log(`\n${goods} ok, ${wrongs.length} wrong, ${notCheckeds.length} not checked`);
  for (const sentence of notCheckeds) console.log(`NOT CHECKED: ${sentence}`);
  for (const sentence of wrongs) console.log(`WRONG: ${sentence}`);
  process.exitCode = wrongs.length === 0 ? 0 : 1;
} finally {
  rmSync(work, { recursive: true, force: true });
}
