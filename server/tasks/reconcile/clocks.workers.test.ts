import { describe, expect, it } from "vitest";
import type { WorkItem } from "@/server/context";
import { reconcileAfterRequest, reconcile, sweepDueRows } from "@/server/reconcile/reconcile";
import { aPerson, createPipe, machineOf, type Pipe } from "@/server/testing/pipe";
import { aMention } from "@/server/testing/rows";

// Queue, sweep and edges each bring a task to its end without the other two.

/** Makes time pass for one clock alone, seconds. */
type Clock = (pipe: Pipe, seconds: number) => Promise<void>;

/** A queue with delays, to which `enqueue` writes; nothing else is ever called. */
function queueOf(pipe: Pipe) {
  let waiting: { work: WorkItem; dueAt: number }[] = [];
  pipe.context.enqueue = async (work, delaySeconds = 0) => {
    const dueAt = pipe.clock.now().getTime() + delaySeconds * 1000;
    waiting.push(...work.map((one) => ({ work: one, dueAt })));
  };
  return async () => {
    const due = waiting.filter(({ dueAt }) => dueAt <= pipe.clock.now().getTime());
    waiting = waiting.filter((message) => !due.includes(message));
    for (const { work } of due) await reconcile(pipe.context, work);
  };
}
const everySecond = async (pipe: Pipe, seconds: number, look: (second: number) => Promise<void>) => {
  for (let second = 1; second <= seconds; second++) {
    pipe.clock.advance(1000);
    await look(second);
  }
};

const CLOCKS: Record<string, (pipe: Pipe) => Clock> = {
  queue: (pipe) => {
    const deliver = queueOf(pipe);
    return (_, seconds) => everySecond(pipe, seconds, deliver);
  },
  sweep: () => (pipe, seconds) =>
    everySecond(pipe, seconds, async (second) => {
      if (second % 60 === 0) await sweepDueRows(pipe.context);
    }),
  // Other people's requests, each of which looks after a few rows that are due.
  edges: () => (pipe, seconds) =>
    everySecond(pipe, seconds, async (second) => {
      if (second % 10 === 0) await reconcileAfterRequest(pipe.context);
    }),
};

let people = 95_000;
/** Recorded as the webhook does it, and nobody looks at it. */
async function aComment(pipe: Pipe) {
  const person = { id: (people += 1), login: `person-${people}` };
  await aPerson(pipe, person);
  const at = pipe.clock.now().toISOString();
  const row = aMention({ actorId: person.id, actorLogin: person.login, issueNumber: people, createdAt: at, dueAt: at });
  const delivery = { id: row.deliveryId, event: "issue_comment", outcome: "mentions", receivedAt: at };
  await pipe.context.db.deliveries.claim(delivery, [row]);
  await pipe.context.enqueue([{ kind: "mention", id: row.id }], 5);
  return row.id;
}

describe.each(Object.keys(CLOCKS))("the %s alone", (name) => {
  const start = async () => {
    const pipe = createPipe();
    const pass = CLOCKS[name]?.(pipe);
    if (pass === undefined) throw new Error("no clock");
    const mentionId = await aComment(pipe);
    await pass(pipe, 70);
    const taskId = (await pipe.context.db.mentions.get(mentionId))?.taskId ?? "";
    const machine = pipe.machines.machines.find((each) => each.taskId === taskId);
    if (machine === undefined) throw new Error("no machine");
    const end = async () => ({
      task: await pipe.context.db.tasks.get(taskId),
      attempt: await pipe.context.db.attempts.get(taskId, 1),
      comments: pipe.github.state.comments.filter((each) => each.issueNumber === people).map(({ body }) => body),
    });
    return { pipe, pass, taskId, machine, end };
  };

  it("brings a task from its comment to its end and its machine away", async () => {
    const { pipe, pass, machine, end } = await start();
    const runner = machineOf(pipe, machine);
    const token = String((await runner.claim()).body.callbackToken);
    // What a callback leaves to do is in the rows; who answered it has died.
    const { taskId, attempt } = runner.file;
    await pipe.context.db.attempts.complete({
      taskId,
      attempt,
      completion: JSON.stringify({ task_id: taskId, attempt, status: "success", outcome: "no_changes" }),
      completionHash: `hash-${token.length}`,
      reason: "completed",
      now: pipe.clock.now().toISOString(),
    });
    await pipe.context.enqueue([{ kind: "task", id: taskId }], 5);
    await pass(pipe, 200);
    const { task, attempt: row, comments } = await end();
    expect(task).toMatchObject({ status: "failed", failureCode: "no_changes", dueAt: null });
    expect(row).toMatchObject({ machineDestroyedAt: expect.any(String), tokenRevokedAt: expect.any(String) });
    expect([machine.state, comments.length, comments[0]?.includes("No changes needed")]).toEqual([
      "destroyed",
      1,
      true,
    ]);
  });

  it("notices that a machine went silent, and ends the task once its retries are used", async () => {
    const { pipe, pass, taskId, end } = await start();
    await pipe.context.db.tasks.transition({
      id: taskId,
      attempt: 1,
      from: ["running"],
      patch: { maxRetries: 0 },
      event: { kind: "test", data: {} },
      moveId: pipe.context.ids.uuid(),
      now: pipe.clock.now().toISOString(),
    });
    await pipe.context.enqueue([{ kind: "task", id: taskId }], 5);
    await pass(pipe, 400);
    const { task, comments } = await end();
    expect(task).toMatchObject({ status: "failed", failureCode: "machine_never_started", dueAt: null });
    expect(comments[0]).toContain("Failed");
  });
});
