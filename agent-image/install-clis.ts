import { spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const HERE = dirname(fileURLToPath(import.meta.url));
/** Written last: a folder without it was never finished. */
const COMPLETE = ".porter-complete";
const PROGRESS_EVERY_MS = 5_000;

export type InstallClisOptions = {
  /** One line of progress for people. */
  log: (line: string) => void;
  /** Folder of the cache; default the system's temporary folder. */
  cacheRoot?: string;
  /** Folder with package.json and package-lock.json; default this one. */
  manifestDir?: string;
};

/** Why the CLIs could not be installed: one sentence with its fix. */
export class CliInstallError extends Error {
  override name = "CliInstallError";
}

/**
 * Makes the pinned agent CLIs available and answers the path of their `node_modules`: a cache that every user may
 * read and only its owner may write, named after the lock file, filled once and then reused. Throws
 * `CliInstallError`. Install scripts stay off: agents call the platform binaries, which need none.
 */
export async function ensureAgentClis(options: InstallClisOptions): Promise<string> {
  const { log, cacheRoot = tmpdir(), manifestDir = HERE } = options;
  const lock = readFileSync(join(manifestDir, "package-lock.json"));
  const uid = process.getuid?.() ?? 0;
  const target = join(cacheRoot, `porter-clis-${uid}-${createHash("sha256").update(lock).digest("hex").slice(0, 16)}`);
  if (isComplete(target, uid)) return join(target, "node_modules");

  const building = `${target}.${process.pid}-${randomBytes(4).toString("hex")}`;
  mkdirSync(building, { mode: 0o755 });
  try {
    for (const name of ["package.json", "package-lock.json"])
      copyFileSync(join(manifestDir, name), join(building, name));
    log("Installing the agent CLIs (more than a gigabyte, once)");
    await npmCi(building, log);
    writeFileSync(join(building, COMPLETE), "");
    // mkdir obeys the umask; the agent's user must be able to read whatever it is.
    chmodSync(building, 0o755);
    publish(building, target, uid);
  } finally {
    rmSync(building, { recursive: true, force: true });
  }
  log("The agent CLIs are installed");
  return join(target, "node_modules");
}

/** Whether the cache is there and whole. Somebody else's folder of that name in a shared place is not used. */
function isComplete(target: string, uid: number): boolean {
  const stat = lstatSync(target, { throwIfNoEntry: false });
  if (stat === undefined) return false;
  if (!stat.isDirectory() || (process.getuid !== undefined && stat.uid !== uid) || (stat.mode & 0o022) !== 0) {
    throw new CliInstallError(
      `${target} belongs to another user or is writable by others: remove it and run the command again.`,
    );
  }
  return existsSync(join(target, COMPLETE));
}

/** Atomic: whoever comes second finds a whole folder and throws its own away. */
function publish(building: string, target: string, uid: number): void {
  try {
    renameSync(building, target);
  } catch (error) {
    if (isComplete(target, uid)) return;
    throw new CliInstallError(
      `The agent CLIs could not be moved to ${target}: ${error instanceof Error ? error.message : "unknown error"}.`,
    );
  }
}

async function npmCi(folder: string, log: (line: string) => void): Promise<void> {
  const args = ["ci", "--ignore-scripts", "--omit=dev", "--no-audit", "--no-fund", "--loglevel=error"];
  // npm obeys the umask as well: with a strict one the agent's user could not read what root installed.
  const child = spawn("sh", ["-c", 'umask 022 && exec npm "$@"', "npm", ...args], {
    cwd: folder,
    stdio: ["ignore", "ignore", "pipe"],
  });
  let errors = "";
  child.stderr.on("data", (chunk: Buffer) => {
    errors = (errors + chunk.toString()).slice(-4_000);
  });
  const started = Date.now();
  const timer = setInterval(
    () => log(`Still installing the agent CLIs (${Math.round((Date.now() - started) / 1_000)} s)`),
    PROGRESS_EVERY_MS,
  );
  const stop = (): void => void child.kill("SIGTERM");
  process.once("exit", stop);
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", resolve);
    });
    if (code === 0) return;
    if (code === 127)
      throw new CliInstallError("npm is not installed: install Node.js with npm, then run the command again.");
    const [reason] = errors.split("\n").filter((line) => /\bE[A-Z]{3,}|ENOSPC|code /.test(line));
    throw new CliInstallError(
      `The agent CLIs did not install (npm ended with ${code}${reason === undefined ? "" : `: ${reason.trim()}`}): check the npm registry and the disk, then run the command again.`,
    );
  } finally {
    clearInterval(timer);
    process.off("exit", stop);
  }
}
