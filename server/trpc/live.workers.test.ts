import { describe, expect, it } from "vitest";
import type { z } from "zod";
import type { LogRecord } from "@/lib/agent-protocol";
import { type LiveTask, liveTaskSchema, type LiveTasks, liveTasksSchema } from "@/lib/live";
import type { AppContext } from "@/server/context";
import type { Live, Signals } from "@/server/live/port";
import { aSession, liveContext, openStream } from "@/server/testing/live-streams";
import { anAttempt, aTask, NOW } from "@/server/testing/rows";

let users = 500;
/** A signed-in person with one running task, and ways to write facts about it. */
async function aRunningTask(overrides: Partial<AppContext> = {}) {
  const system = liveContext(overrides);
  const userId = (users += 1);
  const actor = await aSession(system, userId);
  const task = aTask({ userId });
  const event = { kind: "task.created", data: {} };
  await system.db.tasks.create({ task, event, now: NOW, moveId: crypto.randomUUID() });
  const moves = { now: NOW, moveId: crypto.randomUUID(), event: { kind: "slot.claimed", data: { attempt: 1 } } };
  await system.db.tasks.claimSlot({ id: task.id, attempt: anAttempt(task.id, 1, { userId }), ...moves });
  let seq = 0;
  let records = 0;
  /** Commits a batch with `count` records, as a machine's callback does. */
  async function progress(count: number, lastStep = `step ${seq + 1}`): Promise<void> {
    seq += 1;
    const batch: LogRecord[] = Array.from({ length: count }, (_, index) => ({
      n: records + index + 1,
      t: seq,
      k: "o",
      s: `line ${records + index + 1}`,
    }));
    const r2Key = system.logs.key(task.id, 1, seq);
    const chunk =
      count === 0
        ? null
        : { firstRecord: records + 1, lastRecord: records + count, bytes: await system.logs.put(r2Key, batch), r2Key };
    records += count;
    const isApplied = await system.db.attempts.progress({
      taskId: task.id,
      attempt: 1,
      seq,
      now: NOW,
      phase: "starting",
      phaseChanged: false,
      progress: 20,
      steps: seq,
      lastStep,
      phaseTimes: "{}",
      spent: null,
      chunk,
      moveId: crypto.randomUUID(),
    });
    expect(isApplied).toBe(true);
  }
  return { system, user: { ...system, actor }, userId, task, progress };
}

type Stream = ReturnType<typeof openStream>;
async function read<S extends z.ZodType>(schema: S, stream: Stream): Promise<{ id: string; data: z.infer<S> }> {
  const event = await stream.next();
  if (event === null || event.id === "") throw new Error(`no message: ${JSON.stringify(event)}`);
  return { id: event.id, data: schema.parse(JSON.parse(event.data)) };
}
const rows = (stream: Stream): Promise<{ id: string; data: LiveTasks }> => read(liveTasksSchema, stream);
const parts = (stream: Stream): Promise<{ id: string; data: LiveTask }> => read(liveTaskSchema, stream);

