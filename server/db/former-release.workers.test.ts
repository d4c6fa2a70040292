import { applyD1Migrations } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { getTableColumns } from "drizzle-orm";
import { beforeAll, describe, expect, it } from "vitest";
import { OUTCOME_FIELDS } from "@/lib/outcome";
import { isTerminal, type TaskStatus } from "@/lib/task";
import { explainFailure } from "@/lib/task-view";
import type { FailureCode } from "@/lib/failures";
import { retryTask } from "@/server/tasks/verbs/retry";
import { undoRetry } from "@/server/tasks/verbs/undo-retry";
import { taskView } from "@/server/tasks/read/view";
import { formerDb, insertRaw, type RawRow } from "@/server/testing/former-db";
import { FORMER_OWNER, FORMER_ROWS } from "@/server/testing/former-rows";
import { permitFor } from "@/server/testing/permit";
import { testContext } from "@/server/testing/test-context";
import { openStores } from "./open-stores";
import { tasks as tasksTable } from "./schema";

const db = env.FORMER_DB;
const stores = openStores(db);
const context = testContext({ db: stores });
const world = { GITHUB_URL: "https://github.test", MENTION: "porter" };

/** The fields of a view that the release before read from the column of the same name. */
const FIELDS =
  "id status repoOwner repoName issueNumber issueTitle issueBody instructions agent priority progress createdBy createdAt phase version attempt timeoutMinutes steps updatedAt branch prUrl callbackAttempts callbackMaxAttempts callbackLastHttpCode startedAt completedAt errorMessage failureCode blockedReason stoppedBy parentTaskId model baseBranch prNumber prTitle wipBranch summary lastStep commits filesChanged additions deletions costUsd inputTokens outputTokens logTail".split(
    " ",
  );
const snake = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
const columnOf = (row: RawRow, field: string) => row[snake(field)] ?? undefined;

const olderReason = (sentence: RawRow[string] | undefined) => ({ kind: "older", sentence });

/** The view as that release made it of the row. */
function formerView(row: RawRow): Record<string, unknown> {
  const tree = (branch: RawRow[string] | undefined) =>
    branch == null ? undefined : `https://github.test/acme/widgets/tree/${branch}`;
  const reason = (row["failure_code"] ?? row["blocked_reason"]) as FailureCode | null;
  const view = {
    ...Object.fromEntries(FIELDS.map((field) => [field, columnOf(row, field)])),
    createdById: row["user_id"],
    seq: row["change_seq"],
    // The words of that release, as they are.
    waitReason: row["status"] === "queued" && row["wait_reason"] !== null ? olderReason(row["wait_reason"]) : undefined,
    explanation: reason === null ? undefined : explainFailure(reason, "porter"),
    issueUrl: `https://github.test/acme/widgets/issues/${row["issue_number"]}`,
    branchUrl: row["head_sha"] === null ? undefined : tree(row["branch"]),
    wipBranchUrl: tree(row["wip_branch"]),
  };
  return Object.fromEntries(Object.entries(view).filter(([, value]) => value !== undefined));
}

const former = new Map<string, RawRow>();
const rowsBefore = () => [...former.values()];
/** What the release before showed wrongly: figures of a callback that was no longer the task's. */
const FORGOTTEN = ["callbackAttempts", "callbackMaxAttempts", "callbackLastHttpCode"];
function asBefore(row: RawRow): Record<string, unknown> {
  const view = formerView(row);
  if (row["id"] === "retried") for (const field of FORGOTTEN) delete view[field];
  return view;
}

beforeAll(async () => {
  await formerDb();
  for (const [table, rows] of Object.entries(FORMER_ROWS)) for (const row of rows) await insertRaw(db, table, row);
  const { results } = await db.prepare("SELECT * FROM tasks").all<RawRow>();
  for (const row of results) former.set(String(row["id"]), row);
  await applyD1Migrations(db, env.TEST_MIGRATIONS);
});

async function expectAllAsBefore(): Promise<void> {
  const read = await stores.tasks.listForUser(FORMER_OWNER, { limit: 100 });
  expect(read).toHaveLength(FORMER_ROWS.tasks.length);
  expect(read.map(({ id }) => id).toSorted()).toEqual([...former.keys()].toSorted());
  for (const row of read) expect(taskView(row, world), row.id).toEqual(asBefore(former.get(row.id) ?? {}));
}

