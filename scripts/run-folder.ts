import { randomBytes } from "node:crypto";
import { mkdirSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./checks/command.ts";

const RUNS = join(ROOT, ".porter", "runs");
/** Long enough to look at yesterday's failure; a run takes about 10 MB. */
const KEPT_MS = 7 * 24 * 3_600_000;

/** A run that is still open writes its log, which does not touch the folder. Another run may take it away meanwhile. */
function lastTouchedMs(folder: string): number {
  const paths = [folder, ...readdirSync(folder).map((name) => join(folder, name))];
  return Math.max(...paths.map((path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0));
}

/** A new folder for one run of the local world, after those that nobody touched for a week are gone. */
export function newRunFolder(kind: string, runs = RUNS, nowMs = Date.now()): string {
  mkdirSync(runs, { recursive: true });
  for (const name of readdirSync(runs)) {
    const folder = join(runs, name);
    if (lastTouchedMs(folder) < nowMs - KEPT_MS) rmSync(folder, { recursive: true, force: true });
  }
  const time = new Date(nowMs).toISOString().replaceAll(/[:.]/g, "-");
  const folder = join(runs, `${time}-${kind}-${randomBytes(3).toString("hex")}`);
  mkdirSync(folder);
  return folder;
}
