import { describe, expect, it } from "vitest";
import { reconcile, sweepDueRows } from "@/server/reconcile/reconcile";
import { aPerson, createPipe, machineOf, recordMention, type Pipe } from "@/server/testing/pipe";
import { permitFor } from "@/server/testing/permit";
import { eventsOf } from "@/server/testing/stored";
import { TIMES } from "../times";
import { retryTask } from "../verbs/retry";
import { stopTask } from "../stop";

// Two at the same moment: the first compare-and-set wins, and either order ends the same for people and machines.

let people = 99_000;
async function aRun(pipe: Pipe) {
  const person = { id: (people += 1), login: `person-${people}` };
  await aPerson(pipe, person);
  const id = await recordMention(pipe, { actorId: person.id, actorLogin: person.login, issueNumber: people });
  const taskId = (await pipe.context.db.mentions.get(id))?.taskId ?? "";
  const machine = pipe.machines.machines.find((each) => each.taskId === taskId);
  if (machine === undefined) throw new Error("no machine");
  const runner = machineOf(pipe, machine);
  const token = String((await runner.claim()).body.callbackToken);
  await runner.progress(token, 1, "working");
  const task = async () => {
    const row = await pipe.context.db.tasks.get(taskId);
    if (row === null) throw new Error("no task");
    return row;
  };
  const settle = async () => {
    for (const seconds of [0, 5, 61, 61]) {
      pipe.clock.advance(seconds * 1000);
      await reconcile(pipe.context, { kind: "task", id: taskId });
    }
  };
  const ends = async () =>
    (await eventsOf(taskId)).filter(({ kind }) =>
      ["user.stopped", "agent.finished", "system.failed", "clock.timed_out"].includes(kind),
    );
  const by = person.login;
  return { task, taskId, machine, runner, token, settle, ends, by };
}

describe("two at the same moment", () => {
  it("stop and completion: one end, one comment that says it, no machine", async () => {
    const pipe = createPipe();
    const run = await aRun(pipe);
    await run.runner.handOver(run.token);
    await Promise.all([
      stopTask(pipe.context, await run.task(), { reason: "stopped_by_user", by: run.by }),
      run.runner.complete(run.token, { outcome: "changed", commits: 1 }),
    ]);
    await run.settle();
    const { status, failureCode } = await run.task();
    expect(["success/null", "failed/stopped_by_user"]).toContain(`${status}/${failureCode}`);
    expect(await run.ends()).toHaveLength(1);
    const comments = pipe.github.state.comments.filter(({ issueNumber }) => issueNumber === people);
    expect(comments.map(({ body }) => body.includes(status === "success" ? "Opened" : "Stopped by"))).toEqual([true]);
    expect(run.machine.state).toBe("destroyed");
  });

  it("retry and retry, ten times: one new attempt", async () => {
    const pipe = createPipe();
    const run = await aRun(pipe);
    await stopTask(pipe.context, await run.task(), { reason: "stopped_by_user", by: run.by });
    const seen = await run.task();
    const retry = { by: run.by, permit: await permitFor(pipe.context, seen) };
    const retries = await Promise.all(Array.from({ length: 10 }, () => retryTask(pipe.context, seen, retry)));
    expect(retries.filter(({ retried }) => retried)).toHaveLength(1);
    await reconcile(pipe.context, { kind: "task", id: run.taskId });
    expect(await run.task()).toMatchObject({ status: "running", attempt: 2 });
  });

  it("stop and stop, ten times: one end, with the first one's name", async () => {
    const pipe = createPipe();
    const run = await aRun(pipe);
    const seen = await run.task();
    const names = Array.from({ length: 10 }, (_, index) => `writer-${index}`);
    const stops = await Promise.all(names.map((by) => stopTask(pipe.context, seen, { reason: "stopped_by_user", by })));
    expect(stops.filter(({ stopped }) => stopped)).toHaveLength(1);
    expect(await run.ends()).toHaveLength(1);
  });

  it("ten looks at one task: its machine is asked for once and its comment written once", async () => {
    const pipe = createPipe();
    const run = await aRun(pipe);
    await stopTask(pipe.context, await run.task(), { reason: "stopped_by_user", by: run.by });
    const stopped = await run.task();
    await retryTask(pipe.context, stopped, { by: run.by, permit: await permitFor(pipe.context, stopped) });
    await Promise.all(Array.from({ length: 10 }, () => reconcile(pipe.context, { kind: "task", id: run.taskId })));
    const own = pipe.machines.machines.filter((machine) => machine.taskId === run.taskId && machine.attempt === 2);
    expect(own).toHaveLength(1);
    expect(pipe.github.state.comments.filter(({ issueNumber }) => issueNumber === people)).toHaveLength(1);
  });

  it.each([-1, 0, 1])("completion %i ms from the end of the grace, and the watchdog: one end", async (offset) => {
    const pipe = createPipe();
    const run = await aRun(pipe);
    const attempt = await pipe.context.db.attempts.get(run.taskId, 1);
    const over = Date.parse(attempt?.deadlineAt ?? "") + TIMES.deadlineGrace;
    await pipe.context.db.attempts.heartbeat(run.taskId, 1, new Date(over - 1000).toISOString());
    pipe.clock.advance(over + offset - pipe.clock.now().getTime());
    const [answer] = await Promise.all([
      run.runner.complete(run.token, { outcome: "no_changes" }),
      reconcile(pipe.context, { kind: "task", id: run.taskId }),
      sweepDueRows(pipe.context),
    ]);
    await run.settle();
    const { status, failureCode } = await run.task();
    expect(["failed/no_changes", "timed_out/timed_out"]).toContain(`${status}/${failureCode}`);
    if (status === "failed") expect(answer.status).toBe(200);
    expect(await run.ends()).toHaveLength(1);
    expect(run.machine.state).toBe("destroyed");
  });
});

it("who comes back after their lease has ended cannot give away what another one holds by then", async () => {
  const pipe = createPipe();
  const { context, clock } = pipe;
  const run = await aRun(pipe);
  const lease = async (leaseOwner: string) => {
    const now = clock.now();
    const leaseUntil = new Date(now.getTime() + 60_000).toISOString();
    return context.db.tasks.lease({ id: run.taskId, leaseOwner, leaseUntil, now: now.toISOString() });
  };
  await context.db.tasks.wake(run.taskId, clock.now().toISOString());
  const first = await lease("first");
  expect([first?.leaseOwner, await lease("second")]).toEqual(["first", null]);
  clock.advance(60_000);
  expect((await lease("second"))?.leaseOwner).toBe("second");
  const { wakeSeq } = await run.task();
  expect(await context.db.tasks.release({ id: run.taskId, leaseOwner: "first", wakeSeq, dueAt: null })).toBe(false);
  const dueAt = clock.now().toISOString();
  await context.db.tasks.releaseAfterFailure({ id: run.taskId, leaseOwner: "first", dueAt, quarantinedAt: dueAt });
  expect(await run.task()).toMatchObject({ leaseOwner: "second", quarantinedAt: null });
});