describe("a database of the release before", () => {
  it("reads as before after its migration, task by task", expectAllAsBefore);

  it("is one read wherever it is read from", async () => {
    const now = Date.parse("2026-11-21T00:00:00.000Z");
    const listed = new Map((await stores.tasks.search(FORMER_OWNER, { now, limit: 100 })).map((row) => [row.id, row]));
    const watched = new Map((await stores.watch.changedSince(FORMER_OWNER, 0, 100)).map((row) => [row.id, row]));
    for (const id of former.keys()) {
      const whole = await stores.tasks.get(id);
      expect(whole, id).toMatchObject(listed.get(id) ?? { id: "not listed" });
      expect(watched.get(id)).toEqual(listed.get(id));
      expect((await stores.watch.task({ userId: FORMER_OWNER, id, event: 0, attempt: 1, limit: 9 })).task).toEqual(
        listed.get(id),
      );
    }
  });

  it("has the same lines and sums in export and history", async () => {
    const now = Date.parse("2026-11-21T00:00:00.000Z");
    const ended = rowsBefore().filter(({ status }) => isTerminal(status as TaskStatus));
    const lines = await stores.tasks.exported(FORMER_OWNER, {
      now,
      limit: 100,
      statuses: ["success", "failed", "timed_out"],
    });
    expect(lines).toHaveLength(ended.length);
    for (const line of lines)
      for (const [field, value] of Object.entries(line))
        expect(value ?? undefined, `${line.id} ${field}`).toEqual(columnOf(former.get(line.id) ?? {}, field));
    const { days } = await stores.tasks.stats(FORMER_OWNER, {
      now,
      offsets: [{ since: "", minutes: 0 }],
      statuses: ["success", "failed", "timed_out"],
    });
    const sum = (costs: number[]) => costs.reduce((all, one) => all + one, 0);
    expect(sum(days.map(({ costUsd }) => costUsd))).toBeCloseTo(sum(ended.map((row) => Number(row["cost_usd"] ?? 0))));
  });

  it("knows of earlier attempts what came of them", async () => {
    for (const id of ["retried", "retried_in_vain", "retried_running", "retried_success"])
      expect(await stores.attempts.get(id, 1), id).toMatchObject({
        summary: "The first try.",
        steps: 4,
        costUsd: 0.5,
        savedBranch: `porter/${id}-wip`,
      });
  });

  it("lets a retry of then be taken back, and a task of then be retried", async () => {
    const read = async (id: string) => (await stores.tasks.get(id)) ?? expect.fail(`no ${id}`);
    expect(await undoRetry(context, await read("retried"), "octocat")).toBe(true);
    expect(await read("retried")).toMatchObject({
      status: "failed",
      failureCode: "agent_failed",
      errorMessage: "exit code 1",
      completedAt: "2026-11-20T10:05:00.000Z",
      branch: "porter/retried",
      summary: "The first try.",
    });
    const undone = await read("undone");
    const { task } = await retryTask(context, undone, { by: "octocat", permit: await permitFor(context, undone) });
    expect(OUTCOME_FIELDS.filter((field) => task[field] !== null && task[field] !== 0)).toEqual([]);
    await undoRetry(context, task, "octocat");
    expect(await read("undone")).toMatchObject({ failureCode: "agent_failed", steps: 12, logTail: "exit 1" });
  });
});

describe("what the Worker of the release before writes while the new one is on its way", () => {
  it("is taken along when its columns go", async () => {
    await db
      .prepare(
        "UPDATE tasks SET status = 'success', summary = 'Late.', commits = 1, steps = 9, branch = 'porter/running' WHERE id = 'running'",
      )
      .run();
    await applyD1Migrations(db, env.LATER_MIGRATIONS, "later");
    expect(await stores.tasks.get("running")).toMatchObject({ summary: "Late.", commits: 1, steps: 9 });
    for (const id of ["success", "failed", "stopped", "retried_success", "lost_once"])
      expect(taskView((await stores.tasks.get(id)) ?? expect.fail(id), world), id).toEqual(
        asBefore(former.get(id) ?? {}),
      );
    const { results } = await db.prepare("SELECT name FROM pragma_table_info('tasks')").all<{ name: string }>();
    expect(results.map(({ name }) => name).toSorted()).toEqual(
      Object.values(getTableColumns(tasksTable))
        .map(({ name }) => name)
        .toSorted(),
    );
  });
});
