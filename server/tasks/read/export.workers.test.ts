import { env } from "cloudflare:workers";
import { getTableColumns } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { taskAttempts } from "@/server/db/schema";
import { openStores } from "@/server/db/open-stores";
import { anAttempt, aTask, NOW, putAttempt } from "@/server/testing/rows";
import { testContext, userActor } from "@/server/testing/test-context";
import { csvOfTasks } from "./list";

const create = (userId: number) =>
  openStores(env.DB).tasks.create({
    task: aTask({ userId, status: "success", phase: "done", attempt: 1 }),
    event: { kind: "task.created", data: {} },
    now: NOW,
    moveId: crypto.randomUUID(),
  });

/** Copies the user's one task until there are `total`, two of each instant, each with its attempt. */
async function multiply(userId: number, total: number): Promise<void> {
  const { results } = await env.DB.prepare("SELECT name FROM pragma_table_info('tasks')").all<{ name: string }>();
  const columns = results.map(({ name }) => name);
  const own: Record<string, string> = {
    id: "printf('task_x%019d', n)",
    created_at: "strftime('%Y-%m-%dT%H:%M:%fZ', '2026-01-01', (n / 2) || ' minutes')",
    move_id: "NULL",
  };
  await env.DB.prepare(
    `INSERT INTO tasks (${columns.join(", ")}) WITH RECURSIVE counted(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < ?2)
     SELECT ${columns.map((name) => own[name] ?? name).join(", ")} FROM tasks, counted WHERE user_id = ?1`,
  )
    .bind(userId, total - 1)
    .run();
  const ran = anAttempt("of-each", 1, { userId, costUsd: 0.5 });
  await putAttempt(env.DB, ran);
  const names = Object.values(getTableColumns(taskAttempts)).map(({ name }) => name);
  const changed: Record<string, string> = { task_id: "t.id", machine_name: "t.id" };
  await env.DB.prepare(
    `INSERT INTO task_attempts (${names.join(", ")}) SELECT ${names.map((name) => changed[name] ?? `a.${name}`).join(", ")}
     FROM tasks t JOIN task_attempts a ON a.task_id = 'of-each' WHERE t.user_id = ?`,
  )
    .bind(userId)
    .run();
}

describe("an export", () => {
  it("tells every task once, with a read a thousand and none of them of rows before its page", async () => {
    await create(806);
    await create(808);
    await multiply(806, 3500);
    const read: D1PreparedStatement[] = [];
    const prepare = (sql: string) => ({
      bind(...values: unknown[]) {
        read.push(env.DB.prepare(sql).bind(...values));
        return env.DB.prepare(sql).bind(...values);
      },
    });
    const context = testContext({ db: openStores({ prepare } as object as D1Database), actor: userActor(806, "many") });
    const ids: string[] = [];
    for (let cursor: string | undefined; ;) {
      const { lines, nextCursor } = await csvOfTasks(context, { cursor });
      ids.push(...lines.split("\r\n").flatMap((line) => (line === "" ? [] : [line.split(",")[0] ?? ""])));
      if (nextCursor === null) break;
      cursor = nextCursor;
    }
    expect([ids.length, new Set(ids).size, read.length]).toEqual([3500, 3500, 4]);
    const rows = await Promise.all(read.map(async (statement) => (await statement.run()).meta.rows_read));
    // One in the index and one in the table for each task and for its attempt.
    expect(Math.max(...rows)).toBeLessThan(4100);
  });
});
