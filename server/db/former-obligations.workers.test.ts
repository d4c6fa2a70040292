import { applyD1Migrations } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { getTableColumns, getTableName } from "drizzle-orm";
import { beforeAll, describe, expect, it } from "vitest";
import { decideActions } from "@/server/tasks/reconcile/decide";
import { formerDb, insertRaw, type RawRow } from "@/server/testing/former-db";
import { FORMER, FORMER_TIMES } from "@/server/testing/former-obligations";
import { openStores } from "./open-stores";
import { deliveries, mentions, taskAttempts, tasks } from "./schema";

const db = env.FORMER_DB;
const stores = openStores(db);

const subjectOf = (table: string, row: RawRow) =>
  table === "task_attempts" ? `${String(row["task_id"])}/1` : String(row["id"]);
const ids = (rows: { kind: string; id: string }[]) => rows.map(({ kind, id }) => `${kind} ${id}`).toSorted();

beforeAll(async () => {
  await formerDb();
  for (const { table, row } of FORMER) await insertRaw(db, table, row);
  await applyD1Migrations(db, env.TEST_MIGRATIONS);
});

describe("a database of the release before", () => {
  it.each(FORMER.map(({ table, row, owed }) => ({ subject: subjectOf(table, row), owed })))(
    "keeps what $subject was due, and what was given up",
    async ({ subject, owed }) => {
      const rows = await stores.obligations.of(subject);
      expect(Object.fromEntries(rows.map(({ kind, subject: _subject, ...row }) => [kind, row]))).toEqual(owed);
    },
  );

  it("goes on when it is due, and not before", async () => {
    const owing = ["delivery due", "mention both", "mention pending"];
    expect(ids(await stores.operations.dueRows(FORMER_TIMES.at, 50))).toEqual([]);
    expect(ids(await stores.operations.dueRows(FORMER_TIMES.later, 50))).toEqual(owing);
  });

  it("finds it by its due time, however much was given up", async () => {
    const seen: string[] = [];
    const prepare = (sql: string) => {
      seen.push(sql);
      return db.prepare(sql);
    };
    await openStores({ prepare } as object as D1Database).operations.dueRows(FORMER_TIMES.at, 3);
    const { results } = await db
      .prepare(`EXPLAIN QUERY PLAN ${seen[0] ?? ""}`)
      .bind(FORMER_TIMES.at, 3)
      .all<{ detail: string }>();
    const plan = results.map(({ detail }) => detail).filter((detail) => / obligations\b/.test(detail));
    expect(plan).toHaveLength(2);
    for (const step of plan) expect(step).toMatch(/SEARCH obligations USING .*INDEX obligations_due/);
  });

  it("reports what was put off when it is due, and never what was given up", async () => {
    const actions = async (id: string, at: string) => {
      const task = (await stores.tasks.get(id)) ?? expect.fail(`no ${id}`);
      const more = await stores.attempts.withObligations(id);
      return decideActions({ task, ...more }, Date.parse(at)).actions.map(({ kind }) => kind);
    };
    expect(await actions("told", FORMER_TIMES.later)).toEqual([]);
    expect(await actions("untold", FORMER_TIMES.at)).toEqual(["report"]);
    expect(await actions("put_off", FORMER_TIMES.at)).toEqual([]);
    expect(await actions("put_off", FORMER_TIMES.later)).toEqual(["report"]);
    expect(await actions("given_up", FORMER_TIMES.later)).toEqual([]);
  });

  it("looks for a comment that may be there already", async () => {
    expect((await stores.tasks.get("put_off"))?.commentIntentAt).not.toBeNull();
    expect((await stores.tasks.get("untold"))?.commentIntentAt).toBeNull();
  });
});

describe("what the Worker of the release before writes while the new one is on its way", () => {
  it("is owed as well, and what it did itself is not owed any more", async () => {
    const late = FORMER.find(({ row }) => row["id"] === "pending")?.row ?? expect.fail("no mention");
    await insertRaw(db, "mentions", { ...late, id: "late", comment_id: 1 });
    await insertRaw(db, "deliveries", {
      id: "late",
      event: "issues",
      outcome: "issue_closed",
      received_at: FORMER_TIMES.at,
      due_at: FORMER_TIMES.at,
    });
    await db.prepare("UPDATE deliveries SET due_at = NULL WHERE id = 'due'").run();
    await db.prepare("UPDATE tasks SET report_tries = 1 WHERE id = 'untold'").run();
    expect(ids(await stores.operations.dueRows(FORMER_TIMES.later, 50))).toEqual([
      "delivery late",
      "mention both",
      "mention late",
      "mention pending",
    ]);
    expect((await stores.tasks.get("untold"))?.commentIntentAt).not.toBeNull();
  });

  it("goes with its columns, and every table is as the code knows it", async () => {
    await applyD1Migrations(db, env.LATER_MIGRATIONS, "later");
    for (const table of [tasks, taskAttempts, mentions, deliveries]) {
      const { results } = await db
        .prepare(`SELECT name FROM pragma_table_info('${getTableName(table)}')`)
        .all<{ name: string }>();
      const known = Object.values(getTableColumns(table)).map(({ name }) => name);
      expect(new Set(results.map(({ name }) => name))).toEqual(new Set(known));
    }
    const { results } = await db
      .prepare("SELECT name FROM sqlite_master WHERE type = 'trigger' AND name GLOB 'former_*'")
      .all();
    expect(results).toEqual([]);
  });
});
