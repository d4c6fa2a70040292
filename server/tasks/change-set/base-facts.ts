import type { Manifest } from "@/lib/change-set";
import { foreignParents, descendsFromBase } from "@/server/change-sets/check-manifest";
import type { SetEntry } from "@/server/change-sets/facts";
import type { GitHubRepository } from "@/server/github/port";

/**
 * What GitHub says of what a set stands on. `squash`: a commit of it stands on one that is not in the branch's history.
 */
export type BaseFacts =
  /** `files`: those that the set has to do with, by path or by content. */
  | { known: true; files: ReadonlyMap<string, SetEntry>; squash: boolean }
  | { known: false; why: "base_unknown" | "cannot_be_judged" };

/** More of them are not asked for one by one. */
const MOST_PARENTS = 8;

/**
 * Asks GitHub, and nobody else: it gives commits of every fork by their ids, so that each one counts that is in the
 * history of the task's own branch alone. `branch` null: the repository's default one.
 * @throws GitHubError
 */
export async function baseFacts(
  repository: GitHubRepository,
  manifest: Manifest,
  branch: string | null,
): Promise<BaseFacts> {
  const name = branch ?? (await repository.get()).defaultBranch;
  if (!(await repository.isInHistory(manifest.base, name))) return { known: false, why: "base_unknown" };
  if (!descendsFromBase(manifest)) return { known: false, why: "cannot_be_judged" };
  const tree = await repository.treeOf(manifest.base);
  const files = tree === null ? null : await repository.treeFiles(tree);
  if (files === null) return { known: false, why: "cannot_be_judged" };
  const parents = foreignParents(manifest);
  let squash = parents.length > MOST_PARENTS;
  for (const parent of squash ? [] : parents) squash ||= !(await repository.isInHistory(parent, name));
  return { known: true, files: filesOf(manifest, files), squash };
}

/** All files of a large repository beside those of the set would be too much for the memory of a Worker. */
function filesOf(manifest: Manifest, all: ReadonlyMap<string, SetEntry>): ReadonlyMap<string, SetEntry> {
  const changes = manifest.commits.flatMap(({ paths }) => paths);
  const paths = new Set([".gitmodules", ...changes.map(({ path }) => path)]);
  const contents = new Set(changes.flatMap(({ entry }) => entry?.sha ?? []));
  const files = new Map<string, SetEntry>();
  for (const [path, entry] of all) if (paths.has(path) || contents.has(entry.sha)) files.set(path, entry);
  return files;
}
