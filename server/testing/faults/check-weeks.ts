import { readRows } from "./history";
import { violationOf, type CheckedWorld, type Violation } from "./violation";

/** What counts and history read beside a recount of the tasks; an empty week says nothing. */
const UNLIKE = `
  SELECT k.id AS id, k.entry AS kept, c.entry AS counted FROM
    (SELECT e.key AS id, e.value AS entry FROM ended_weeks w, json_each(w.tasks) e) k FULL JOIN ended_entries c ON c.id = k.id
  WHERE k.entry IS NOT c.entry`;

/** I17: figures that are kept by the writing statements are what a recount says. */
export async function checkWeeks({ stage }: CheckedWorld): Promise<Violation[]> {
  const rows = await readRows(stage.world.engine, UNLIKE);
  return rows.map(({ id, kept, counted }) =>
    violationOf("I17", `${String(id)} is kept as ${String(kept)} and counted as ${String(counted)}`, String(id)),
  );
}
