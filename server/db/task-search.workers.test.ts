import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { FAILURE_CODES } from "@/lib/failures";
import { explainFailure } from "@/lib/task-view";
import { PULL_CHECKS, PULL_REVIEWS, PULL_STATES, pullNeedsSomebody } from "@/lib/pull-state";
import { ENDED_STATES, sectionOf, SECTIONS, stateOf } from "@/lib/task-state";
import { anAttempt, aTask, NOW, putAttempt } from "@/server/testing/rows";
import { zoneOffsets } from "@/lib/zone";
import { openStores } from "./open-stores";

const DAY_MS = 86_400_000;
const now = Date.parse(NOW);
const ago = (ms: number) => new Date(now - ms).toISOString();
const { tasks } = openStores(env.DB);

const create = async (overrides: Parameters<typeof aTask>[0]) => {
  const task = aTask(overrides);
  await tasks.create({ task, event: { kind: "task.created", data: {} }, now: NOW, moveId: crypto.randomUUID() });
  return task.id;
};
const idsOf = async (userId: number, search: Parameters<typeof tasks.search>[1]) =>
  (await tasks.search(userId, search)).map(({ id }) => id);
const all = { now, limit: 100 };

const ended = { phase: "done", completedAt: ago(1000), createdAt: ago(60_000) } as const;
/** What GitHub can say of a pull request, in every combination. */
const PULLS = PULL_STATES.flatMap((prState) =>
  [null, ...PULL_CHECKS].flatMap((prChecks) =>
    [null, ...PULL_REVIEWS].map(
      (prReview) => ({ ...ended, status: "success", prNumber: 7, prState, prChecks, prReview }) as const,
    ),
  ),
);
const EVERY_KIND: Parameters<typeof aTask>[0][] = [
  {},
  { blockedReason: "missing_credentials" },
  { status: "running", phase: "working" },
  { ...ended, status: "success" },
  { ...ended, status: "success", failureCode: "no_changes" },
  { ...ended, status: "failed", failureCode: "stopped_by_user" },
  { ...ended, status: "failed", failureCode: "agent_failed" },
  { ...ended, status: "failed", failureCode: "disk_full" },
  { ...ended, status: "timed_out", failureCode: "timed_out" },
  { ...ended, status: "timed_out", failureCode: "timed_out", completedAt: ago(4 * DAY_MS), createdAt: ago(4 * DAY_MS) },
];

describe("sections", () => {
  it("hold every task once, in the section that the page would show it in", async () => {
    for (const kind of [...EVERY_KIND, ...PULLS]) await create({ ...kind, userId: 801 });
    const rows = await tasks.search(801, all);
    expect(rows).toHaveLength(EVERY_KIND.length + PULLS.length);
    const bySection = await Promise.all(SECTIONS.map((section) => idsOf(801, { ...all, section })));
    expect(bySection.flat().toSorted()).toEqual(rows.map(({ id }) => id).toSorted());
    for (const row of rows) {
      const reason = row.failureCode ?? row.blockedReason;
      const view = {
        status: row.status,
        blockedReason: row.blockedReason ?? undefined,
        failureCode: row.failureCode ?? undefined,
        completedAt: row.completedAt ?? undefined,
        explanation: reason === null ? undefined : explainFailure(reason, "porter"),
        prState: row.prState ?? undefined,
        prChecks: row.prChecks ?? undefined,
        prReview: row.prReview ?? undefined,
      };
      expect(bySection[SECTIONS.indexOf(sectionOf(view, now))], JSON.stringify(view)).toContain(row.id);
    }
    const needy = PULLS.filter(pullNeedsSomebody).length;
    expect(needy).toBe(6);
    const done = 4 + PULLS.length - needy;
    expect(await tasks.counts(801, now)).toEqual({ attention: 3 + needy, running: 1, queued: 1, done });
  });
});

it("finds every ended task under the one state that the page would show", async () => {
  const coded = FAILURE_CODES.map((failureCode) => ({ ...ended, status: "failed", failureCode }) as const);
  for (const kind of [...EVERY_KIND, ...coded]) await create({ ...kind, userId: 807 });
  const rows = (await tasks.search(807, all)).filter(({ status }) => status !== "queued" && status !== "running");
  const byState = await Promise.all(ENDED_STATES.map((state) => idsOf(807, { ...all, state })));
  expect(byState.flat().toSorted()).toEqual(rows.map(({ id }) => id).toSorted());
  for (const { id, status, failureCode } of rows) {
    const state = stateOf({ status, failureCode: failureCode ?? undefined });
    expect(byState[ENDED_STATES.findIndex((one) => one === state)], `${status} ${failureCode}`).toContain(id);
  }
});

