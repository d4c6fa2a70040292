import { readRows } from "./history";
import { violationOf, type CheckedWorld, type Violation } from "./violation";

/** More of one task than any life of it needs. */
const LINES_A_TASK = 40;

/** Each act with how often it was done, beside its line. */
const ACTS = `
  SELECT task_id AS task, CASE kind WHEN 'task.created' THEN 'task.start' WHEN 'slot.claimed' THEN 'attempt.start' WHEN 'user.stopped' THEN 'task.stop'
    WHEN 'user.retried' THEN 'task.retry' ELSE 'task.undo_retry' END AS action, count(*) AS done FROM task_events
    WHERE kind IN ('task.created', 'slot.claimed', 'user.stopped', 'user.retried', 'user.unretried_failed', 'user.unretried_timed_out') GROUP BY 1, 2
  UNION ALL SELECT task_id, 'machine.claim', count(*) FROM task_attempts WHERE claimed_at IS NOT NULL GROUP BY 1
  UNION ALL SELECT task_id, 'key.spend', count(*) FROM task_attempts WHERE keys_spent IS NOT NULL GROUP BY 1
  UNION ALL SELECT task_id, 'machine.start', count(*) FROM task_attempts WHERE machine_id IS NOT NULL GROUP BY 1`;

/** I16: no act without its line in the audit log, and no line without its act; a task has no more of them than it lived. */
export async function checkAudit({ stage }: CheckedWorld): Promise<Violation[]> {
  const { engine } = stage.world;
  const acts = await readRows(engine, ACTS);
  const lines = await readRows(
    engine,
    `SELECT substr(object, 6) AS task, action, count(*) AS done FROM audit_lines WHERE object GLOB 'task/*' GROUP BY 1, 2`,
  );
  const keyOf = (row: Record<string, unknown>) => `${String(row.task)} ${String(row.action)}`;
  const written = new Map(lines.map((row) => [keyOf(row), Number(row.done)]));
  const done = new Map(acts.map((row) => [keyOf(row), Number(row.done)]));
  const known = new Set(acts.map(({ action }) => action));
  const unlike = [...new Set([...done.keys(), ...lines.filter(({ action }) => known.has(action)).map(keyOf)])].filter(
    (key) => done.get(key) !== written.get(key),
  );
  const sums = new Map<string, number>();
  for (const row of lines) sums.set(String(row.task), (sums.get(String(row.task)) ?? 0) + Number(row.done));
  return [
    ...unlike.map((key) =>
      violationOf(
        "I16",
        `${key} was done ${done.get(key) ?? 0} times and written down ${written.get(key) ?? 0} times`,
        key.slice(0, 25),
      ),
    ),
    ...[...sums]
      .filter(([, sum]) => sum > LINES_A_TASK)
      .map(([task, sum]) => violationOf("I16", `${task} has ${sum} lines in the audit log`, task)),
  ];
}
