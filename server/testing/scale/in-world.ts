import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { createScaleWorld, type ScaleWorld } from "./measure";

/** Runs `work` in an empty world of its own. */
export const inScaleWorld = (work: (world: ScaleWorld) => Promise<void>): Promise<void> =>
  runInDurableObject(env.FAULT_STORAGE.get(env.FAULT_STORAGE.idFromName("scale")), async (_instance, state) => {
    await state.storage.deleteAll();
    for (const query of env.TEST_MIGRATIONS.flatMap((migration) => migration.queries)) state.storage.sql.exec(query);
    await work(createScaleWorld(state.storage));
    await state.storage.deleteAll();
  });