describe("a search", () => {
  it("finds words of any script in any case", async () => {
    const title = "Über die Straße: ПРИВЕТ мир";
    const id = await create({ userId: 811, issueTitle: title });
    for (const text of ["Über", "über", "ÜBER DIE", "straße: ПРИВЕТ", "привет", "Привет", "МИР"])
      expect(await idsOf(811, { ...all, text }), text).toEqual([id]);
  });

  it("takes days as the reader's clocks show them", async () => {
    const late = await create({ userId: 812, createdAt: "2026-11-20T23:30:00.000Z" });
    const search = { ...all, from: "2026-11-21", to: "2026-11-21" };
    expect(await idsOf(812, search)).toEqual([]);
    expect(await idsOf(812, { ...search, zone: "Europe/Berlin" })).toEqual([late]);
    expect(await idsOf(812, { ...all, to: "9999-12-31" })).toEqual([late]);
  });

  it("narrows by agent, repository, words and days, and never leaves the user", async () => {
    const french = await create({ userId: 802, issueNumber: 70, createdAt: "2026-11-20T10:00:00.000Z" });
    const crash = await create({ userId: 802, issueTitle: "Crash on empty input", agent: "claude", repoName: "Tools" });
    await create({ userId: 803 });
    expect(await idsOf(802, { ...all, agent: "claude" })).toEqual([crash]);
    expect(await idsOf(802, { ...all, repository: "ACME/tools" })).toEqual([crash]);
    expect(await idsOf(802, { ...all, text: "FRENCH greet" })).toEqual([french]);
    expect(await idsOf(802, { ...all, text: "widgets#70" })).toEqual([french]);
    expect(await idsOf(802, { ...all, from: "2026-11-20", to: "2026-11-20" })).toEqual([french]);
    expect(await idsOf(802, { ...all, text: "100% _ wildcard" })).toEqual([]);
    expect(await tasks.repositories(802)).toEqual(["acme/Tools", "acme/widgets"]);
  });

  it("walks through all pages without a gap or a repeat when instants are equal", async () => {
    for (let index = 0; index < 7; index++) await create({ userId: 804 });
    const seen: string[] = [];
    for (let before; ;) {
      const page = await tasks.search(804, { now, limit: 3, before });
      seen.push(...page.map(({ id }) => id));
      before = page.at(-1);
      if (before === undefined) break;
    }
    expect(new Set(seen).size).toBe(7);
    expect(seen).toHaveLength(7);
  });
});

describe("sums", () => {
  it("count by the reader's day and give the median of each agent", async () => {
    const late = "2026-11-20T23:30:00.000Z";
    const took = (minutes: number) => ({
      attempt: 1,
      startedAt: late,
      completedAt: new Date(Date.parse(late) + minutes * 60_000).toISOString(),
    });
    const dear = await create({ userId: 805, status: "success", phase: "done", createdAt: late, ...took(1) });
    await putAttempt(env.DB, anAttempt(dear, 1, { userId: 805, costUsd: 0.5 }));
    await create({ userId: 805, status: "success", phase: "done", createdAt: late, ...took(3) });
    await create({
      userId: 805,
      status: "failed",
      failureCode: "disk_full",
      phase: "done",
      createdAt: late,
      ...took(11),
    });
    await create({
      userId: 805,
      status: "failed",
      failureCode: "stopped_by_user",
      agent: "claude",
      phase: "done",
      createdAt: late,
    });
    const { days, agents } = await tasks.stats(805, { now, offsets: [{ since: "", minutes: 60 }] });
    expect(days.toSorted((one, two) => one.outcome.localeCompare(two.outcome))).toEqual([
      { day: "2026-11-21", outcome: "failed", tasks: 1, costUsd: 0 },
      { day: "2026-11-21", outcome: "other", tasks: 1, costUsd: 0 },
      { day: "2026-11-21", outcome: "success", tasks: 2, costUsd: 0.5 },
    ]);
    expect(
      agents.map((row) => ({ ...row, medianMs: row.medianMs === null ? null : Math.round(row.medianMs) })),
    ).toEqual([
      { agent: "opencode", tasks: 3, succeeded: 2, failed: 1, medianMs: 180_000, costUsd: 0.5 },
      { agent: "claude", tasks: 1, succeeded: 0, failed: 0, medianMs: null, costUsd: 0 },
    ]);
  });
});

it("reads through an index in every statement", async () => {
  const seen: string[] = [];
  const d1 = {
    batch: env.DB.batch.bind(env.DB),
    prepare: (sql: string) => {
      seen.push(sql);
      return env.DB.prepare(sql);
    },
  };
  const store = openStores(d1 as object as D1Database).tasks;
  const before = { createdAt: NOW, id: "t" };
  const narrow = { agent: "claude", repository: "a/b", text: "x", from: "2026-11-20", to: "2026-11-21" } as const;
  for (const section of [...SECTIONS, undefined]) await store.search(1, { ...narrow, section, now, limit: 5, before });
  await store.counts(1, now);
  await store.repositories(1);
  await store.attemptsOf("t");
  await store.frame(1, now, 5);
  await store.stats(1, { ...narrow, now, offsets: zoneOffsets("Europe/Berlin", now), statuses: ["failed"] });
  expect(seen.length).toBeGreaterThan(10);
  for (const sql of seen) {
    const named = [...sql.matchAll(/\?(\d+)/g)].map(([, number]) => Number(number));
    const count = Math.max(sql.split(/\?(?!\d)/).length - 1, ...named);
    const { results } = await env.DB.prepare(`EXPLAIN QUERY PLAN ${sql}`)
      .bind(...Array.from({ length: count }, () => 1))
      .all<{ detail: string }>();
    for (const { detail } of results) expect(detail, sql).not.toMatch(/^SCAN (?:tasks|task_)/);
  }
});
