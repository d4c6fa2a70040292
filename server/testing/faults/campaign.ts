import { describeStep, type FaultStep } from "./commands";
import type { Violation } from "./violation";
import { runSeed, runSteps, stepsOfSeed, type SeedOutcome, type SeedSetting } from "./run-seed";
import { shrinkSteps } from "./shrink";

const TRACE_LINES = 120;
const HISTORY_LINES = 60;

/** Seeds that broke something, with what they broke. */
export type Campaign = { seeds: number; red: { seed: number; violations: Violation[] }[]; ms: number };

type Watch = {
  /** Whether what broke is what was looked for: no further seed is run then. */
  isEnough?: (violations: Violation[]) => boolean;
  /** Hears how far a long campaign is. */
  tell?: (line: string) => void;
};
const TOLD_EVERY = 250;
/** A campaign in which all is red need not say so of each. */
const TOLD_RED = 20;

/** Runs `count` seeds from `from` on. */
export async function runSeeds(
  setting: SeedSetting,
  range: { from: number; count: number },
  { isEnough = () => false, tell }: Watch = {},
): Promise<Campaign> {
  const started = Date.now();
  const red: Campaign["red"] = [];
  let seeds = 0;
  for (let seed = range.from; seed < range.from + range.count; seed++) {
    const { violations } = await runSeed(setting, seed);
    seeds += 1;
    // The database commits, and the clock of workerd moves, when the event loop turns.
    await scheduler.wait(0);
    if (violations.length > 0) {
      red.push({ seed, violations });
      if (red.length <= TOLD_RED) tell?.(`seed ${seed}: ${violations[0]?.invariant} ${violations[0]?.text}`);
    }
    if (violations.length > 0 && isEnough(violations)) break;
    if (seeds % TOLD_EVERY === 0) tell?.(`${seeds} of ${range.count} seeds, ${red.length} red`);
  }
  return { seeds, red, ms: Date.now() - started };
}

/** The story of a seed that broke something: its fewest steps, what broke, and the history of what it is about. */
export async function explainSeed(setting: SeedSetting, seed: number, invariant: string): Promise<string> {
  const all = stepsOfSeed(seed, setting.clocks);
  const run = (steps: readonly FaultStep[]) => runSteps(setting, seed, steps);
  const steps = await shrinkSteps(all, invariant, run);
  const outcome = await run(steps);
  const clocks = setting.clocks === "all" ? "" : ` --clocks ${setting.clocks}`;
  const mutant = setting.mutant === null ? "" : ` --mutant ${setting.mutant.name}`;
  return [
    `Seed ${seed} breaks ${invariant}. Again: npm run test:faults -- --seed ${seed}${clocks}${mutant}`,
    `${steps.length} of its ${all.length} steps are enough:`,
    ...steps.map((step) => `  ${describeStep(step)}`),
    "What broke:",
    ...outcome.violations.map((violation) => `  ${violation.invariant}: ${violation.text}`),
    "What happened:",
    ...cut(outcome.trace, TRACE_LINES),
    "What was written of it:",
    ...cut(historyOf(outcome), HISTORY_LINES),
  ].join("\n");
}

function historyOf({ history, violations }: SeedOutcome): string[] {
  const about = new Set(violations.flatMap((violation) => violation.about));
  return history
    .filter((row) => about.size === 0 || about.has(row.id))
    .map((row) => `${row.at.slice(11, 23)} ${row.what} ${row.id.slice(0, 13)} ${JSON.stringify(row.data)}`);
}

const cut = (lines: string[], most: number): string[] =>
  lines.length <= most
    ? lines.map((line) => `  ${line}`)
    : [...lines.slice(0, most).map((line) => `  ${line}`), `  … ${lines.length - most} more`];
