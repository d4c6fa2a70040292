import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { CHANGE_SET_LIMITS, type Manifest } from "../../lib/change-set.ts";
import type { TestRepository } from "./git-server.ts";

/** Writes a set's commits as Porter would, from nothing but the set and the repository. Throws where a tree is another one. */
export function writeSet(repository: TestRepository, manifest: Manifest, content: Buffer): string {
  const { git } = repository;
  for (const { sha, size, part, at } of manifest.blobs) {
    const from = (part - 1) * CHANGE_SET_LIMITS.partBytes + at;
    const made = repository.hash(content.subarray(from, from + size));
    if (made !== sha) throw new Error(`${made} was handed over for ${sha}`);
  }
  const written = new Map([[manifest.base, manifest.base]]);
  for (const commit of manifest.commits) {
    const parents = commit.parents.map((parent) => written.get(parent) ?? parent);
    const tree = repository.treeWith(parents[0] ?? "", commit.paths);
    if (tree !== commit.tree) throw new Error(`the tree ${tree} was made for ${commit.tree}`);
    written.set(
      commit.sha,
      git("commit-tree", tree, ...parents.flatMap((parent) => ["-p", parent]), "-m", commit.message),
    );
  }
  return written.get(manifest.commits.at(-1)?.sha ?? manifest.base) ?? manifest.base;
}

/** Takes the branches of a bundle into the repository, below `refs/bundles/`. */
export function readBundle(repository: TestRepository, bundle: Buffer, name: string): void {
  const file = join(repository.directory, `${name}.bundle`);
  writeFileSync(file, bundle);
  repository.git("fetch", "--quiet", file, `refs/heads/*:refs/bundles/${name}/*`);
}
