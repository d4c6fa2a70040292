// `npm run e2e`: the browser tests over the built Worker. Arguments go to Playwright.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { weighPages } from "../bench/weights.ts";
import { startGuard } from "../local/processes/guard.ts";
import { migratedTemplate } from "../local/world/migrate.ts";
import { ensureBuilt } from "./build.ts";
import { ROOT } from "./checks/command.ts";
import { findBrowser } from "./find-browser.ts";
import { runStage } from "./stage.ts";

/** Throws when a page brings more script than it may (bench/weights.ts). */
function checkWeights(): void {
  const heavy = weighPages().pages.filter(({ ownBytes, budgetBytes }) => ownBytes > budgetBytes);
  if (heavy.length === 0) return;
  const words = heavy.map(({ page, ownBytes, budgetBytes }) => `${page}: ${ownBytes} of ${budgetBytes} bytes`);
  throw new Error(`pages over their budget of script: ${words.join("; ")}`);
}

/** Once, before several worlds that start side by side would each do it. */
async function migrateOnce(): Promise<void> {
  const folder = join(ROOT, ".porter", "e2e");
  mkdirSync(folder, { recursive: true });
  const guard = startGuard();
  try {
    await migratedTemplate({ registryDir: join(folder, "registry"), logFile: join(folder, "migrate.log"), guard });
  } finally {
    await guard.close();
  }
}

const report = (line: string): void => console.error(line);

try {
  process.env["PORTER_CHROMIUM"] ??= findBrowser(report);
  await ensureBuilt(report);
  checkWeights();
  await migrateOnce();
  process.exitCode = await runStage("playwright", ["test", ...process.argv.slice(2)]);
} catch (error) {
  report(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
