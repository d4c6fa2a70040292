import type { Git, GitOptions } from "../git/run-git.ts";
import { GitError } from "../git/run-git.ts";
import { markHidden } from "../git/hidden-paths.ts";
import { type BaseTree, LINK_MODE, parseStage } from "./base-tree.ts";

type Input = { git: Git; hasIndex: boolean; base: BaseTree };

/**
 * Makes the index one that can be worked on: HEAD's where there is none, or an empty one beside files that were
 * committed; and without links to other repositories that `.gitmodules` does not name, whose files git would not see.
 */
export async function readyIndex({ git, hasIndex, base }: Input, here: GitOptions): Promise<void> {
  let entries = hasIndex ? await stage(git, here) : null;
  if (entries === null || entries.size === 0) {
    await git.run(["read-tree", "HEAD"], here);
    await markHidden(git, base.hiddenPaths, here);
    entries = (await stage(git, here)) ?? new Map();
  }
  const links = [...entries].filter(([path, { mode }]) => mode === LINK_MODE && base.entry(path)?.mode !== LINK_MODE);
  if (links.length === 0) return;
  const named = await namedModules(git, here);
  const stray = links.filter(([path]) => !named.has(path));
  if (stray.length === 0) return;
  const input = stray.map(([path]) => `${path}\0`).join("");
  await git.run(["update-index", "-z", "--force-remove", "--stdin"], { ...here, input });
}

/** null: the index cannot be read. */
async function stage(git: Git, here: GitOptions): Promise<ReturnType<typeof parseStage> | null> {
  try {
    return parseStage(await git.run(["ls-files", "--stage", "-z"], here));
  } catch (error) {
    if (error instanceof GitError && !error.timedOut) return null;
    throw error;
  }
}

/** Paths of submodules in the work tree's `.gitmodules`. */
async function namedModules(git: Git, here: GitOptions): Promise<Set<string>> {
  const query = ["config", "-z", "--no-includes", "--file", ".gitmodules", "--get-regexp", "^submodule\\..*\\.path$"];
  const output = await git.text(query, here).catch(() => "");
  return new Set(output.split("\0").map((field) => field.slice(field.indexOf("\n") + 1).replace(/\/+$/, "")));
}
