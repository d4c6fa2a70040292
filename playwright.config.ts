import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { defineConfig } from "@playwright/test";
import { isWholeRing } from "./e2e/ring.ts";
import { findBrowser } from "./scripts/find-browser.ts";

// Workers read this file again: the environment carries the path to them.
process.env["PORTER_CHROMIUM"] ??= findBrowser(console.error);

const E2E = fileURLToPath(new URL("e2e", import.meta.url));
/** What stands on the world of `e2e/porter.ts`; the others stand on that of `e2e/stories.ts`. */
const ON_REAL_AGENTS = readdirSync(E2E).filter(
  (file) => file.endsWith(".spec.ts") && readFileSync(join(E2E, file), "utf8").includes('from "./porter.ts"'),
);

/** Browser tests over the built Worker. No server is started for all of them: each worker starts the world that its tests need (e2e/). */
export default defineConfig({
  testDir: "e2e",
  // One world of each kind, side by side: a further one costs as much as ten tests.
  projects: [
    { name: "real agents", testMatch: ON_REAL_AGENTS, workers: 1 },
    { name: "stories", testIgnore: ON_REAL_AGENTS, workers: 1 },
  ],
  outputDir: ".porter/e2e/results",
  workers: 2,
  retries: 0,
  ...(isWholeRing ? {} : { grepInvert: /@all/ }),
  forbidOnly: true,
  // Limits end what hangs, and nothing else: ten times and more what the slowest takes on an idle machine.
  timeout: 600_000,
  expect: { timeout: 120_000 },
  reporter: [
    ["list"],
    ["json", { outputFile: ".porter/e2e/report.json" }],
    // `npm test -- --times`: what each file costs.
    ...(process.env["PORTER_TEST_TIMES"] === undefined ? [] : ([["./scripts/file-times.ts"]] as const)),
  ],
  use: {
    // A spinner that turns is most of what a browser without a GPU does: only tests of what moves let it (still.spec.ts).
    reducedMotion: "reduce",
    // A trace of every test, kept of the failed ones, costs more than many tests: `--trace on` makes one of a test run again.
    screenshot: "only-on-failure",
    launchOptions: {
      executablePath: process.env["PORTER_CHROMIUM"],
      args: [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
});
