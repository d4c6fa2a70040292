import { env } from "cloudflare:workers";
import { describe, expect, it, test } from "vitest";
import { readKeptDays, ROW_END_NAMES, type RowEndName } from "@/lib/row-ends";
import { withTexts } from "@/server/tasks/texts/texts";
import { aMention, aTask, NOW } from "@/server/testing/rows";
import { testContext } from "@/server/testing/test-context";
import { endRows } from "./end-rows";

const DAY_MS = 86_400_000;
const ago = (days: number): string => new Date(Date.parse(NOW) - days * DAY_MS).toISOString();
const at = (now: string) => testContext({ clock: { now: () => new Date(now) } });
const run = (sql: string) => env.DB.prepare(sql).run();
const count = async (table: string, where = "1"): Promise<number> =>
  (await env.DB.prepare(`SELECT count(*) AS n FROM ${table} WHERE ${where}`).first<number>("n")) ?? -1;

/** Where each table's rows end: by a rule, or why none is needed. */
const ENDS: Record<string, RowEndName | { because: string }> = {
  deliveries: "deliveries",
  mentions: "mention_bodies",
  tasks: "task_texts",
  task_events: "events",
  use_counts: "counters",
  starts: "starts",
  dead_letters: "dead_letters",
  sessions: "sessions",
  github_answers: "github_answers",
  task_attempts: { because: "one small row an attempt; its log goes by the owner's setting" },
  ended_weeks: { because: "one row a person and week" },
  log_chunks: { because: "go when the log is packed" },
  change_sets: { because: "their files and keys go by the owner's setting" },
  obligations: { because: "go when done; what was given up goes with its delivery, or is the account's" },
  audit_lines: { because: "400 days, by the log's own trigger" },
  audit_subjects: { because: "walked through each day" },
  audit_log: { because: "the release before wrote it; drizzle/later drops it" },
  content_shares: { because: "full again after two hours, then deleted" },
  content_budgets: { because: "one row an installation" },
  installation_tokens: { because: "one row an installation" },
  app_sweeps: { because: "go when an app had no launch for long" },
  clock_ticks: { because: "one row a clock" },
  users: { because: "one row a person" },
  user_settings: { because: "one row a person" },
  user_secrets: { because: "few rows a person" },
  user_oauth_tokens: { because: "two rows a person" },
  repository_settings: { because: "one row a repository" },
  repository_secrets: { because: "few rows a repository" },
};

test("every table has a rule of its end, or the reason why none is needed", async () => {
  const { results } = await env.DB.prepare(
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT GLOB 'd1_*' AND name NOT GLOB '_cf_*' AND name NOT GLOB 'sqlite_*'",
  ).all<{ name: string }>();
  expect(results.map(({ name }) => name).toSorted()).toEqual(Object.keys(ENDS).toSorted());
  const used = Object.values(ENDS).flatMap((rule) => (typeof rule === "string" ? [rule] : []));
  expect(used.toSorted()).toEqual([...ROW_END_NAMES].toSorted());
});

test("operators change the days by name, within what the rest counts on", () => {
  expect(readKeptDays("events=30, deliveries=14")).toMatchObject({ events: 30, deliveries: 14, sessions: 7 });
  for (const wrong of [
    "events",
    "events=",
    "events=-1",
    "nothing=3",
    "events=1",
    "deliveries=6",
    "starts=0",
    "events=99999",
  ])
    expect(readKeptDays(wrong), wrong).toBeTypeOf("string");
});

