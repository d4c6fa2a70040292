import { env } from "cloudflare:workers";
import { eq, sql } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { anAttempt, aTask } from "@/server/testing/rows";
import { openDatabase } from "./database";
import { insertWhere } from "./insert-where";
import { obligations, taskAttempts, tasks } from "./schema";

const db = openDatabase(env.DB);
const idOf = (name: string) => `task_${name.padStart(20, "0")}`;

describe("an insert under a condition", () => {
  it("writes what a plain insert writes, defaults and empty columns too", async () => {
    const [plain, guarded] = [idOf("plain"), idOf("guarded")];
    const whole = {
      branch: "porter/x",
      wipBranch: "porter/x-wip",
      outOfMemory: false,
      exitCode: 0,
      region: "ams",
      summary: null,
    };
    await db.insert(taskAttempts).values(anAttempt(plain, 1, whole));
    await insertWhere(db, taskAttempts, { row: anAttempt(guarded, 1, whole), where: sql`1` });
    const [one] = await db.select().from(taskAttempts).where(eq(taskAttempts.taskId, plain));
    const [other] = await db.select().from(taskAttempts).where(eq(taskAttempts.taskId, guarded));
    const { taskId: _one, machineName: _first, ...first } = { ...one };
    const { taskId: _other, machineName: _second, ...second } = { ...other };
    expect(second).toEqual(first);
  });

  it("writes nothing where the condition does not hold", async () => {
    const id = idOf("no");
    await insertWhere(db, tasks, { row: aTask({ id, mentionId: null }), where: sql`0` });
    expect(await db.select().from(tasks).where(eq(tasks.id, id))).toEqual([]);
  });

  it("writes one row for each that the condition finds", async () => {
    const userId = 4711;
    const ids = ["a", "b", "c"].map(idOf);
    for (const id of ids) await db.insert(tasks).values(aTask({ id, userId, mentionId: null }));
    await insertWhere(db, obligations, {
      row: { subject: tasks.id, kind: "report", tries: sql`2 + 1` },
      from: tasks,
      where: eq(tasks.userId, userId),
    });
    const made = await db.select().from(obligations).where(eq(obligations.tries, 3)).orderBy(obligations.subject);
    expect(made).toEqual(
      ids.map((subject) => ({ subject, kind: "report", dueAt: null, tries: 3, gaveUpReason: null })),
    );
  });
});