describe("live.tasks", () => {
  it("shows a committed change without being asked again, and none of another person", async () => {
    const { user, progress } = await aRunningTask();
    const other = await aRunningTask();
    const stream = openStream(user, "live.tasks", {});
    expect((await rows(stream)).data.tasks).toEqual([]);
    const next = rows(stream);
    await other.progress(0);
    await progress(0, "`npm test`");
    const { data } = await next;
    expect(data.tasks.map(({ lastStep }) => lastStep)).toEqual(["`npm test`"]);
    await stream.cut();
  });

  it("tells after a cut what changed meanwhile, each task once and as it is now", async () => {
    const { user, progress, system, userId } = await aRunningTask();
    const stream = openStream(user, "live.tasks", { after: 0 });
    const { id, data } = await rows(stream);
    expect(data.tasks).toHaveLength(1);
    await stream.cut();
    await progress(0, "one");
    const second = aTask({ userId });
    const event = { kind: "task.created", data: {} };
    await system.db.tasks.create({ task: second, event, now: NOW, moveId: crypto.randomUUID() });
    await progress(0, "two");
    const again = openStream(user, "live.tasks", { lastEventId: id });
    const restored = await rows(again);
    expect(restored.data.tasks.map((task) => task.id === second.id || task.lastStep)).toEqual([true, "two"]);
    expect(Number(restored.id)).toBeGreaterThan(Number(id));
    await again.cut();
  });

  it("carries no long text of a task", async () => {
    const { user } = await aRunningTask();
    const stream = openStream(user, "live.tasks", { after: 0 });
    const event = await stream.next();
    expect(event?.data).not.toMatch(/Please\.|"prompt|"issueBody|"instructions/);
    await stream.cut();
  });

  it("does not open for nobody", async () => {
    const { system } = await aRunningTask();
    const event = await openStream(system, "live.tasks", {}).next();
    expect(event).toMatchObject({ event: "serialized-error", data: expect.stringContaining("UNAUTHORIZED") });
  });
});

describe("live.task", () => {
  it("begins with the whole view, every event, and where its log begins", async () => {
    const { user, task, progress } = await aRunningTask();
    await progress(3);
    const stream = openStream(user, "live.task", { id: task.id });
    const { data } = await parts(stream);
    expect(data.task?.status).toBe("running");
    expect(data.events.map(({ kind }) => kind)).toEqual(["task.created", "slot.claimed"]);
    expect(data.log).toEqual({ attempt: 1, after: 3, records: [] });
    await stream.cut();
  });

  it("loses and repeats no record over cuts at any place", async () => {
    const { user, task, progress } = await aRunningTask();
    const seen: number[] = [];
    const kinds: string[] = [];
    let lastEventId: string | undefined;
    for (let round = 0; round < 4; round++) {
      const input = { id: task.id, log: { attempt: 1, after: 0 } };
      const stream = openStream(user, "live.task", lastEventId === undefined ? input : { ...input, lastEventId });
      await progress(2);
      for (const expected = 2 * (2 * round + 1); seen.length < expected;) {
        const { id, data } = await parts(stream);
        lastEventId = id;
        seen.push(...(data.log?.records ?? []).map(({ n }) => n));
        kinds.push(...data.events.map(({ kind }) => kind));
      }
      await stream.cut();
      // Nobody listens to this one.
      await progress(2);
    }
    expect(seen).toEqual(Array.from({ length: 14 }, (_, index) => index + 1));
    expect(kinds).toEqual(["task.created", "slot.claimed"]);
  });

  it("goes on with the log of the next attempt when this one has been told", async () => {
    const { user, system, task, progress, userId } = await aRunningTask();
    await progress(2);
    const move = { id: task.id, attempt: 1, from: ["running" as const], now: NOW };
    await system.db.tasks.transition({
      ...move,
      patch: { status: "queued" },
      event: { kind: "machine.requeued", data: {} },
      moveId: crypto.randomUUID(),
      endAttempt: { reason: "machine_lost" },
    });
    const claim = { now: NOW, moveId: crypto.randomUUID(), event: { kind: "slot.claimed", data: { attempt: 2 } } };
    await system.db.tasks.claimSlot({ id: task.id, attempt: anAttempt(task.id, 2, { userId }), ...claim });
    const stream = openStream(user, "live.task", { id: task.id, log: { attempt: 1, after: 1 } });
    const logs = [(await parts(stream)).data.log, (await parts(stream)).data.log];
    expect(logs.map((log) => [log?.attempt, log?.after, log?.records.length])).toEqual([
      [1, 1, 1],
      [2, 0, 0],
    ]);
    await stream.cut();
  });

  it("answers another person's task like one that is not there, also with an id of a stream", async () => {
    const { task } = await aRunningTask();
    const { user } = await aRunningTask();
    for (const input of [{ id: task.id }, { id: task.id, lastEventId: "0.0.1.0" }, { id: `task_${"z".repeat(20)}` }]) {
      const event = await openStream(user, "live.task", input).next();
      expect(event).toMatchObject({ event: "serialized-error", data: expect.stringContaining("NOT_FOUND") });
    }
  });

  it("wakes for a fact when the hub tells of it, not because its time is over", async () => {
    const { user, task, progress } = await aRunningTask();
    const woken: Awaited<ReturnType<Signals["next"]>>[] = [];
    let listen = (): void => {};
    const listens = new Promise<void>((resolve) => (listen = resolve));
    const live: Live = {
      ...user.live,
      async listen(topic) {
        const signals = await user.live.listen(topic);
        if (signals === null) return null;
        const next: Signals["next"] = async (seen, ms) => {
          listen();
          const why = await signals.next(seen, ms);
          woken.push(why);
          return why;
        };
        return { ...signals, next };
      },
    };
    const stream = openStream({ ...user, live }, "live.task", { id: task.id });
    await parts(stream);
    const next = parts(stream);
    await listens;
    await progress(1);
    expect((await next).data).toBeDefined();
    expect(woken[0]).toBe("news");
    await stream.cut();
  });
});
