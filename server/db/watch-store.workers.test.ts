import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { anAttempt, aTask, NOW } from "@/server/testing/rows";
import { openStores } from "./open-stores";

/** D1 that notes each statement which is run over it. */
function watched(d1: D1Database) {
  const seen: string[] = [];
  const prepare = (sql: string) => {
    seen.push(sql);
    return d1.prepare(sql);
  };
  return { d1: { prepare, batch: d1.batch.bind(d1) } as object as D1Database, seen };
}
async function planOf(sql: string): Promise<string[]> {
  const bound = Array.from({ length: sql.split("?").length - 1 }, () => 1);
  const { results } = await env.DB.prepare(`EXPLAIN QUERY PLAN ${sql}`)
    .bind(...bound)
    .all<{ detail: string }>();
  return results.map(({ detail }) => detail);
}

async function aTaskOf(userId: number) {
  const changes: number[] = [];
  const db = openStores(env.DB, ({ seq }) => changes.push(seq));
  const task = aTask({ userId });
  await db.tasks.create({ task, event: { kind: "task.created", data: {} }, now: NOW, moveId: crypto.randomUUID() });
  return { db, task, changes };
}

describe("what streams read", () => {
  it("is found by an index in every statement", async () => {
    const { d1, seen } = watched(env.DB);
    const { watch, logRows } = openStores(d1);
    await watch.newestChange(1);
    await watch.changedSince(1, 0, 50);
    await watch.task({ userId: 1, id: "t", event: 0, attempt: 1, limit: 50 });
    const of = { taskId: "t", attempt: 1, record: 0 };
    await logRows.chunksAfter({ ...of, limit: 5 });
    await logRows.chunksThrough({ ...of, limit: 5 });
    await logRows.removeChunksThrough(of);
    await logRows.expired(NOW, 20);
    expect(seen).toHaveLength(9);
    for (const sql of seen) {
      const plan = await planOf(sql);
      expect(plan.join("\n"), sql).toMatch(/USING (COVERING )?INDEX/);
      expect(plan.join("\n"), sql).not.toMatch(/\bSCAN\b|TEMP B-TREE/);
    }
  });

  it("leaves the long texts where they are", async () => {
    const { d1, seen } = watched(env.DB);
    const { watch } = openStores(d1);
    await watch.changedSince(1, 0, 50);
    expect(seen.join()).not.toMatch(/"(prompt|prompt_omissions|issue_body|instructions)"/);
  });
});

describe("the places of changes", () => {
  it("rise with every write of any of the user's tasks, and each is told", async () => {
    const one = await aTaskOf(9001);
    const two = await aTaskOf(9001);
    const moves = { now: NOW, event: { kind: "slot.claimed", data: {} } };
    const attempt = anAttempt(one.task.id, 1, { userId: 9001 });
    await one.db.tasks.claimSlot({ id: one.task.id, attempt, ...moves, moveId: crypto.randomUUID() });
    await one.db.attempts.progress({
      taskId: one.task.id,
      attempt: 1,
      seq: 1,
      now: NOW,
      phase: "starting",
      phaseChanged: false,
      progress: 6,
      steps: 1,
      lastStep: "one",
      phaseTimes: "{}",
      spent: null,
      chunk: null,
      moveId: crypto.randomUUID(),
    });
    expect([one.changes, two.changes]).toEqual([[1, 3, 4], [2]]);
    const rows = await one.db.watch.changedSince(9001, 1, 50);
    expect(rows.map(({ id, changeSeq }) => [id, changeSeq])).toEqual([
      [two.task.id, 2],
      [one.task.id, 4],
    ]);
  });

  it("are each user's own", async () => {
    const mine = await aTaskOf(9002);
    const theirs = await aTaskOf(9003);
    expect([mine.changes, theirs.changes]).toEqual([[1], [1]]);
  });

  it("are no two alike when many writes come at once", async () => {
    const made = await Promise.all(Array.from({ length: 20 }, () => aTaskOf(9004)));
    const places = made.flatMap(({ changes }) => changes);
    expect(places.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
  });

  it("are found by one index look-up, however many tasks a user has", async () => {
    await Promise.all(Array.from({ length: 30 }, () => aTaskOf(9005)));
    const [plan] = await planOf("SELECT coalesce(max(c.change_seq), 0) + 1 FROM tasks c WHERE c.user_id = ?");
    expect(plan).toMatch(/SEARCH c USING COVERING INDEX tasks_changed/);
    const { meta } = await env.DB.prepare("SELECT max(c.change_seq) FROM tasks c WHERE c.user_id = ?").bind(9005).run();
    expect(meta.rows_read).toBeLessThanOrEqual(2);
  });
});

it("tells the place of every waiting task in one read, however many wait", async () => {
  const { db } = await aTaskOf(9006);
  await Promise.all(Array.from({ length: 11 }, () => aTaskOf(9006)));
  const { d1, seen } = watched(env.DB);
  expect(await openStores(d1).tasks.line(9006, 100)).toHaveLength(12);
  expect(seen).toHaveLength(1);
  expect((await planOf(seen[0] ?? "")).join("\n")).not.toMatch(/\bSCAN tasks\b|\bSCAN q\b|\bSCAN r\b/);
  expect(await db.tasks.line(9006, 3)).toHaveLength(3);
});
