import type { FaultStep } from "./commands";
import type { SeedOutcome } from "./run-seed";
import { FINE } from "./weather";

type Run = (steps: readonly FaultStep[]) => Promise<SeedOutcome>;

/** Runs that shrinking may take: enough for fifty steps, over in seconds. */
const MAX_RUNS = 600;

/**
 * The fewest and plainest steps that still break `invariant`: delta debugging over the list, then each step in its
 * plainer forms. Every step has its own chance, so that the others do not change when one goes.
 */
export async function shrinkSteps(steps: readonly FaultStep[], invariant: string, run: Run): Promise<FaultStep[]> {
  let runs = 0;
  const isBad = async (candidate: readonly FaultStep[]) => {
    runs += 1;
    const { violations } = await run(candidate);
    return violations.some((violation) => violation.invariant === invariant);
  };
  let best = [...steps];
  for (let size = best.length >> 1; size >= 1; size = size === 1 ? 0 : size >> 1) {
    for (let from = 0; from < best.length && runs < MAX_RUNS;) {
      const without = best.toSpliced(from, size);
      if (await isBad(without)) best = without;
      else from += size;
    }
  }
  for (let index = 0; index < best.length; index++) {
    for (const plainer of plainerForms(best[index])) {
      if (runs >= MAX_RUNS) return best;
      const candidate = best.with(index, plainer);
      if (!(await isBad(candidate))) continue;
      best = candidate;
      break;
    }
  }
  // What became plain may have made others unnecessary.
  for (let index = best.length - 1; index >= 0 && runs < MAX_RUNS; index--) {
    const without = best.toSpliced(index, 1);
    if (await isBad(without)) best = without;
  }
  return best;
}

function plainerForms(step: FaultStep | undefined): FaultStep[] {
  if (step === undefined) return [];
  const { command } = step;
  const forms: FaultStep[] = [];
  if (command.kind === "weather") {
    const names = ["d1", "github", "fly", "queue", "r2", "crash", "slow"] as const;
    const bad = names.filter((name) => command.weather[name] > 0);
    if (bad.length > 1)
      forms.push(
        ...bad.map((name) => ({
          ...step,
          command: { ...command, weather: { ...FINE, [name]: command.weather[name] } },
        })),
      );
  }
  if (command.kind === "comment" && command.text !== 0) forms.push({ ...step, command: { ...command, text: 0 } });
  if (command.kind === "advance" && command.isHeld) forms.push({ ...step, command: { ...command, isHeld: false } });
  if (step.steps !== null) forms.push({ ...step, steps: null });
  return forms;
}
