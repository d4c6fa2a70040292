import { beforeAll, describe, expect, it } from "vitest";
import { anAttempt, aTask, NOW } from "@/server/testing/rows";
import { testContext } from "@/server/testing/test-context";
import { chunksOf } from "@/server/testing/stored";

const { db } = testContext();

async function runningTask(userId: number): Promise<string> {
  const task = aTask({ userId });
  await db.tasks.create({ task, event: { kind: "task.created", data: {} }, now: NOW, moveId: crypto.randomUUID() });
  await db.tasks.claimSlot({
    id: task.id,
    attempt: anAttempt(task.id),
    moveId: crypto.randomUUID(),
    now: NOW,
    event: { kind: "slot.claimed", data: {} },
  });
  return task.id;
}

const batch = (taskId: string, seq: number, overrides: Partial<Parameters<typeof db.attempts.progress>[0]> = {}) =>
  db.attempts.progress({
    taskId,
    attempt: 1,
    seq,
    now: NOW,
    phase: "working",
    phaseChanged: false,
    progress: 30,
    steps: seq,
    lastStep: null,
    phaseTimes: "{}",
    spent: null,
    chunk: { firstRecord: seq, lastRecord: seq, bytes: 10, r2Key: `k/${seq}` },
    moveId: crypto.randomUUID(),
    ...overrides,
  });

describe("progress", () => {
  it("applies a batch once and in order", async () => {
    const id = await runningTask(601);
    expect(await batch(id, 2)).toBe(false);
    expect(await batch(id, 1)).toBe(true);
    expect(await batch(id, 1)).toBe(false);
    expect(await batch(id, 2)).toBe(true);
    expect((await chunksOf(id, 1)).map((chunk) => chunk.seq)).toEqual([1, 2]);
  });

  it("never takes progress or steps back", async () => {
    const id = await runningTask(602);
    await batch(id, 1, { progress: 60, steps: 9 });
    await batch(id, 2, { progress: 20, steps: 1 });
    const task = await db.tasks.get(id);
    expect([task?.progress, task?.steps]).toEqual([60, 9]);
  });

  it("leaves the task to the first of two batches with the same number", async () => {
    const id = await runningTask(607);
    await batch(id, 1, { phase: "pushing", phaseChanged: true, lastStep: "first" });
    await batch(id, 1, { phase: "cloning", phaseChanged: true, lastStep: "second" });
    expect(await db.tasks.get(id)).toMatchObject({ phase: "pushing", lastStep: "first", version: 3 });
  });

  it("moves the version only when the phase changes", async () => {
    const id = await runningTask(603);
    const before = (await db.tasks.get(id))?.version ?? 0;
    await batch(id, 1);
    expect((await db.tasks.get(id))?.version).toBe(before);
    await batch(id, 2, { phase: "pushing", phaseChanged: true });
    expect((await db.tasks.get(id))?.version).toBe(before + 1);
  });
});

describe("completion", () => {
  let id = "";
  beforeAll(async () => {
    id = await runningTask(604);
  });
  const complete = (completionHash: string) =>
    db.attempts.complete({
      taskId: id,
      attempt: 1,
      completion: `{"hash":"${completionHash}"}`,
      completionHash,
      reason: "completed",
      now: NOW,
    });

  it("is accepted once, replayed when the words are the same, and rejected when they are others", async () => {
    expect(await complete("a")).toBe("accepted");
    expect(await complete("a")).toBe("replayed");
    expect(await complete("b")).toBe("rejected");
    expect((await db.attempts.get(id, 1))?.completion).toBe('{"hash":"a"}');
  });

  it("ends progress and heartbeats of the attempt", async () => {
    expect(await batch(id, 1)).toBe(false);
    expect(await db.attempts.heartbeat(id, 1, NOW)).toBe(false);
  });
});

describe("claim", () => {
  it("belongs to the first nonce until the machine has started", async () => {
    const id = await runningTask(605);
    const claim = (nonceHash: string) =>
      db.attempts.claim({ taskId: id, attempt: 1, nonceHash, callbackHmac: nonceHash, now: NOW });
    expect(await claim("one")).not.toBeNull();
    expect(await claim("two")).toBeNull();
    expect(await claim("one")).not.toBeNull();
    await batch(id, 1);
    expect(await claim("one")).toBeNull();
  });
});

describe("launch intent", () => {
  it("is given three times in three seconds an app", async () => {
    const ids = await Promise.all([611, 612, 613, 614].map((userId) => runningTask(userId)));
    const intend = (taskId: string) =>
      db.attempts.intendLaunch({ taskId, attempt: 1, flyApp: "fake-app", now: NOW, since: "2026-11-22T11:59:57.000Z" });
    const granted = [];
    for (const id of ids) granted.push(await intend(id));
    expect(granted).toEqual([true, true, true, false]);
  });
});

describe("a heartbeat by token", () => {
  const later = "2026-11-22T12:00:20.000Z";
  const beat = (taskId: string, overrides: Partial<Parameters<typeof db.attempts.beat>[0]> = {}) =>
    db.attempts.beat({
      taskId,
      attempt: 1,
      callbackHmac: "hmac-of-the-token",
      hmacKeyVersion: 1,
      now: later,
      diedBefore: NOW,
      ...overrides,
    });
  let users = 620;
  async function claimedTask(): Promise<string> {
    const id = await runningTask((users += 1));
    await db.attempts.update(id, 1, { callbackHmac: "hmac-of-the-token", heartbeatAt: NOW });
    return id;
  }
  const heartbeatOf = async (id: string) => (await db.attempts.get(id, 1))?.heartbeatAt;

  it("is noted", async () => {
    const id = await claimedTask();
    expect([await beat(id), await heartbeatOf(id)]).toEqual([true, later]);
  });

  const asksWith: Record<string, Parameters<typeof beat>[1]> = {
    "another token": { callbackHmac: "hmac-of-another" },
    "a token of another key": { hmacKeyVersion: 2 },
    "a token whose time is over": { diedBefore: "2026-11-22T12:10:00.001Z" },
    "the number of another attempt": { attempt: 2 },
  };
  it.each(Object.entries(asksWith))("of %s changes nothing", async (_, overrides) => {
    const id = await claimedTask();
    expect([await beat(id, overrides), await heartbeatOf(id)]).toEqual([false, NOW]);
  });

  const move = { attempt: 1, from: ["running"] as const, event: { kind: "moved", data: {} }, now: NOW };
  it.each(["failed", "queued"] as const)("of a task that is %s changes nothing", async (status) => {
    const id = await claimedTask();
    await db.tasks.transition({ ...move, id, patch: { status }, moveId: crypto.randomUUID() });
    expect([await beat(id), await heartbeatOf(id)]).toEqual([false, NOW]);
  });

  it("of an attempt that has ended changes nothing, though its task runs", async () => {
    const id = await claimedTask();
    await db.attempts.end({ taskId: id, attempt: 1, reason: "machine_lost", now: NOW });
    expect([await beat(id), await heartbeatOf(id)]).toEqual([false, NOW]);
  });
});
