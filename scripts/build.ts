// `npm run build`: the Worker as production gets it, and its size. Unchanged sources are not built again.
import { createHash } from "node:crypto";
import { createWriteStream, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { spawn } from "node:child_process";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { BUILT } from "../local/world/built.ts";
import { ROOT, runTool, toolEnvironment } from "./checks/command.ts";
import { filesUnder } from "./checks/tree.ts";
import { runExclusively } from "./exclusive.mjs";

const STAMP = join(ROOT, ".open-next", "porter-inputs.sha256");
const SIZE = join(BUILT.folder, "size.txt");
const LOG = join(ROOT, ".porter", "build.log");
const ROOMS = ["app", "components", "lib", "server"];
const FILES = [
  "drizzle/meta/_journal.json",
  "instrumentation.ts",
  "package-lock.json",
  "package.json",
  "next.config.ts",
  "open-next.config.ts",
  "postcss.config.mjs",
  "public/_headers",
  "scripts/share-chunks.ts",
  "tsconfig.json",
  "wrangler.toml",
];

type Built = { built: boolean; durationMs: number };

/** Names the state of everything that the build reads. */
export function buildInputs(): string {
  const hash = createHash("sha256");
  const sources = ROOMS.flatMap(filesUnder).filter((path) => !/\.test\.tsx?$|^server\/testing\//.test(path));
  for (const path of [...FILES, ...sources])
    hash
      .update(`${path}\0`)
      .update(readFileSync(join(ROOT, path)))
      .update("\0");
  return hash.digest("hex");
}

const isFresh = (hash: string): boolean =>
  existsSync(BUILT.options) && existsSync(STAMP) && readFileSync(STAMP, "utf8") === hash;

function runBuild(): Promise<number | null> {
  mkdirSync(dirname(LOG), { recursive: true });
  const log = createWriteStream(LOG);
  const child = spawn("opennextjs-cloudflare", ["build"], {
    cwd: ROOT,
    env: { ...toolEnvironment(), NODE_ENV: "production" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  child.stdout.pipe(log, { end: false });
  child.stderr.pipe(log, { end: false });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => log.end(() => resolve(code)));
  });
}

/**
 * The Worker as it would be uploaded and its bindings, for runs on this machine. Answers what an upload would weigh, in
 * the uploader's own words; nothing leaves this machine.
 */
async function bundle(): Promise<string> {
  const { ok, output } = await runTool("wrangler", ["deploy", "--dry-run", "--outdir", BUILT.folder]);
  const size = /Total Upload:.*/.exec(output)?.[0];
  if (!ok || size === undefined) throw new Error(`wrangler cannot bundle the Worker:\n${output}`);
  // Only here: loading wrangler takes longer than looking whether there is anything to build.
  const { unstable_getMiniflareWorkerOptions: optionsOf } = await import("wrangler");
  writeFileSync(BUILT.options, JSON.stringify(optionsOf(join(ROOT, "wrangler.toml")).workerOptions));
  return size;
}

async function buildIfStale(report: (line: string) => void): Promise<Built> {
  const startedAt = performance.now();
  const elapsed = (): number => Math.round(performance.now() - startedAt);
  const hash = buildInputs();
  if (isFresh(hash)) return { built: false, durationMs: elapsed() };
  report("Building the Worker (about a minute) …");
  rmSync(STAMP, { force: true });
  const code = await runBuild();
  if (code !== 0) {
    const output = readFileSync(LOG, "utf8").trimEnd().split("\n").slice(-40).join("\n");
    throw new Error(`the build failed (whole output: .porter/build.log)\n${output}`);
  }
  writeFileSync(SIZE, await bundle());
  writeFileSync(STAMP, hash);
  report(`Built in ${Math.round(elapsed() / 1000)} s.`);
  return { built: true, durationMs: elapsed() };
}

/** Nobody else builds while `work` reads `.open-next/`. */
function whileNobodyBuilds<T>(report: (line: string) => void, work: () => Promise<T>): Promise<T> {
  const onWait = (): void => report("Another command builds the Worker here: waiting for it.");
  return runExclusively(join(ROOT, ".porter", "build.lock"), { onWait, work });
}

/**
 * Makes `.open-next/` hold the build of the present sources; two callers at once build once. Progress goes to `report`.
 * Throws with the end of the build's output when it fails.
 */
export function ensureBuilt(report: (line: string) => void): Promise<Built> {
  return whileNobodyBuilds(report, () => buildIfStale(report));
}

async function main(): Promise<void> {
  const report = (line: string): void => console.log(line);
  try {
    await whileNobodyBuilds(report, async () => {
      const { built } = await buildIfStale(report);
      if (!built) report("The build is up to date.");
      report(readFileSync(SIZE, "utf8"));
    });
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) await main();
