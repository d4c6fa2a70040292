import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { CollectWorld, WrittenWork } from "./collect-world.ts";
import { packWhole } from "./packed-set.ts";

/**
 * Leaves in a folder what Porter has of collected work: the set, the files of the base as GitHub would list them, and the
 * base itself as a bundle. Porter's tests read it; they share no code with the runner.
 */
export async function saveSet(world: CollectWorld, written: WrittenWork, folder: string): Promise<void> {
  const { manifest, parts } = await packWhole(world, written);
  mkdirSync(folder, { recursive: true });
  const base = [...world.base.entries].map(([path, { mode, sha }]) => ({ path, entry: { mode, sha } }));
  writeFileSync(join(folder, "set.json"), JSON.stringify({ manifest, base }));
  writeFileSync(join(folder, "content"), Buffer.concat(parts));
  await world.trusted.run(["bundle", "create", "--quiet", join(folder, "base.bundle"), "refs/heads/main"]);
}
