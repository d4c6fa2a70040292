import { randomInt } from "node:crypto";
import { parseArgs } from "node:util";
import type { TrialOptions, TrialResult } from "../local/trial/crash.ts";
import { onEndOfProcess } from "../local/world/end-of-process.ts";
import { ensureBuilt } from "./build.ts";
import { newRunFolder } from "./run-folder.ts";

/**
 * Runs one black-box trial over the built Worker and prints what it found; exit code 1 when an invariant does not
 * hold. `--seed S` replays the choices of a run (not its timing), `--built` takes the build as it is.
 */
export async function runTrial(name: string, trial: (options: TrialOptions) => Promise<TrialResult>): Promise<void> {
  const { values } = parseArgs({
    options: { seed: { type: "string" }, built: { type: "boolean", default: false } },
    strict: false,
  });
  const seed = values.seed === undefined ? randomInt(2 ** 31) : Number(values.seed);
  const report = (line: string): void => console.log(line);
  onEndOfProcess((code) => process.exit(code));
  report(`seed ${seed}`);
  const startedAt = Date.now();
  try {
    if (!values.built) await ensureBuilt(report);
    const stateDir = newRunFolder(name);
    const { wrong, facts } = await trial({ seed, stateDir, report });
    for (const sentence of wrong) report(`WRONG: ${sentence}`);
    const seconds = Math.round((Date.now() - startedAt) / 1000);
    report(JSON.stringify({ trial: name, ok: wrong.length === 0, seed, seconds, ...facts }));
    process.exit(wrong.length === 0 ? 0 : 1);
  } catch (error) {
    report(error instanceof Error ? (error.stack ?? error.message) : String(error));
    report(`seed ${seed}`);
    process.exit(1);
  }
}
