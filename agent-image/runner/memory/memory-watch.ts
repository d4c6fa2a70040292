import { readFile } from "node:fs/promises";
import { processesOf } from "../process-table.ts";

type Sized = { pid: number; bytes: number };

/**
 * Ends the largest process of a user as long as all of its processes together have more memory than `mostBytes`; answers
 * whether it ended one. What two of them share counts once.
 */
export async function keepBelow(mostBytes: number, uid: number): Promise<boolean> {
  const pids = (await processesOf(uid)) ?? [];
  // The cheap count first: it counts what is shared for each.
  if (sum(await Promise.all(pids.map((pid) => sized(pid, "status", /^VmRSS:\s+(\d+) kB$/m)))) <= mostBytes)
    return false;
  const exact = await Promise.all(pids.map((pid) => sized(pid, "smaps_rollup", /^Pss:\s+(\d+) kB$/m)));
  if (sum(exact) <= mostBytes) return false;
  const largest = exact.toSorted((a, b) => b.bytes - a.bytes)[0];
  if (largest === undefined) return false;
  try {
    process.kill(largest.pid, "SIGKILL");
    return true;
  } catch {
    // It has ended meanwhile.
    return false;
  }
}

const sum = (all: Sized[]): number => all.reduce((total, { bytes }) => total + bytes, 0);

async function sized(pid: number, file: string, line: RegExp): Promise<Sized> {
  const text = await readFile(`/proc/${pid}/${file}`, "utf8").catch(() => "");
  return { pid, bytes: Number(line.exec(text)?.[1] ?? 0) * 1024 };
}
