import { describe, expect, it } from "vitest";
import { kindsOf } from "@/lib/obligations";
import { GitHubError, type GitHubFailure } from "@/server/github/port";
import { sweepDueRows } from "@/server/reconcile/reconcile";
import { aPerson, createPipe, machineOf, recordMention, type Pipe } from "@/server/testing/pipe";
import { aTask } from "@/server/testing/rows";
import { permitFor } from "@/server/testing/permit";
import { reportTask } from "../report/report";
import { retryTask } from "../verbs/retry";

let people = 97_000;

/** A person's task that has ended; from `break` on GitHub answers calls of `failing` with `failure`. */
async function anEndedTask(failing: string, failure: GitHubFailure) {
  let isBroken = false;
  const pipe = createPipe({
    github: {
      before(call) {
        if (isBroken && call === failing) throw new GitHubError(failure);
      },
    },
  });
  const person = { id: (people += 1), login: `person-${people}` };
  const issueNumber = people;
  await aPerson(pipe, person);
  const mentionId = await recordMention(pipe, { actorId: person.id, actorLogin: person.login, issueNumber });
  const taskId = (await pipe.context.db.mentions.get(mentionId))?.taskId ?? "";
  const launched = pipe.machines.machines.find((machine) => machine.taskId === taskId);
  if (launched === undefined) throw new Error("no machine");
  const machine = machineOf(pipe, launched);
  const token = String((await machine.claim()).body.callbackToken);
  isBroken = true;
  await machine.complete(token, { outcome: "no_changes" });
  const repair = () => void (isBroken = false);
  const spoil = () => void (isBroken = true);
  return { pipe, person, issueNumber, taskId, repair, spoil };
}

const commentOf = (pipe: Pipe, issueNumber: number) =>
  pipe.github.state.comments.filter((comment) => comment.issueNumber === issueNumber).map(({ body }) => body);

describe("an explicit retry", () => {
  const refused: GitHubFailure = { kind: "invalid", message: "422 Validation Failed", errors: [] };

  it("makes the report again that GitHub refused for good before it", async () => {
    const { pipe, person, issueNumber, taskId, repair } = await anEndedTask("updateComment", refused);
    expect(commentOf(pipe, issueNumber)).toEqual([expect.not.stringContaining("No changes needed")]);
    repair();
    pipe.clock.advance(3600_000);
    await sweepDueRows(pipe.context);
    const task = await pipe.context.db.tasks.get(taskId);
    if (task === null) throw new Error("no task");
    expect(commentOf(pipe, issueNumber), "given up until then").toEqual([
      expect.not.stringContaining("No changes needed"),
    ]);
    await retryTask(pipe.context, task, { by: person.login, permit: await permitFor(pipe.context, task) });
    await sweepDueRows(pipe.context);
    const fresh = await pipe.context.db.tasks.get(taskId);
    expect(fresh).toMatchObject({ status: "running", attempt: 2, reportedVersion: fresh?.version });
    expect(commentOf(pipe, issueNumber)).toEqual([expect.stringContaining("Starting")]);
  });

  it("begins anew with everything that the task and its attempts owe, and with nothing of others", async () => {
    const { pipe, person, taskId, repair } = await anEndedTask("updateComment", refused);
    repair();
    const { db } = pipe.context;
    const rows = (subject: string, whose: "task" | "attempt") =>
      kindsOf(whose).map((kind) => ({ subject, kind, dueAt: null, tries: 9, gaveUpReason: "lost: 404" }));
    const own = [...rows(taskId, "task"), ...rows(`${taskId}/1`, "attempt"), ...rows(`${taskId}/12`, "attempt")];
    const others = [...rows(`${taskId}0`, "task"), ...rows(`${taskId}0/1`, "attempt"), ...rows("task_", "task")];
    for (const row of [...own, ...others]) await db.obligations.put(row);
    const task = await db.tasks.get(taskId);
    if (task === null) throw new Error("no task");
    await retryTask(pipe.context, task, { by: person.login, permit: await permitFor(pipe.context, task) });
    for (const { subject, kind } of own) expect(await db.obligations.get(subject, kind)).toBeNull();
    for (const row of others) expect(await db.obligations.get(row.subject, row.kind)).toEqual(row);
  });

  it("is told although a report that was on its way before it is refused after it", async () => {
    const { pipe, person, taskId } = await anEndedTask("updateComment", refused);
    const { db } = pipe.context;
    await db.obligations.clear([{ subject: taskId, kind: "report" }]);
    const before = await db.tasks.get(taskId);
    if (before === null) throw new Error("no task");
    await retryTask(pipe.context, before, { by: person.login, permit: await permitFor(pipe.context, before) });
    await reportTask(pipe.context, { task: before, attempts: [], obligations: [] });
    expect(await db.obligations.get(taskId, "report")).toBeNull();
  });
});

it("a saved token makes the cleaning up due that waited for one, and nobody else's", async () => {
  const { context } = createPipe();
  const { db } = context;
  const now = context.clock.now().toISOString();
  const later = "2026-11-23T00:00:00.000Z";
  const aTaskOf = (userId: number) =>
    db.tasks.create({
      task: aTask({ userId }),
      event: { kind: "task.created", data: {} },
      now,
      moveId: crypto.randomUUID(),
    });
  const [own, other] = [await aTaskOf((people += 1)), await aTaskOf((people += 1))];
  const row = { dueAt: later, tries: 2, gaveUpReason: null };
  for (const id of [own, other]) {
    await db.obligations.put({ ...row, subject: `${id}/2`, kind: "clean_up" });
    await db.obligations.put({ ...row, subject: `${id}/2`, kind: "seal_log" });
  }
  await db.obligations.put({ subject: `${own}/1`, kind: "clean_up", tries: 9, dueAt: null, gaveUpReason: "no token" });
  expect(await db.obligations.hurryCleanUp(people - 1, now)).toEqual([{ id: own }]);
  expect(await db.obligations.get(`${own}/2`, "clean_up")).toMatchObject({ dueAt: now, tries: 2 });
  expect(await db.obligations.get(`${own}/2`, "seal_log")).toMatchObject({ dueAt: later });
  expect(await db.obligations.get(`${own}/1`, "clean_up")).toMatchObject({ gaveUpReason: "no token" });
  expect(await db.obligations.get(`${other}/2`, "clean_up")).toMatchObject({ dueAt: later });
});

it("a launch that GitHub does not permit yet keeps nothing else waiting: the machine before it goes", async () => {
  const limited: GitHubFailure = { kind: "limited", retryAfterMs: 90_000, message: "secondary rate limit" };
  const { pipe, person, taskId, repair, spoil } = await anEndedTask("permissionOf", limited);
  const { db } = pipe.context;
  repair();
  const task = await db.tasks.get(taskId);
  if (task === null) throw new Error("no task");
  await retryTask(pipe.context, task, { by: person.login, permit: await permitFor(pipe.context, task) });
  await db.attempts.update(taskId, 1, { machineDestroyedAt: null });
  // The permit is a minute old, and GitHub does not say whether it still holds.
  pipe.clock.advance(61_000);
  spoil();
  await sweepDueRows(pipe.context);
  expect(await db.tasks.get(taskId)).toMatchObject({ status: "queued", attempt: 1 });
  expect((await db.attempts.get(taskId, 1))?.machineDestroyedAt).not.toBeNull();
});
