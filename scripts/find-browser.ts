// A Chromium for the browser tests, whatever this machine has: Playwright's own, the system's, @sparticuz/chromium from
// npm, the system's package manager.
import { spawnSync, type StdioOptions } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { chromium } from "@playwright/test";
import { ROOT } from "./checks/command.ts";

const SPARTICUZ = "@sparticuz/chromium@153.0.0";
const SPARTICUZ_FOLDER = join(ROOT, ".porter", "browser");
// The shell has the same engine without windows: a fifth less CPU in all browser tests.
const SYSTEM_NAMES = [
  "chromium-headless-shell",
  "chromium",
  "chromium-browser",
  "google-chrome-stable",
  "google-chrome",
];
const FIXED_PLACES = ["/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"];
const APT_PACKAGES = ["chromium-headless-shell", "fonts-liberation", "fonts-noto-color-emoji"];
const START_LIMIT_MS = 60_000;

// npm and apt report on stderr: stdout belongs to the command that looks for a browser.
const TO_STDERR: StdioOptions = ["ignore", 2, 2];

type Report = (line: string) => void;

/** Whether the program starts here: it may be there and still miss a system library. */
const starts = (path: string): boolean =>
  existsSync(path) && spawnSync(path, ["--version"], { stdio: "ignore", timeout: START_LIMIT_MS }).status === 0;

function systemBrowser(): string | undefined {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  const onPath = SYSTEM_NAMES.flatMap((name) => folders.map((folder) => join(folder, name)));
  return [...onPath, ...FIXED_PLACES].find(starts);
}

/** Unpacks the npm package's Chromium and answers where; undefined when it cannot be downloaded or does not start. */
function sparticuzBrowser(report: Report): string | undefined {
  if (process.platform !== "linux") return undefined;
  if (!existsSync(join(SPARTICUZ_FOLDER, "node_modules", "@sparticuz", "chromium"))) {
    report(`No browser here: fetching ${SPARTICUZ} from npm (67 MB, once) …`);
    mkdirSync(SPARTICUZ_FOLDER, { recursive: true });
    writeFileSync(join(SPARTICUZ_FOLDER, "package.json"), '{ "private": true, "type": "module" }\n');
    const install = ["install", "--no-audit", "--no-fund", "--no-save", "--loglevel=error", SPARTICUZ];
    if (spawnSync("npm", install, { cwd: SPARTICUZ_FOLDER, stdio: TO_STDERR }).status !== 0) return undefined;
  }
  const program = 'console.log(await (await import("@sparticuz/chromium")).default.executablePath())';
  const unpacked = spawnSync(process.execPath, ["--input-type=module", "--eval", program], {
    cwd: SPARTICUZ_FOLDER,
    encoding: "utf8",
  });
  const path = unpacked.stdout.trim();
  return unpacked.status === 0 && starts(path) ? path : undefined;
}

function installWithApt(report: Report): string | undefined {
  if (process.getuid?.() !== 0 || !existsSync("/usr/bin/apt-get")) return undefined;
  report("Installing chromium with apt-get …");
  const options = {
    stdio: TO_STDERR,
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
  };
  spawnSync("apt-get", ["update"], options);
  spawnSync("apt-get", ["install", "-y", "--no-install-recommends", ...APT_PACKAGES], options);
  return systemBrowser();
}

/** The path of a Chromium that starts. Fetches one if need be, saying so through `report`; throws with the fix. */
export function findBrowser(report: Report): string {
  const found =
    [chromium.executablePath()].find(starts) ?? systemBrowser() ?? sparticuzBrowser(report) ?? installWithApt(report);
  if (found === undefined)
    throw new Error("The browser tests need Chromium: install it, e.g. `apt-get install chromium`.");
  return found;
}
