import { describe, expect, it } from "vitest";
import { openStores } from "@/server/db/open-stores";
import { anAttempt, aTask, NOW } from "@/server/testing/rows";
import { testContext } from "@/server/testing/test-context";
import { env } from "cloudflare:workers";
import { retryTask } from "./retry";
import { stopTask } from "./stop";
import { takeBackRetry, undoRetry } from "./undo-retry";

const { tasks } = openStores(env.DB);
const context = testContext();
const end = {
  phase: "done",
  progress: 100,
  completedAt: "2026-11-20T10:05:00.000Z",
  startedAt: "2026-11-20T10:00:00.000Z",
  attempt: 2,
  branch: "porter/x-2",
  summary: "Half of it",
  logTail: "exit 1",
  steps: 7,
  reportedSteps: 7,
  costUsd: 0.5,
  additions: 3,
} as const;

async function ended(overrides: Parameters<typeof aTask>[0]) {
  const task = aTask({ ...end, ...overrides });
  await tasks.create({ task, event: { kind: "task.created", data: {} }, now: NOW, moveId: crypto.randomUUID() });
  return task.id;
}
async function read(id: string) {
  const row = await tasks.get(id);
  if (row === null) throw new Error("no task");
  return row;
}
const retry = async (id: string) => (await retryTask(context, await read(id), { by: "octocat" })).task;
/** What may differ: when, by which move, and that it is due. */
const still = ({
  moveId: _1,
  version: _2,
  changeSeq: _3,
  wakeSeq: _4,
  updatedAt: _5,
  ...row
}: Awaited<ReturnType<typeof read>>) => row;

describe("a retry that is taken back in line", () => {
  it.each([
    { status: "failed", failureCode: "agent_failed", errorMessage: "exit code 1" },
    { status: "timed_out", failureCode: "timed_out", wipBranch: "porter/x-wip" },
    { status: "failed", failureCode: "stopped_by_user", stoppedBy: "octocat" },
  ] as const)("leaves the task as it was: $failureCode", async (how) => {
    const id = await ended(how);
    const before = await read(id);
    const queued = await retry(id);
    expect(queued).toMatchObject({ status: "queued", failureCode: null, logTail: null });
    expect(await undoRetry(context, queued, "octocat")).toBe(true);
    expect(still(await read(id))).toEqual(still(before));
    expect((await read(id)).version).toBe(before.version + 2);
  });

  it("is taken back once, and never the retry after it", async () => {
    const id = await ended({ status: "failed", failureCode: "agent_failed" });
    const queued = await retry(id);
    await Promise.all([1, 2].map(() => undoRetry(context, queued, "octocat")));
    const events = await tasks.events(id, 0, 50);
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
