import { expect, it } from "vitest";
import { withoutMarker } from "@/server/replies/tracking-comment";
import { sweepDueRows } from "@/server/reconcile/reconcile";
import { hasUnpublishedWork, workOf } from "@/server/tasks/read/work";
import { aRun, refusingCall } from "@/server/testing/a-run";
import { createPipe, type Pipe } from "@/server/testing/pipe";
import type { ToHand } from "@/server/testing/handed-set";

const A_MONTH = 31 * 24 * 3600_000;
const WITH_HELD: ToHand = { steps: [{ "a.txt": "a\n" }], held: { ".env": "A=1\n" } };

async function pass(pipe: Pipe, ms: number): Promise<void> {
  pipe.clock.advance(ms);
  for (let turn = 0; turn < 4; turn += 1) {
    pipe.clock.advance(60_000);
    await sweepDueRows(pipe.context);
  }
}

/** A run that left work with Porter alone, and what people are told of it. */
async function keptWork(pipe: Pipe, toHand?: ToHand) {
  const run = await aRun(pipe);
  await run.runner.finish(run.token, {}, toHand);
  await pass(pipe, 0);
  const comments = () => pipe.github.state.comments.filter(({ issueNumber }) => issueNumber === run.person.id);
  return { ...run, comments, said: () => withoutMarker(comments()[0]?.body ?? "") };
}

it("tells that kept work was deleted, in comment, page and retry alike", async () => {
  const pipe = createPipe({ github: { before: refusingCall("createTree", 1) } });
  const run = await keptWork(pipe);
  const { id } = await run.task();
  expect(run.said()).toMatch(/The work is kept.*#work\)/);
  await pass(pipe, A_MONTH);
  expect(run.said()).toMatch(/The work was kept until \d{4}-\d\d-\d\d and is deleted\./);
  expect(run.said()).not.toMatch(/#work|is kept|publish/);
  const { facts, isUnpublished, handedOver } = await workOf(run.as, id);
  expect({ isThere: facts.set?.isThere, isUnpublished, handedOver }).toEqual({
    isThere: false,
    isUnpublished: false,
    handedOver: null,
  });
  expect(await hasUnpublishedWork(pipe.context, await run.task())).toBe(false);
  await expect(run.publish()).rejects.toThrow("not kept any more");
});

it("waits for no click any more", async () => {
  const pipe = createPipe();
  const run = await aRun(pipe);
  const { repositoryId, userId } = await run.task();
  const row = { repositoryId, updatedBy: userId, updatedAt: pipe.clock.now().toISOString() };
  await pipe.context.db.repositorySettings.put({ ...row, settings: JSON.stringify({ publish: "after_click" }) });
  await run.runner.finish(run.token);
  await pass(pipe, 0);
  expect(await run.task()).toMatchObject({ failureCode: "waits_for_click" });
  await pass(pipe, A_MONTH);
  expect(await run.task()).toMatchObject({ status: "failed", failureCode: "never_published" });
  const said = pipe.github.state.comments.find(({ issueNumber }) => issueNumber === run.person.id)?.body;
  expect(said).toMatch(/Not published in time[^]*is deleted/);
  await pipe.context.db.repositorySettings.put({ ...row, settings: "{}" });
});

it("names no held-back paths beside a pull request once they are deleted", async () => {
  const pipe = createPipe();
  const run = await keptWork(pipe, WITH_HELD);
  expect(run.said()).toContain("1 held back");
  await pass(pipe, A_MONTH);
  expect(run.said()).not.toContain("held back");
});

it("edits nothing where all of it is on GitHub, and makes no new comment for one that somebody deleted", async () => {
  const whole = createPipe();
  const run = await keptWork(whole);
  const { version } = await run.task();
  await pass(whole, A_MONTH);
  expect((await run.task()).version).toBe(version);
  const pipe = createPipe({ github: { before: refusingCall("createTree", 1) } });
  const deleted = await keptWork(pipe);
  pipe.github.state.comments = [];
  await pass(pipe, A_MONTH);
  expect(deleted.comments()).toEqual([]);
  const task = await deleted.task();
  expect(task.reportedVersion).toBe(task.version);
});
