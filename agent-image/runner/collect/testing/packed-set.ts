import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { type Manifest, manifestSchema } from "../../../../lib/change-set.ts";
import { ObjectReader } from "../object-reader.ts";
import { packChangeSet, type Packed } from "../pack-change-set.ts";
import { type CollectWorld, SECRETS, type WrittenWork } from "./collect-world.ts";

type ToPack = Pick<WrittenWork, "work" | "written">;

/** Packs collected work and keeps its parts, each of which is what is said of it. */
export async function packWork(
  world: CollectWorld,
  { work, written }: ToPack,
): Promise<{ packed: Packed; parts: Buffer[] }> {
  const parts: Buffer[] = [];
  const objects = new ObjectReader(world.trusted, 60_000);
  const packed = await packChangeSet({
    work,
    written,
    git: world.trusted,
    timeoutMs: 60_000,
    objects,
    textOf: ({ commit }) => commit?.message.toString() ?? "left over",
    secrets: SECRETS,
    onPart: (part, content) => {
      const sha256 = createHash("sha256").update(content).digest("hex");
      assert.deepEqual(part, { number: parts.length + 1, size: content.length, sha256 });
      parts.push(content);
    },
  });
  await objects.close();
  return { packed, parts };
}

/** A set that is not too large. */
export async function packWhole(
  world: CollectWorld,
  written: ToPack,
): Promise<{ manifest: Manifest; parts: Buffer[] }> {
  const { packed, parts } = await packWork(world, written);
  if (packed.kind !== "whole") throw new Error("it is too large");
  return { manifest: manifestSchema.parse(JSON.parse(JSON.stringify(packed.manifest))), parts };
}

/**
 * Writes a set into a fresh clone of the base, as whoever receives it would, and expects the tree of each commit. It
 * stands on the base by first parents, and names nothing twice.
 */
export async function expectToHold(world: CollectWorld, manifest: Manifest, parts: readonly Buffer[]): Promise<void> {
  const clone = join(world.root, "replay.git");
  const file = { GIT_ALLOW_PROTOCOL: "file" };
  await world.trusted.run(
    ["clone", "-q", "--bare", "--no-local", "--template=", `file://${world.root}/origin`, clone],
    { env: file },
  );
  const git = world.trusted.with({ GIT_DIR: clone, GIT_INDEX_FILE: join(world.root, "replay.index") });
  for (const { sha, size, part, at } of manifest.blobs) {
    const content = Buffer.concat(parts.slice(part - 1)).subarray(at, at + size);
    assert.equal(await git.text(["hash-object", "-w", "--stdin"], { input: content }), sha);
  }
  const trees = new Map([[manifest.base, manifest.baseTree]]);
  for (const { sha, tree, parents, paths } of manifest.commits) {
    assert(!trees.has(sha), `${sha} stands there twice`);
    await git.run(["read-tree", trees.get(parents[0] ?? "") ?? `${parents[0]}^{tree}`]);
    const gone = paths.filter(({ entry }) => entry === null).map(({ path }) => `0 ${"0".repeat(40)}\t${path}\0`);
    const set = paths.flatMap(({ path, entry }) => (entry === null ? [] : [`${entry.mode} ${entry.sha} 0\t${path}\0`]));
    await git.run(["update-index", "-z", "--index-info"], { input: [...gone, ...set].join("") });
    assert.equal(await git.text(["write-tree"]), tree);
    assert.equal(new Set(paths.map(({ path }) => path)).size, paths.length);
    trees.set(sha, tree);
  }
  assert.equal(manifest.tree, manifest.commits.at(-1)?.tree ?? manifest.baseTree);
  const firstParents = new Map(manifest.commits.map(({ sha, parents }) => [sha, parents[0] ?? ""]));
  let at = manifest.commits.at(-1)?.sha ?? manifest.base;
  while (firstParents.has(at)) at = firstParents.get(at) ?? "";
  assert.equal(at, manifest.base);
}
