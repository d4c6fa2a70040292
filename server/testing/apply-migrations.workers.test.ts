import { env } from "cloudflare:workers";
import { expect, test } from "vitest";

test("the database of a workers test holds the real migrations", async () => {
  const { results } = await env.DB.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all<{
    name: string;
  }>();
  expect(results.map((row) => row.name)).toEqual(expect.arrayContaining(["users", "tasks", "task_attempts"]));
});
