import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { aClaimedAttempt, type ClaimedAttempt } from "@/server/testing/hand-over";

const rowsOf = async ({ context, taskId }: ClaimedAttempt) => ({
  task: await context.db.tasks.get(taskId),
  attempt: await context.db.attempts.get(taskId, 1),
});
const say = (run: ClaimedAttempt, kind: "progress" | "complete" | "heartbeat", body: Record<string, unknown>) =>
  run.door.send(kind, kind, JSON.stringify({ taskId: run.taskId, attempt: 1, ...body }));
const progress = { seq: 1, phase: "working", steps: 1, lastStep: null, records: [] };

/** What belongs to Porter, under every name that it has in rows, in the protocol and in GitHub's words. */
const FORGED = {
  userId: 2,
  user_id: 2,
  createdBy: "mallory",
  createdById: 2,
  repositoryId: 11,
  repoOwner: "evil",
  repoName: "other",
  repository: { fullName: "evil/other", cloneUrl: "https://evil.example/x.git" },
  installationId: 9,
  issueNumber: 999,
  prUrl: "https://evil.example/pull/1",
  prNumber: 4242,
  prTitle: "Forged",
  branchUrl: "https://evil.example/",
  flyApp: "evil-app",
  machineId: "evil-machine",
  deadlineAt: "2098-01-01T00:00:00.000Z",
  timeoutMinutes: 100_000,
  maxRetries: 100,
  permittedAt: "2098-01-01T00:00:00.000Z",
  callbackHmac: "evil",
  claimSalt: "evil",
  prompt: "forged prompt",
  priority: 3,
  version: 99,
  changeSeq: 99,
  judgement: { heldBack: [] },
  writtenHead: "f".repeat(40),
  __proto__: { isAdmin: true },
  constructor: { prototype: { isAdmin: true } },
};

test("says whose the task is, and where, and nothing of it is read", async () => {
  const run = await aClaimedAttempt();
  const before = await rowsOf(run);
  expect((await say(run, "progress", { ...progress, ...FORGED })).status).toBe(200);
  expect((await say(run, "heartbeat", { ...FORGED })).status).toBe(200);
  expect((await say(run, "complete", { status: "failed", outcome: "failed", ...FORGED })).status).toBe(200);
  const after = await rowsOf(run);
  for (const name of Object.keys(FORGED)) {
    if (name === "version" || name === "changeSeq") continue;
    expect(Reflect.get(after.task ?? {}, name), name).toEqual(Reflect.get(before.task ?? {}, name));
    expect(Reflect.get(after.attempt ?? {}, name), name).toEqual(Reflect.get(before.attempt ?? {}, name));
  }
  const kept = JSON.stringify(after);
  expect(kept).not.toMatch(/evil|mallory|Forged|forged|4242|2098/);
  expect(after.task?.changeSeq).toBeLessThan(99);
  expect(Reflect.get({}, "isAdmin")).toBeUndefined();
});

const spent = { inputTokens: 1, outputTokens: 1, requests: 1 };
const LONG = "x".repeat(9000);
const OUT_OF_BOUNDS: [string, "progress" | "complete", Record<string, unknown>][] = [
  ["a sequence of zero", "progress", { ...progress, seq: 0 }],
  ["a sequence that is no number", "progress", { ...progress, seq: "1" }],
  ["a sequence past what numbers hold", "progress", { ...progress, seq: 1e300 }],
  ["a phase that is Porter's own", "progress", { ...progress, phase: "done" }],
  ["steps below zero", "progress", { ...progress, steps: -1 }],
  ["a record that is too long", "progress", { ...progress, records: [{ n: 1, t: 0, k: "o", s: LONG }] }],
  ["a record of no kind", "progress", { ...progress, records: [{ n: 1, t: 0, k: "html", s: "x" }] }],
  [
    "more records than a batch has",
    "progress",
    { ...progress, records: Array.from({ length: 1001 }, (_, at) => ({ n: at + 1, t: 0, k: "o", s: "x" })) },
  ],
  ["a cost below zero", "complete", { status: "failed", spent: { ...spent, costUsd: -5 } }],
  ["a cost that is no number", "complete", { status: "failed", spent: { ...spent, costUsd: "1" } }],
  ["a cost that nobody ever paid", "complete", { status: "failed", spent: { ...spent, costUsd: 1e300 } }],
  ["a state of Porter's own", "complete", { status: "queued" }],
  ["a failure that nobody knows", "complete", { status: "failed", failureCode: "permission_granted" }],
  ["a summary that is too long", "complete", { status: "success", summary: LONG }],
  ["a head that is no commit", "complete", { status: "success", headSha: "main; rm -rf" }],
  ["a set past the last one", "complete", { status: "success", changeSet: 99 }],
  ["another attempt's number", "complete", { status: "success", attempt: 0 }],
  ["a task's id that is none", "complete", { status: "success", taskId: "task_' OR 1=1 --" }],
];

test.each(OUT_OF_BOUNDS)("what is out of its bounds changes nothing: %s", async (_name, kind, body) => {
  const run = await aClaimedAttempt();
  const before = await rowsOf(run);
  expect((await say(run, kind, body)).status).toBe(400);
  expect(await rowsOf(run)).toEqual(before);
  expect((await env.LOGS.list({ prefix: `logs/${run.taskId}` })).objects).toEqual([]);
});
