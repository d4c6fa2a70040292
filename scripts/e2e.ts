// `npm run e2e`: the browser tests over the built Worker. Arguments go to Playwright.
import { ensureBuilt } from "./build.ts";
import { findBrowser } from "./find-browser.ts";
import { runStage } from "./stage.ts";

const report = (line: string): void => console.error(line);

try {
  process.env["PORTER_CHROMIUM"] ??= findBrowser(report);
  await ensureBuilt(report);
  process.exitCode = await runStage("playwright", ["test", ...process.argv.slice(2)]);
} catch (error) {
  report(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
