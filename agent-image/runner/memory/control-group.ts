import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** A kernel has the control of memory in one of two kinds of tree. */
export type Kind = "unified" | "memory";
/** A control group that a new one may be made in: the supervisor's own. */
export type CgroupHierarchy = { kind: Kind; folder: string };

/** A group of processes with a bound on their memory, which the kernel keeps. */
export type ControlGroup = {
  /** Whatever the process starts from now on is in it, too. */
  take(pid: number): void;
  /** How many of its processes the kernel has ended for memory. */
  kills(): number;
  /** Removes it, once nothing lives in it. */
  close(): Promise<void>;
};

const FILES = {
  unified: {
    most: "memory.max",
    noSwap: ["memory.swap.max", "0"],
    counts: "memory.events",
    single: "memory.oom.group",
  },
  memory: { most: "memory.limit_in_bytes", noSwap: null, counts: "memory.oom_control", single: null },
} as const;

const MOST_PROCESSES = 4096;

/**
 * The supervisor's own groups, in every tree that is mounted. `mounts` and `own`: the texts of /proc/self/mountinfo and
 * /proc/self/cgroup.
 */
export function cgroupHierarchiesOf(mounts: string, own: string): CgroupHierarchy[] {
  const ownPaths = new Map(
    own.split("\n").map((line): [string, string] => {
      const [, controllers = "", path = ""] = /^\d+:([^:]*):(\/.*)$/.exec(line) ?? [];
      return [controllers.split(",").includes("memory") ? "memory" : controllers === "" ? "unified" : "", path];
    }),
  );
  return mounts.split("\n").flatMap((line): CgroupHierarchy[] => {
    const [before = "", after = ""] = line.split(" - ", 2);
    const [, , , root = "", mountPoint = ""] = before.split(" ");
    const [type, , options = ""] = after.split(" ");
    const isMemory = type === "cgroup" && options.split(",").includes("memory");
    const kind: Kind | null = type === "cgroup2" ? "unified" : isMemory ? "memory" : null;
    const path = kind === null ? undefined : ownPaths.get(kind);
    if (kind === null || path === undefined || path === "") return [];
    // A container sees a part of the tree alone.
    const within = relative(root, path);
    return within.startsWith("..") ? [] : [{ kind, folder: join(mountPoint, within) }];
  });
}

/** Makes a group with a bound. Throws where the kernel, or whoever made this container, does not let it. */
export function makeControlGroup({ kind, folder }: CgroupHierarchy, mostBytes: number): ControlGroup {
  const files = FILES[kind];
  if (kind === "unified" && !controlsOf(folder, "cgroup.subtree_control").includes("memory"))
    writeFileSync(join(folder, "cgroup.subtree_control"), "+memory");
  removeLeftOvers(folder);
  const group = join(folder, `porter-${process.pid}-${Date.now()}`);
  mkdirSync(group);
  const set = (name: string, value: string): void => writeFileSync(join(group, name), value, { flag: "r+" });
  const setIfThere = (name: string, value: string): void => {
    if (existsSync(join(group, name))) set(name, value);
  };
  try {
    set(files.most, String(mostBytes));
    if (files.noSwap !== null) setIfThere(files.noSwap[0], files.noSwap[1]);
    // The largest process goes, not all of them: an agent outlives a test that ate too much.
    if (files.single !== null) setIfThere(files.single, "0");
    setIfThere("pids.max", String(MOST_PROCESSES));
  } catch (error) {
    rmdirSync(group);
    throw error;
  }
  return {
    take: (pid) => set("cgroup.procs", String(pid)),
    kills: () => Number(/^oom_kill (\d+)$/m.exec(readFileSync(join(group, files.counts), "utf8"))?.[1] ?? 0),
    close: () => removeSoon(group),
  };
}

const controlsOf = (folder: string, name: string): string[] =>
  readFileSync(join(folder, name), "utf8").trim().split(" ");

const ROUNDS = 40;
const ROUND_MS = 50;

/** A process that was ended is in its group until somebody has taken note. */
async function removeSoon(group: string): Promise<void> {
  for (let round = 0; round < ROUNDS && !removed(group); round += 1) await sleep(ROUND_MS);
}

function removed(group: string): boolean {
  try {
    rmdirSync(group);
    return true;
  } catch {
    return false;
  }
}

/** Groups of supervisors that were killed: empty, and nobody else's. */
function removeLeftOvers(folder: string): void {
  for (const name of readdirSync(folder)) {
    const pid = /^porter-(\d+)-\d+$/.exec(name)?.[1];
    if (pid !== undefined && !existsSync(`/proc/${pid}`)) removed(join(folder, name));
  }
}
