// CPU time of this machine's processes, as Linux's /proc tells it. Seconds of CPU stay the same beside other work, which
// seconds of the wall do not.
import { readdirSync, readFileSync } from "node:fs";

/** Linux counts /proc's times in hundredths of a second on every platform that Porter's tools run on. */
const TICKS_A_SECOND = 100;

type Process = { pid: number; parent: number; ticks: number };

/** One process's parent, and its CPU with that of its ended children; undefined when it is gone, or this is no Linux. */
function readProcess(pid: number): Process | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  } catch {
    return undefined;
  }
  // The name in brackets may hold blanks and brackets: what counts stands behind its last one. proc(5) numbers the
  // fields: 4 is the parent, 14 to 17 are the user's and the system's time, own and of children that were waited for.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const field = (number: number): number => Number(fields[number - 3]);
  return { pid, parent: field(4), ticks: field(14) + field(15) + field(16) + field(17) };
}

/** Seconds of CPU that a process and everything below it have used so far; undefined where there is no /proc. */
export function cpuSecondsOfTree(root: number): number | undefined {
  const own = readProcess(root);
  if (own === undefined) return undefined;
  const all = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => readProcess(Number(name)) ?? []);
  const childrenOf = Map.groupBy(all, ({ parent }) => parent);
  const ticks = ({ pid, ticks: used }: Process): number =>
    (childrenOf.get(pid) ?? []).reduce((total, child) => total + ticks(child), used);
  return ticks(own) / TICKS_A_SECOND;
}
