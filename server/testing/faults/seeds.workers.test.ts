import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import { z } from "zod";
import { explainSeed, runSeeds } from "./campaign";
import { createMutant, MUTANTS } from "./mutants";
import type { SeedSetting } from "./run-seed";
import { withEngine } from "./storage";

/** 10 in `npm test`; `npm run test:faults` and the second ring ask for others (scripts/test-faults.ts). */
const askedSchema = z.object({
  from: z.int().min(0).default(1),
  seeds: z.int().min(1).default(10),
  clocks: z.enum(["all", "queue", "sweep", "edges"]).default("all"),
  mutant: z.enum(MUTANTS).nullable().default(null),
});
const read = askedSchema.safeParse(env.FAULT_RUN === "" ? {} : JSON.parse(env.FAULT_RUN));
if (!read.success)
  throw new Error(read.error.issues.map(({ path, message }) => `--${path.join()}: ${message}`).join("; "));
const asked = read.data;
/** A failure is explained once; of the others only the first few are named. */
const NAMED = 20;

it(`keeps I1 to I17 in ${asked.seeds} seeded runs from seed ${asked.from}`, { timeout: 6 * 3600_000 }, () =>
  withEngine(async (engine) => {
    const setting: SeedSetting = {
      engine,
      clocks: asked.clocks,
      mutant: asked.mutant === null ? null : createMutant(asked.mutant),
    };
    const range = { from: asked.from, count: asked.seeds };
    const { seeds, red, ms } = await runSeeds(setting, range, {
      isEnough: () => asked.mutant !== null,
      tell: (line) => console.log(line),
    });
    console.log(`${seeds} seeds, ${red.length} red, ${((seeds * 1000) / Math.max(1, ms)).toFixed(1)} a second`);
    const [first] = red;
    const invariant = first?.violations[0]?.invariant;
    if (setting.mutant !== null) expect(setting.mutant.unmet()).toEqual([]);
    if (first === undefined || invariant === undefined) return;
    const named = red.slice(0, NAMED).map(({ seed, violations }) => `${seed} (${violations[0]?.invariant})`);
    const story = await explainSeed(setting, first.seed, invariant);
    expect.fail(`${red.length} of ${seeds} seeds are red: ${named.join(", ")}\n\n${story}`);
  }),
);
