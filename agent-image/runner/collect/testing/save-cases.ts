import { join } from "node:path";
import { CASES } from "./cases.ts";
import { CollectWorld, withOwnSecret } from "./collect-world.ts";
import { saveSet } from "./save-set.ts";

/** `node save-cases.ts FOLDER NAME…`: plays cases and leaves their sets in folders of their places in the list. */
const [folder = "", ...names] = process.argv.slice(2);
for (const [at, one] of CASES.entries()) {
  if (!names.includes(one.name)) continue;
  await using world = await CollectWorld.open(one.base ?? "");
  world.agent(withOwnSecret(one.agent));
  await saveSet(world, await world.collect(), join(folder, String(at)));
}
