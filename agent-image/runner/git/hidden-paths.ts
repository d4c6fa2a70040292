import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { Git, GitOptions } from "./run-git.ts";

/**
 * Takes paths of the repository out of a fresh work tree that is still the supervisor's, without git seeing a
 * change: an agent's CLI would run or obey what stands there. `git` works on that tree and its index.
 */
export async function hidePaths(git: Git, workDir: string, paths: readonly string[]): Promise<void> {
  // Links are removed themselves, never what they point at.
  for (const path of paths) await rm(join(workDir, path), { recursive: true, force: true });
  await markHidden(git, paths, { cwd: workDir });
}

/**
 * Tells an index that what is missing of these paths is missing on purpose, so that adding the work tree keeps it
 * as it was. What the agent wrote there counts as usual.
 */
export async function markHidden(git: Git, paths: readonly string[], options: GitOptions): Promise<void> {
  if (paths.length === 0) return;
  const literal = paths.map((path) => `:(literal,top)${path}`);
  const missing = await git.run(["ls-files", "-z", "--deleted", "--", ...literal], options);
  if (missing.length === 0) return;
  await git.run(["update-index", "-z", "--skip-worktree", "--stdin"], { ...options, input: missing });
}