describe("the sweep", () => {
  it("ends thousands of old rows at once, and leaves what is young or still to be done", async () => {
    const many = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2500)";
    await run(
      `${many} INSERT INTO deliveries (id, event, outcome, received_at) SELECT 'old-' || i, 'issues', 'ignored', '${ago(8)}' FROM n`,
    );
    await run(
      `INSERT INTO deliveries (id, event, outcome, received_at) VALUES ('owing', 'issues', 'x', '${ago(20)}'), ('young', 'issues', 'x', '${ago(6)}')`,
    );
    await run(`INSERT INTO obligations (subject, kind, due_at) VALUES ('owing', 'carry_out', '${NOW}')`);
    await run(`INSERT INTO obligations (subject, kind, gave_up_reason) VALUES ('old-1', 'carry_out', 'x')`);
    await run(
      `INSERT INTO task_events (task_id, user_id, attempt, kind, data, move_id, at) VALUES ('t', 1, 1, 'x', '{}', 'm1', '${ago(91)}'), ('t', 1, 1, 'x', '{}', 'm2', '${ago(89)}')`,
    );
    await run(
      `INSERT INTO use_counts (key, used, window_ends_at) VALUES ('over', 1, '${ago(2)}'), ('open', 1, '${ago(-1)}')`,
    );
    await run(
      `INSERT INTO dead_letters (queue, body, at) VALUES ('q', 'old', '${ago(31)}'), ('q', 'young', '${ago(29)}')`,
    );
    await run(
      `INSERT INTO sessions (id, user_id, created_at, last_seen_at, expires_at) VALUES ('over', 1, '${ago(40)}', '${ago(40)}', '${ago(8)}'), ('live', 1, '${ago(1)}', '${ago(1)}', '${ago(-20)}')`,
    );
    const { db } = at(NOW);
    await db.deliveries.claim({ id: "d1", event: "issue_comment", outcome: "mention", receivedAt: ago(2) }, [
      aMention({ id: "settled", deliveryId: "d1", status: "refused", settledAt: ago(2), dueAt: null }),
      aMention({ id: "pending", deliveryId: "d1", dueAt: NOW }),
    ]);
    await endRows(at(NOW));
    expect(await count("deliveries", "id GLOB 'old-*'")).toBe(0);
    expect(await count("deliveries", "id IN ('owing', 'young', 'd1')")).toBe(3);
    expect(await count("obligations", "subject = 'old-1'")).toBe(0);
    expect(await count("task_events")).toBe(1);
    expect(await count("use_counts", "key = 'over'")).toBe(0);
    expect(await count("use_counts", "key = 'open'")).toBe(1);
    expect(await count("dead_letters")).toBe(1);
    expect(await count("sessions")).toBe(1);
    expect((await db.mentions.get("settled"))?.issueBody).toBe("");
    expect((await db.mentions.get("pending"))?.issueBody).toBe("Please.");
  });

  it("brings the texts of what has ended to the bucket, where they are read as before", async () => {
    const context = at(NOW);
    const { tasks } = context.db;
    const create = async (overrides: Parameters<typeof aTask>[0]) => {
      const task = aTask({ userId: 901, ...overrides });
      await tasks.create({ task, event: { kind: "task.created", data: {} }, now: NOW, moveId: crypto.randomUUID() });
      return task.id;
    };
    const ended = { status: "success", phase: "done" } as const;
    const old = await create({ ...ended, completedAt: ago(2), contextFiles: `{"discussion":null,"pictures":[]}` });
    const young = await create({ ...ended, completedAt: ago(0.5) });
    const open = await create({ completedAt: ago(2) });
    const before = await tasks.get(old);
    await endRows(context);
    for (const id of [young, open]) expect((await tasks.get(id))?.prompt).toContain("French");
    const row = await tasks.get(old);
    expect(row).toMatchObject({ prompt: "", issueBody: "", contextFiles: null, textsAt: NOW });
    if (row === null || before === null) throw new Error("no row");
    const { prompt, promptOmissions, issueBody, contextFiles } = before;
    expect(await withTexts(context, row)).toMatchObject({ prompt, promptOmissions, issueBody, contextFiles });
    await context.logs.removeTask(old);
    await expect(withTexts(context, row)).rejects.toThrow("texts");
  });
});
