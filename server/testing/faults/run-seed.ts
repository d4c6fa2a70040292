import { type SettledWorld, settleWorld } from "./settle-world";
import { describeStep, stepsOf, type FaultStep } from "./commands";
import type { Engine } from "./engine";
import { publishAfterRuns } from "./publish-after-runs";
import { readHistory, type HistoryRow } from "./history";
import { checkInvariants } from "./invariants";
import type { Violation } from "./violation";
import type { Mutant } from "./mutants";
import { performStep } from "./perform";
import { withPlainCrypto } from "./plain-crypto";
import { createRandom } from "./random";
import { createStage, ISSUES, type Stage, wantClick } from "./stage";
import type { Clocks } from "./world";

export type SeedSetting = { engine: Engine; clocks: Clocks; mutant: Mutant | null };
export type SeedOutcome = { violations: Violation[]; trace: string[]; history: HistoryRow[] };

/** Timers of code under test wait for nothing here; the clock of a run moves by commands only. */
async function withoutTimers<T>(run: () => Promise<T>): Promise<T> {
  const original = globalThis.setTimeout;
  const soon = (callback: () => void) => {
    queueMicrotask(callback);
    return 0;
  };
  Object.defineProperty(globalThis, "setTimeout", { value: soon, configurable: true, writable: true });
  try {
    return await run();
  } finally {
    Object.defineProperty(globalThis, "setTimeout", { value: original, configurable: true, writable: true });
  }
}

/** Everything has to end once more; what did not the first time counts still. */
async function calmAfter(stage: Stage, before: SettledWorld): Promise<SettledWorld> {
  const after = await settleWorld(stage);
  return {
    calmAt: after.calmAt,
    overdue: [...before.overdue, ...after.overdue],
    left: [...before.left, ...after.left],
  };
}

/** Lives through the steps, lets everything end, and checks what must hold. The same input gives the same outcome. */
export function runSteps(setting: SeedSetting, seed: number, steps: readonly FaultStep[]): Promise<SeedOutcome> {
  const live = async (): Promise<SeedOutcome> => {
    const stage = await createStage({ ...setting, seed });
    // What waits for a click is written in the evening.
    if (seed % 2 === 1) for (const { repositoryId } of ISSUES) await wantClick(stage, repositoryId, true);
    for (const step of steps) {
      stage.world.note(`> ${describeStep(step)}`);
      await performStep(stage, step);
    }
    const night = await settleWorld(stage);
    stage.world.note("== people publish");
    const calm = (await publishAfterRuns(stage)) ? await calmAfter(stage, night) : night;
    const violations = await checkInvariants(stage, calm);
    return { violations, trace: stage.world.trace, history: await readHistory(setting.engine) };
  };
  return withPlainCrypto(() => withoutTimers(live));
}

export const stepsOfSeed = (seed: number, clocks: Clocks): FaultStep[] => stepsOf(createRandom(seed), clocks);
export const runSeed = (setting: SeedSetting, seed: number): Promise<SeedOutcome> =>
  runSteps(setting, seed, stepsOfSeed(seed, setting.clocks));
