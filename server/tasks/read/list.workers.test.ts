import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { openStores } from "@/server/db/open-stores";
import { aTask, NOW } from "@/server/testing/rows";
import { testContext, userActor } from "@/server/testing/test-context";
import { getTask } from "./get";
import { listTasks, searchTasks } from "./list";

describe("a list", () => {
  it("has no field without a value: optional ones are absent, and pages do not carry them", async () => {
    const db = openStores(env.DB);
    const task = aTask({ userId: 809, status: "success", phase: "done", prNumber: 7 });
    await db.tasks.create({ task, event: { kind: "task.created", data: {} }, now: NOW, moveId: crypto.randomUUID() });
    const context = testContext({ db, actor: userActor(809, "terse") });
    for (const list of [listTasks, searchTasks]) {
      const [view] = (await list(context, { limit: 1 })).tasks;
      expect(view).toMatchObject({ prNumber: 7 });
      expect(Object.keys(view ?? {})).not.toContain("failureCode");
      expect(Object.values(view ?? {})).not.toContain(undefined);
    }
  });

  it("has a question as words, where the page of the task has it as the agent wrote it", async () => {
    const db = openStores(env.DB);
    const asked = { failureCode: "agent_asks", errorMessage: "**Which** one, `a` or `b`?" } as const;
    const task = aTask({ userId: 810, status: "failed", phase: "working", ...asked });
    await db.tasks.create({ task, event: { kind: "task.created", data: {} }, now: NOW, moveId: crypto.randomUUID() });
    const context = testContext({ db, actor: userActor(810, "curious") });
    expect((await searchTasks(context, { limit: 1 })).tasks).toMatchObject([{ errorMessage: "Which one, a or b?" }]);
    expect(await getTask(context, task.id)).toMatchObject(asked);
  });
});
