import { writeFileSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";

/**
 * Kills every process that carries the marker in its environment: what the agent started and moved to another
 * session. Linux only; elsewhere nothing is found. One that cleared its environment ends with the machine.
 */
export async function killStrays(marker: string): Promise<void> {
  const names = await readdir("/proc").catch(() => []);
  await Promise.all(
    names
      .filter((name) => /^\d+$/.test(name) && name !== String(process.pid))
      .map(async (pid) => {
        const environment = await readFile(`/proc/${pid}/environ`, "utf8").catch(() => "");
        if (!environment.split("\0").includes(marker)) return;
        try {
          process.kill(Number(pid), "SIGKILL");
        } catch {
          // Gone meanwhile.
        }
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
