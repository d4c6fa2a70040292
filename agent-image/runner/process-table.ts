import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";

const MOST_ROUNDS = 100;
const ROUND_MS = 50;

/**
 * Ends every process of a user who belongs to one run alone, whatever it did to hide. False: one of them lives on, or this
 * is no system that could tell. The supervisor must be root.
 */
export async function endProcessesOf({ uid, gid }: { uid: number; gid: number }): Promise<boolean> {
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const pids = await processesOf(uid);
    if (pids === null) return false;
    if (pids.length === 0) return true;
    // By one call for all of them, which no fork escapes; and one by one, should they end the caller first.
    await killAllAs({ uid, gid });
    for (const pid of pids) signal(pid);
    await sleep(ROUND_MS);
  }
  return false;
}

/** The living processes of a user; null where the system does not say. */
export async function processesOf(uid: number): Promise<number[] | null> {
  const names = await readdir("/proc").catch(() => null);
  const pids = names?.filter((name) => /^\d+$/.test(name));
  if (pids === undefined || pids.length === 0) return null;
  const statuses = await Promise.all(
    pids.map(async (pid) => ({ pid, status: await readFile(`/proc/${pid}/status`, "utf8").catch(() => "") })),
  );
  return statuses.filter(({ status }) => isOf(status, uid)).map(({ pid }) => Number(pid));
}

/** By any of its four user ids; a zombie is no life. */
function isOf(status: string, uid: number): boolean {
  const ids = /^Uid:\s+(.*)$/m.exec(status)?.[1]?.split(/\s+/) ?? [];
  return ids.includes(String(uid)) && !/^State:\s+Z/m.test(status);
}

async function killAllAs(user: { uid: number; gid: number }): Promise<void> {
  const child = spawn("/usr/bin/perl", ["-e", "kill KILL => -1"], { stdio: "ignore", env: {}, cwd: "/", ...user });
  await new Promise<void>((resolve) => {
    child.on("error", () => resolve());
    child.on("exit", () => resolve());
  });
}

function signal(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // Gone meanwhile.
  }
}

/**
 * Kills every process that carries the marker in its environment: what the agent started and moved to another session.
 * For an agent that is the supervisor's own user on a system without namespaces, where nothing else tells whose a process
 * is. One that cleared its environment is not found.
 */
export async function killOrphans(marker: string): Promise<void> {
  const names = await readdir("/proc").catch(() => []);
  await Promise.all(
    names
      .filter((name) => /^\d+$/.test(name) && name !== String(process.pid))
      .map(async (pid) => {
        const environment = await readFile(`/proc/${pid}/environ`, "utf8").catch(() => "");
        if (environment.split("\0").includes(marker)) signal(Number(pid));
      }),
  );
}

/** How many processes a group has; 0 where the system does not say. */
export async function groupSize(groupId: number): Promise<number> {
  const names = await readdir("/proc").catch(() => []);
  const stats = await Promise.all(
    names.filter((name) => /^\d+$/.test(name)).map((pid) => readFile(`/proc/${pid}/stat`, "utf8").catch(() => "")),
  );
  // proc(5): after the name in brackets come state, parent and group; a zombie is no life.
  return stats.filter((stat) => {
    const [state, , group] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return Number(group) === groupId && state !== "Z";
  }).length;
}

/** When memory runs out, the kernel takes the agent and not the supervisor, which then still saves the work. */
export function prepareForMemoryPressure(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    writeFileSync(`/proc/${pid}/oom_score_adj`, "700");
  } catch {
    // Not Linux, or the process is gone.
  }
}

/** How many processes the kernel has killed for memory on this machine, or null where it does not say. */
export async function memoryKills(): Promise<number | null> {
  const text = await readFile("/proc/vmstat", "utf8").catch(() => "");
  const count = /^oom_kill (\d+)$/m.exec(text)?.[1];
  return count === undefined ? null : Number(count);
}
