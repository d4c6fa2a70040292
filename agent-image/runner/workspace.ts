import { spawn } from "node:child_process";
import { chmod, chown, mkdir, mkdtemp, rm, statfs } from "node:fs/promises";
import { join } from "node:path";
import type { AgentUser } from "./agent-user.ts";
import { RunFailure } from "./run-failure.ts";

/**
 * The folders of one run. The supervisor's are closed to the agent; the agent's lie in a folder that it can enter
 * but not change, so it cannot put a link in their place.
 */
export type Workspace = {
  root: string;
  /** Supervisor only: the trusted repository, git's empty home. */
  privateDir: string;
  trusted: string;
  /** The agent's: work tree and home. */
  work: string;
  home: string;
  /** The supervisor's folder of what the agent is given to read; made where there is something. */
  context: string;
  /** The supervisor's folder of repositories that are the agent's once they are made. */
  collect: string;
};

const LEAST_FREE_BYTES = 256 * 1024 * 1024;

/** Makes the folders. Throws `RunFailure` disk_full when hardly anything is free. */
export async function createWorkspace(workRoot: string, user: AgentUser): Promise<Workspace> {
  if ((await freeBytes(workRoot)) < LEAST_FREE_BYTES) {
    throw new RunFailure("disk_full", "The machine has less than 256 MB of disk left.");
  }
  const root = await mkdtemp(join(workRoot, "porter-"));
  await chmod(root, 0o711);
  const at = (name: string): string => join(root, name);
  const workspace = {
    root,
    privateDir: at("private"),
    trusted: join(root, "private", "trusted.git"),
    work: at("work"),
    home: at("home"),
    collect: at("collect"),
    context: at("context"),
  };
  await mkdir(workspace.privateDir, { mode: 0o700 });
  await mkdir(workspace.collect, { mode: 0o755 });
  for (const folder of [workspace.work, workspace.home, join(workspace.home, "tmp")]) {
    await mkdir(folder, { mode: 0o700 });
    if (user.separate) await chown(folder, user.uid, user.gid);
  }
  // Where the file system cannot do that, there is nothing to give back. From its own user nothing can be kept.
  if (user.separate) await runQuietly("fallocate", ["--length", String(RESERVED_BYTES), reserveOf(workspace)]);
  return workspace;
}

/** What the supervisor needs to save the work when the agent has filled the disk. */
const RESERVED_BYTES = 64 * 1024 * 1024;
const reserveOf = ({ privateDir }: Workspace): string => join(privateDir, "reserve");

/** Gives the supervisor the disk that was kept from the agent. */
export const freeReserve = async (workspace: Workspace): Promise<void> => rm(reserveOf(workspace), { force: true });

/** Free bytes where a path lies. */
export async function freeBytes(path: string): Promise<number> {
  const stats = await statfs(path);
  return stats.bavail * stats.bsize;
}

/** Hands a tree that the supervisor made to the agent's user; links themselves, never what they point at. */
export async function handOver(path: string, user: AgentUser): Promise<void> {
  if (!user.separate) return;
  const exit = await runQuietly("chown", ["-hR", `${user.uid}:${user.gid}`, "--", path]);
  if (exit !== 0) throw new Error(`chown of the agent's files failed (${exit})`);
}

/**
 * Removes everything. `isQuiet`: no process of the agent lives. Without that nothing is done to its files by name but
 * their removal as its own user; and by root nothing at all, as a link could appear in a folder's place meanwhile.
 */
export async function removeWorkspace(
  workspace: Workspace,
  { user, isQuiet }: { user: AgentUser; isQuiet: boolean },
): Promise<void> {
  const theirs = [workspace.work, workspace.home, workspace.collect];
  if (isQuiet) await runQuietly("chmod", ["-R", "u+rwX", "--", ...theirs], user);
  await runQuietly("rm", ["-rf", "--", ...theirs], user);
  if (isQuiet || !user.separate) await runQuietly("rm", ["-rf", "--", workspace.root]);
}

async function runQuietly(file: string, args: string[], user?: AgentUser): Promise<number | null> {
  const child = spawn(file, args, {
    stdio: "ignore",
    env: { PATH: process.env.PATH ?? "/usr/bin:/bin", LC_ALL: "C" },
    ...(user?.separate ? { uid: user.uid, gid: user.gid } : {}),
  });
  return new Promise((resolve) => {
    child.on("error", () => resolve(null));
    child.on("close", resolve);
  });
}
