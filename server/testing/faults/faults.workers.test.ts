import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { explainSeed, runSeeds } from "./campaign";
import { bindingEngine } from "./engine";
import { createMutant, MUTANTS, type MutantName } from "./mutants";
import { type SeedOutcome, runSeed, type SeedSetting } from "./run-seed";
import type { Violation } from "./violation";
import { withEngine } from "./storage";

const timeout = 30 * 60_000;
/** The second ring (`npm run test:all`) takes the whole of each list below, the first its beginning. */
const isWhole = env.TEST_RING === "all";

describe("each clock alone brings every task to its end", () => {
  it.each([
    ["the queue", "queue"],
    ["the sweep", "sweep"],
    ["the edges, while nothing fails", "edges"],
  ] as const)("%s", { timeout }, (_name, clocks) =>
    withEngine(async (engine) => {
      const setting: SeedSetting = { engine, clocks, mutant: null };
      const { red } = await runSeeds(setting, { from: 1, count: isWhole ? 40 : 2 });
      const [first] = red;
      if (first !== undefined)
        expect.fail(await explainSeed(setting, first.seed, first.violations[0]?.invariant ?? ""));
    }),
  );
});

describe("the run itself", () => {
  it("is the same again for the same seed", { timeout }, () =>
    withEngine(async (engine) => {
      const setting: SeedSetting = { engine, clocks: "all", mutant: null };
      for (const seed of isWhole ? [11, 12, 13] : [11]) {
        const { trace, history } = await runSeed(setting, seed);
        await runSeed(setting, seed + 100);
        const again = await runSeed(setting, seed);
        expect(again.trace).toEqual(trace);
        expect(again.history.map(({ data }) => data)).toEqual(history.map(({ data }) => data));
      }
    }),
  );

  it("is the same on the D1 binding as on workerd's SQLite beside the code", { timeout }, async () => {
    const seeds = isWhole ? [2, 16] : [2];
    const beside = await withEngine(async (engine) => {
      const outcomes: SeedOutcome[] = [];
      for (const seed of seeds) outcomes.push(await runSeed({ engine, clocks: "all", mutant: null }, seed));
      return outcomes;
    });
    for (const [index, seed] of seeds.entries()) {
      const { trace, violations } = await runSeed({ engine: bindingEngine(env.DB), clocks: "all", mutant: null }, seed);
      expect(trace).toEqual(beside[index]?.trace);
      expect(violations).toEqual([]);
    }
  });
});

/** What each guard is for: the invariants of which at least one must be seen broken without it. */
const WATCHED: Record<MutantName, Violation["invariant"][]> = {
  "slot-limit": ["I3"],
  "delivery-claim": ["I1"],
  "attempt-fence": ["I4", "I9"],
  "terminal-guard": ["I4"],
  "report-ordering": ["I7"],
  "progress-ordering": ["I9"],
  gate: ["I13"],
};

/** What takes the fewest seeds to be seen; the others are left to the second ring. */
const SOON_SEEN = new Set<MutantName>(["delivery-claim", "gate"]);
const TAKEN_OUT = isWhole ? MUTANTS : MUTANTS.filter((name) => SOON_SEEN.has(name));

describe("the test of the test: within 500 seeds the run is red without", () => {
  it.each(TAKEN_OUT)("%s", { timeout }, (name) =>
    withEngine(async (engine) => {
      const mutant = createMutant(name);
      const { red, seeds } = await runSeeds(
        { engine, clocks: "all", mutant },
        { from: 1, count: 500 },
        { isEnough: (violations) => violations.some(({ invariant }) => WATCHED[name].includes(invariant)) },
      );
      const seen = red.flatMap(({ violations }) => violations.map(({ invariant }) => invariant));
      console.log(`without ${name}: red at seed ${seeds}`);
      expect(mutant.unmet()).toEqual([]);
      expect(WATCHED[name].some((invariant) => seen.includes(invariant))).toBe(true);
    }),
  );
});
