import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import { anAttempt, aTask, NOW, putAttempt } from "@/server/testing/rows";
import { openDatabase } from "./database";
import { rebuildEndedWeeks } from "./ended-weeks";
import { openStores } from "./open-stores";

const rowsOf = async (sql: string) => (await env.DB.prepare(sql).all()).results;
const kept = () => rowsOf("SELECT e.key AS id, e.value AS entry FROM ended_weeks w, json_each(w.tasks) e ORDER BY 1");
const counted = () => rowsOf("SELECT id, entry FROM ended_entries ORDER BY 1");

/** What writes a task or its attempt, one after the other; each must leave the weeks as a recount has them. */
const WRITES = (id: string): string[] => [
  `UPDATE tasks SET status = 'running', attempt = 1, started_at = '2026-11-22T12:00:00.000Z' WHERE id = '${id}'`,
  `UPDATE task_attempts SET cost_usd = 0.25 WHERE task_id = '${id}'`,
  `UPDATE tasks SET status = 'failed', failure_code = 'agent_failed', completed_at = '2026-11-22T12:05:00.000Z' WHERE id = '${id}'`,
  `UPDATE task_attempts SET cost_usd = 0.5 WHERE task_id = '${id}'`,
  `UPDATE tasks SET status = 'queued', earlier_attempts = 1 WHERE id = '${id}'`,
  `UPDATE tasks SET status = 'failed', earlier_attempts = 0 WHERE id = '${id}'`,
  `UPDATE tasks SET failure_code = 'never_published' WHERE id = '${id}'`,
  `UPDATE tasks SET status = 'success', failure_code = NULL, pr_number = 1, pr_state = 'open' WHERE id = '${id}'`,
  `UPDATE tasks SET pr_checks = 'failed', pr_review = 'approved' WHERE id = '${id}'`,
  `DELETE FROM tasks WHERE id = '${id}'`,
];

it("has after every write what a recount says, also of tasks that run again or are gone", async () => {
  const { tasks } = openStores(env.DB);
  const [one, other] = [aTask({ userId: 931 }), aTask({ userId: 931, status: "success", completedAt: NOW })];
  for (const task of [one, other]) {
    await tasks.create({ task, event: { kind: "task.created", data: {} }, now: NOW, moveId: crypto.randomUUID() });
    await putAttempt(env.DB, anAttempt(task.id, 1, { userId: 931 }));
  }
  let seen = 0;
  for (const write of WRITES(one.id)) {
    await env.DB.prepare(write).run();
    const [weeks, recount] = [await kept(), await counted()];
    expect(weeks, write).toEqual(recount);
    seen = Math.max(seen, weeks.length);
  }
  expect(seen).toBe(2);
  expect(await kept()).toHaveLength(1);
  await env.DB.prepare("UPDATE ended_weeks SET tasks = '{}'").run();
  await rebuildEndedWeeks(openDatabase(env.DB));
  expect(await kept()).toEqual(await counted());
});
