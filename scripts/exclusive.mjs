// One process at a time in a piece of work that writes into this folder (npm ci, the build). Plain JavaScript: run.mjs
// needs it before anything is installed.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}

function tryHold(file) {
  try {
    writeFileSync(file, String(process.pid), { flag: "wx" });
    return true;
  } catch (error) {
    if (error.code === "EEXIST") return false;
    throw error;
  }
}

function owner(file) {
  try {
    return Number(readFileSync(file, "utf8"));
  } catch {
    return 0;
  }
}

export async function runExclusively(file, { onWait, work }) {
  mkdirSync(dirname(file), { recursive: true });
  for (let tries = 0; !tryHold(file); tries += 1) {
    const pid = owner(file);
    // A holder that died without its clean-up; 0 is a file that is being written or removed this very moment.
    if (pid > 0 && !isAlive(pid)) {
      rmSync(file, { force: true });
      continue;
    }
    if (tries === 0) onWait();
    await sleep(250);
  }
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}
