// `npm run e2e`: the browser tests over the built Worker. Arguments go to Playwright.
import { weigh } from "../bench/weights.ts";
import { ensureBuilt } from "./build.ts";
import { findBrowser } from "./find-browser.ts";
import { runStage } from "./stage.ts";

/** Throws when a page brings more script than it may (bench/weights.ts). */
function checkWeights(): void {
  const heavy = weigh().pages.filter(({ ownBytes, budgetBytes }) => ownBytes > budgetBytes);
  if (heavy.length === 0) return;
  const words = heavy.map(({ page, ownBytes, budgetBytes }) => `${page}: ${ownBytes} of ${budgetBytes} bytes`);
  throw new Error(`pages over their budget of script: ${words.join("; ")}`);
}

const report = (line: string): void => console.error(line);

try {
  process.env["PORTER_CHROMIUM"] ??= findBrowser(report);
  await ensureBuilt(report);
  checkWeights();
  process.exitCode = await runStage("playwright", ["test", ...process.argv.slice(2)]);
} catch (error) {
  report(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
