import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestInfo, WorkerInfo } from "@playwright/test";
import type { World } from "../local/world/world.ts";

/**
 * Gives a worker's tests what they stand on, in a folder of its own, and closes it after them. What could not be started
 * once in this run is not tried again: whoever needs it next is told why at once.
 */
export async function provideWorld<T>(
  { name, start, worldOf }: { name: string; start: (stateDir: string) => Promise<T>; worldOf: (part: T) => World },
  use: (part: T) => Promise<void>,
  { project }: WorkerInfo,
): Promise<void> {
  // Playwright empties this folder when a run begins.
  const failure = join(project.outputDir, `no-${name}.txt`);
  if (existsSync(failure)) throw new Error(`the world "${name}" did not start: ${readFileSync(failure, "utf8")}`);
  const stateDir = mkdtempSync(join(tmpdir(), `porter-e2e-${name}-`));
  try {
    const part = await start(stateDir).catch((error: unknown) => {
      mkdirSync(project.outputDir, { recursive: true });
      writeFileSync(failure, error instanceof Error ? error.message : String(error));
      throw error;
    });
    await use(part);
    await worldOf(part).close();
  } finally {
    rmSync(stateDir, { recursive: true, force: true });
  }
}

/**
 * Ends a test at once, with the reason, when the world under it is over: nothing can come true any more. A red test
 * keeps what Porter wrote, which goes with the world otherwise.
 */
export async function failWhenWorldEnds(
  { world }: { world: World },
  use: () => Promise<void>,
  testInfo: TestInfo,
): Promise<void> {
  let reason: string | undefined;
  let isOver = false;
  const end = (why: unknown): void => {
    reason = String(why);
    if (!isOver) testInfo.setTimeout(1);
  };
  world.broken.then(end, end);
  await use();
  isOver = true;
  if (testInfo.status !== testInfo.expectedStatus)
    await testInfo.attach("porter.log", { path: join(world.stateDir, "porter.log") });
  if (reason !== undefined) throw new Error(reason);
}
