import { describe, expect, it } from "vitest";
import { OUTCOME_FIELDS } from "@/lib/outcome";
import { openStores } from "@/server/db/open-stores";
import { createFakeGitHub } from "@/server/testing/fake-github";
import { permitFor } from "@/server/testing/permit";
import { anAttempt, aTask, NOW, putAttempt } from "@/server/testing/rows";
import { testContext } from "@/server/testing/test-context";
import { env } from "cloudflare:workers";
import { eventsOf } from "@/server/testing/stored";
import { applyCompletion } from "../reconcile/apply-completion";
import { failTask } from "../moves";
import { retryTask } from "./retry";
import { stopTask } from "../stop";
import { takeBackRetry, undoRetry } from "./undo-retry";

const { tasks } = openStores(env.DB);
const { github, state } = createFakeGitHub();
state.permissions.set("octocat", "write");
state.userIds.set("octocat", 71_001);
const context = testContext({ github });
const end = {
  phase: "done",
  progress: 100,
  completedAt: "2026-11-20T10:05:00.000Z",
  startedAt: "2026-11-20T10:00:00.000Z",
  attempt: 2,
  branch: "porter/x-2",
  reportedSteps: 7,
} as const;
const outcome = {
  steps: 7,
  lastStep: "npm test",
  commits: 2,
  filesChanged: 3,
  additions: 40,
  deletions: 5,
  headSha: "c0ffee",
  savedBranch: "porter/x-2-wip",
  summary: "Half of it",
  logTail: "exit 1",
  costUsd: 0.5,
  budgetUsd: 2,
  inputTokens: 1000,
  outputTokens: 200,
  callbackAttempts: 3,
  callbackMaxAttempts: 5,
  callbackLastHttpCode: 503,
} satisfies Record<(typeof OUTCOME_FIELDS)[number], unknown>;
/** Of a task that shows no attempt. */
const nothing = { ...Object.fromEntries(OUTCOME_FIELDS.map((field) => [field, null])), steps: 0 };
const wholeEnd = { failureCode: null, errorMessage: null, stoppedBy: null, startedAt: null, completedAt: null };

async function ended(overrides: Parameters<typeof aTask>[0]) {
  const task = aTask({ ...end, ...overrides });
  await tasks.create({ task, event: { kind: "task.created", data: {} }, now: NOW, moveId: crypto.randomUUID() });
  await putAttempt(env.DB, anAttempt(task.id, 2, { branch: "porter/x-2", endedAt: NOW, ...outcome }));
  return task.id;
}
async function read(id: string) {
  const row = await tasks.get(id);
  if (row === null) throw new Error("no task");
  return row;
}
async function retry(id: string) {
  const task = await read(id);
  return (await retryTask(context, task, { by: "octocat", permit: await permitFor(context, task) })).task;
}
/** What may differ: when, by which move, that it is due, and when GitHub was asked. */
const still = ({
  moveId: _1,
  version: _2,
  changeSeq: _3,
  wakeSeq: _4,
  updatedAt: _5,
  permittedAt: _6,
  ...row
}: Awaited<ReturnType<typeof read>>) => row;

