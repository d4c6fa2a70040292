import { readRows } from "./history";
import { actOnTask } from "./on-task";
import { createRandom } from "./random";
import type { Stage } from "./stage";
import { FINE } from "./weather";

/** Longer than a lease of a row: whoever stood still so long goes on beside somebody else. */
const LEASE_AND_MORE_MS = 61_000;
const MOST_CLICKS = 3;

/**
 * Runs are over, and people publish what they left and push what was held back, in bad weather. Where the edges are the
 * only clock nothing fails. False: nothing was left.
 */
export async function publishAfterRuns(stage: Stage): Promise<boolean> {
  const { world } = stage;
  const { seed, clocks } = world.options;
  const order = createRandom(seed ^ 0xc11c);
  const rows = await readRows(
    world.engine,
    `SELECT DISTINCT task_id FROM change_sets WHERE whole_at IS NOT NULL ORDER BY task_id LIMIT ${MOST_CLICKS}`,
  );
  const isCalm = clocks === "edges";
  world.weather = isCalm ? FINE : { ...FINE, d1: 0.01, github: 0.03, crash: 0.01, slow: 0.01 };
  for (const { task_id: id } of rows) {
    const click = () => {
      const verb = order.pick<"publish" | "push_too">(["publish", "push_too", "push_too"]);
      return actOnTask(stage, { verb, taskId: String(id), seed: order.int(2 ** 31) });
    };
    await click();
    await world.drive(order, order.int(80));
    if (isCalm) continue;
    if (order.chance(0.3)) await click();
    await world.advance(LEASE_AND_MORE_MS, order, true);
    world.startSweep(order.int(2 ** 31));
    await world.drive(order, order.int(200));
  }
  return rows.length > 0;
}
