import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmdirSync } from "node:fs";
import { totalmem, tmpdir } from "node:os";
import { join } from "node:path";
import type { AgentUser } from "../agent-user.ts";
import { type ControlGroup, makeControlGroup, cgroupHierarchiesOf } from "./control-group.ts";
import { keepBelow } from "./memory-watch.ts";

/** What the agent's processes may have of the machine's memory, so that the supervisor lives on and saves the work. */
export type MemoryBound = {
  /** By what it is kept. `nothing`: the kernel takes what it likes when memory runs out, the agent's first. */
  by: "kernel" | "watch" | "nothing";
  /** The agent's first process, before it starts another one. */
  take(pid: number): void;
  close(): Promise<void>;
};

type Input = {
  user: AgentUser;
  /** Less than the system says; null: all of that. */
  memoryBytes: number | null;
  /** Told how many processes were ended for memory so far, whenever there are more. */
  onKills: (count: number) => void;
};

const LOOK_EVERY_MS = 500;
const MB = 1024 * 1024;
const LEAST_RESERVE = 128 * MB;
const MOST_RESERVE = 512 * MB;

/** All but an eighth, which is the supervisor's and the kernel's: at least 128 MB, at most 512. */
export const agentShare = (memoryBytes: number): number =>
  memoryBytes - Math.min(MOST_RESERVE, Math.max(LEAST_RESERVE, Math.floor(memoryBytes / 8)));

/** The agent must be another user: what is the supervisor's own user's cannot be told from the agent's. */
export function boundMemory({ user, memoryBytes, onKills }: Input): MemoryBound {
  if (!user.separate) return { by: "nothing", take: () => undefined, close: async () => undefined };
  const most = agentShare(Math.min(memoryBytes ?? Infinity, machineBytes()));
  const group = controlGroup(most);
  let told = 0;
  let watched = 0;
  const look = async (): Promise<void> => {
    if (group === null && (await keepBelow(most, user.uid))) watched += 1;
    const count = group === null ? watched : group.kills();
    if (count > told) onKills((told = count));
  };
  let looking: Promise<void> = Promise.resolve();
  // One look after the other: on a machine without memory they may take long.
  const timer = setInterval(() => {
    looking = looking.then(look).catch(() => undefined);
  }, LOOK_EVERY_MS);
  return {
    by: group === null ? "watch" : "kernel",
    take(pid) {
      try {
        group?.take(pid);
      } catch {
        // It has ended already.
      }
    },
    async close() {
      clearInterval(timer);
      await looking;
      await look().catch(() => undefined);
      await group?.close();
    },
  };
}

/** The system's, or less where this container has a bound of its own. */
function machineBytes(): number {
  const bounded = process.constrainedMemory();
  return bounded > 0 ? Math.min(bounded, totalmem()) : totalmem();
}

/** null: neither is there one, nor can one be made. */
function controlGroup(mostBytes: number): ControlGroup | null {
  return groupIn(mostBytes) ?? groupInOwnTree(mostBytes);
}

function groupIn(mostBytes: number): ControlGroup | null {
  for (const hierarchy of cgroupHierarchiesOf(ownFile("mountinfo"), ownFile("cgroup"))) {
    try {
      return makeControlGroup(hierarchy, mostBytes);
    } catch {
      // Read-only, or without the control of memory: there may be another tree.
    }
  }
  return null;
}

/** In a virtual machine whose start has mounted no tree of groups. */
function groupInOwnTree(mostBytes: number): ControlGroup | null {
  if (/ - cgroup2? /.test(ownFile("mountinfo"))) return null;
  const folder = mkdtempSync(join(tmpdir(), "porter-groups-"));
  const unmount = (): void => {
    execFileSync("umount", ["-l", folder], { stdio: "ignore" });
    rmdirSync(folder);
  };
  try {
    execFileSync("mount", ["-t", "cgroup2", "porter", folder], { stdio: "ignore" });
  } catch {
    rmdirSync(folder);
    return null;
  }
  const group = groupIn(mostBytes);
  if (group === null) {
    unmount();
    return null;
  }
  return { ...group, close: async () => group.close().finally(unmount) };
}

const ownFile = (name: string): string => readFileSync(`/proc/self/${name}`, "utf8");