describe("a retry that is taken back in line", () => {
  it.each([
    { status: "failed", failureCode: "agent_failed", errorMessage: "exit code 1" },
    { status: "timed_out", failureCode: "timed_out" },
    { status: "failed", failureCode: "stopped_by_user", stoppedBy: "octocat" },
  ] as const)("leaves the task as it was: $failureCode", async (how) => {
    const id = await ended(how);
    const before = await read(id);
    const queued = await retry(id);
    expect(before).toMatchObject({ ...how, ...outcome });
    expect(queued).toMatchObject({ ...nothing, ...wholeEnd, status: "queued" });
    expect(await undoRetry(context, queued, "octocat")).toBe(true);
    expect(still(await read(id))).toEqual(still(before));
    expect((await read(id)).version).toBe(before.version + 2);
  });

  it("gives way to the end of the run that it began, and is then no way back to the one before", async () => {
    const id = await ended({ status: "failed", failureCode: "stopped_by_user", stoppedBy: "octocat" });
    await failTask(context, await retry(id), { code: "blocked_too_long", message: null });
    const over = await read(id);
    const { completedAt } = over;
    expect(over).toMatchObject({ ...nothing, ...wholeEnd, failureCode: "blocked_too_long", completedAt });
    expect(completedAt).not.toBe(end.completedAt);
    const again = await retry(id);
    expect(await undoRetry(context, again, "octocat")).toBe(true);
    expect(still(await read(id))).toEqual(still(over));
  });

  it("begins with an attempt that has come to nothing yet", async () => {
    const userId = 71_002;
    const id = await ended({ status: "failed", failureCode: "agent_failed", userId, infraRetries: 2 });
    await retry(id);
    const event = { kind: "slot.claimed", data: {} };
    await tasks.claimSlot({ id, attempt: anAttempt(id, 3, { userId }), moveId: crypto.randomUUID(), now: NOW, event });
    expect(await read(id)).toMatchObject({
      ...nothing,
      status: "running",
      attempt: 3,
      startedAt: NOW,
      infraRetries: 0,
    });
    const former = (await context.db.attempts.ofTask(id)).find(({ attempt }) => attempt === 2);
    expect(former).toMatchObject(outcome);
  });

  it("leaves to the attempt what its machine says late, and stays the task's last move", async () => {
    const id = await ended({ status: "failed", failureCode: "stopped_by_user", stoppedBy: "octocat" });
    const queued = await retry(id);
    const completion = {
      taskId: id,
      status: "stopped",
      outcome: "partial",
      commits: 4,
      summary: "What was done by then.",
    };
    await env.DB.prepare("UPDATE task_attempts SET completion = ? WHERE task_id = ?")
      .bind(JSON.stringify(completion), id)
      .run();
    const attempt = await context.db.attempts.get(id, 2);
    if (attempt === null) throw new Error("no attempt");
    await applyCompletion(context, { task: queued, attempt });
    await applyCompletion(context, { task: queued, attempt: { ...attempt, completion: "{" } });
    expect(await read(id)).toMatchObject({ ...nothing, status: "queued", version: queued.version });
    expect(await undoRetry(context, queued, "octocat")).toBe(true);
    const late = { summary: "What was done by then." };
    expect(await read(id)).toMatchObject({ ...late, stoppedBy: "octocat" });
  });

  it("is taken back once, and never the retry after it", async () => {
    const id = await ended({ status: "failed", failureCode: "agent_failed" });
    const queued = await retry(id);
    await Promise.all([1, 2].map(() => undoRetry(context, queued, "octocat")));
    const events = await eventsOf(id);
    expect(events.filter(({ kind }) => kind === "user.unretried_failed")).toHaveLength(1);
    await retry(id);
    await undoRetry(context, queued, "octocat");
    expect((await read(id)).status).toBe("queued");
  });

  it("is not taken back once it has a slot, is blocked or was never made", async () => {
    const id = await ended({ status: "failed", failureCode: "agent_failed", userId: 71_001 });
    const queued = await retry(id);
    const attempt = anAttempt(id, 3, { userId: 71_001 });
    const event = { kind: "slot.claimed", data: {} };
    await tasks.claimSlot({ id, attempt, moveId: crypto.randomUUID(), now: NOW, event });
    expect(await undoRetry(context, queued, "octocat")).toBe(false);
    expect(await undoRetry(context, await read(id), "octocat")).toBe(false);
    expect((await read(id)).status).toBe("running");
    await takeBackRetry(context, await read(id), "octocat");
    expect(await read(id)).toMatchObject({ status: "failed", failureCode: "stopped_by_user" });
    const fresh = await ended({ status: "queued", phase: "queued", attempt: 0, completedAt: null });
    expect(await undoRetry(context, await read(fresh), "octocat")).toBe(false);
    await stopTask(context, await read(fresh), { reason: "stopped_by_user", by: "octocat" });
    expect(await undoRetry(context, await read(fresh), "octocat")).toBe(false);
  });
});
