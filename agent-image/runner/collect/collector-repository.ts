import { cp, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { AgentUser } from "../agent-user.ts";
import { Git } from "../git/run-git.ts";
import { handOver, type Workspace } from "../workspace.ts";

/** A repository of the supervisor's making for one look at the agent's work; its processes are the agent's user's. */
export type CollectorRepository = { directory: string; git: Git };

/**
 * Settings that make git take files as they are. What makes it run something is off for every call (`run-git.ts`); here
 * also what it would believe of the agent's objects without looking (commit graphs, bitmaps).
 */
const SETTINGS = [
  "core.bare=false",
  // Files that stand outside of a sparse checkout's cone count; what is missing there is no deletion.
  "core.sparseCheckout=true",
  "core.safecrlf=false",
  "core.splitIndex=false",
  "core.commitGraph=false",
  "core.multiPackIndex=false",
  "pack.useBitmaps=false",
  "index.sparse=false",
  "status.relativePaths=false",
  "status.showUntrackedFiles=all",
];

export type Opening = {
  name: string;
  workspace: Workspace;
  user: AgentUser;
  /** Commit that HEAD names. */
  head: string;
  /** Runs before the agent's user owns it. */
  prepare?: (directory: string) => Promise<void>;
};

/** Nothing of the agent's is read here: configuration, hooks and attributes are the supervisor's or none. */
export async function openCollector(opening: Opening): Promise<CollectorRepository> {
  const { workspace, user } = opening;
  const directory = join(workspace.collect, `${opening.name}.git`);
  for (const folder of ["objects/info", "objects/pack", "refs/heads", "info"]) {
    await mkdir(join(directory, folder), { recursive: true });
  }
  await writeFile(join(directory, "HEAD"), `${opening.head}\n`);
  await writeFile(join(directory, "config"), "[core]\n\trepositoryFormatVersion = 0\n");
  await cp(join(workspace.trusted, "shallow"), join(directory, "shallow")).catch(() => undefined);
  await opening.prepare?.(directory);
  await handOver(directory, user);
  return { directory, git: collectorGit(opening, directory) };
}

function collectorGit({ workspace, user }: Opening, directory: string): Git {
  const env: Record<string, string> = {
    GIT_DIR: directory,
    GIT_WORK_TREE: workspace.work,
    GIT_CONFIG_COUNT: String(SETTINGS.length),
  };
  for (const [at, setting] of SETTINGS.entries()) {
    env[`GIT_CONFIG_KEY_${at}`] = setting.slice(0, setting.indexOf("="));
    env[`GIT_CONFIG_VALUE_${at}`] = setting.slice(setting.indexOf("=") + 1);
  }
  return new Git({ home: workspace.home, user, env });
}

/** Environment that lends the collector the objects of a folder; null: its path cannot be written there. */
export function lendingEnvironment(objects: string): Record<string, string> | null {
  return /^\/[^:"\n]*$/.test(objects) ? { GIT_ALTERNATE_OBJECT_DIRECTORIES: objects } : null;
}
