import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";

type ProcessRow = { pid: number; parent: number; group: number };

/**
 * Every process that belongs to a machine: the tree under `rootPid`, its process group, and whoever works in or
 * was given `folder` (a detached child whose parent is gone). Never this process itself.
 */
export function processesOf(rootPid: number, folder: string | null): number[] {
  const rows = process.platform === "linux" ? fromProc() : fromPs();
  const found = new Set<number>([rootPid]);
  for (let grew = true; grew;) {
    grew = false;
    for (const row of rows) {
      if (found.has(row.pid) || !(found.has(row.parent) || row.group === rootPid)) continue;
      found.add(row.pid);
      grew = true;
    }
  }
  if (folder !== null && process.platform === "linux") {
    for (const row of rows) if (livesIn(row.pid, folder)) found.add(row.pid);
  }
  found.delete(process.pid);
  const alive = new Set(rows.map((row) => row.pid));
  return [...found].filter((pid) => alive.has(pid));
}

/** Sends a signal to each; a process that has ended meanwhile is no error. */
export function signalAll(pids: number[], signal: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, signal);
    } catch {
      // Ended between the look and the signal.
    }
  }
}

/** Whether the process exists; one that ended and is not yet waited for counts as ended on Linux. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  const stat = readOrNull(() => readFileSync(`/proc/${pid}/stat`, "latin1"));
  return stat === null || stat.slice(stat.lastIndexOf(")") + 2, stat.lastIndexOf(")") + 3) !== "Z";
}

/** Whether the process runs Cloudflare's workerd (Linux and macOS). */
export function isWorkerd(pid: number): boolean {
  const name =
    process.platform === "linux"
      ? readOrNull(() => readFileSync(`/proc/${pid}/comm`, "utf8"))
      : readOrNull(() => execFileSync("ps", ["-o", "comm=", "-p", String(pid)], { encoding: "utf8" }));
  return name?.trim().endsWith("workerd") === true;
}

function fromProc(): ProcessRow[] {
  const rows: ProcessRow[] = [];
  for (const entry of readdirSync("/proc")) {
    if (!/^\d+$/.test(entry)) continue;
    const stat = readOrNull(() => readFileSync(`/proc/${entry}/stat`, "latin1"));
    // The command name may hold spaces and brackets; the fields begin after its last bracket.
    const fields = stat?.slice(stat.lastIndexOf(")") + 2).split(" ");
    if (!fields || fields[0] === "Z") continue;
    rows.push({ pid: Number(entry), parent: Number(fields[1]), group: Number(fields[2]) });
  }
  return rows;
}

function fromPs(): ProcessRow[] {
  const lines = execFileSync("ps", ["-A", "-o", "pid=,ppid=,pgid="], { encoding: "utf8" }).trim().split("\n");
  return lines.map((line) => {
    const [pid = 0, parent = 0, group = 0] = line.trim().split(/\s+/).map(Number);
    return { pid, parent, group };
  });
}

function livesIn(pid: number, folder: string): boolean {
  const cwd = readOrNull(() => readlinkSync(`/proc/${pid}/cwd`));
  if (cwd === folder || cwd?.startsWith(`${folder}/`)) return true;
  return readOrNull(() => readFileSync(`/proc/${pid}/environ`, "latin1"))?.includes(`=${folder}/`) ?? false;
}

function readOrNull(read: () => string): string | null {
  try {
    return read();
  } catch {
    return null;
  }
}
