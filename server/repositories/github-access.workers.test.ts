import { describe, expect, it } from "vitest";
import { GitHubError } from "@/server/github/port";
import { reconcile } from "@/server/reconcile/reconcile";
import { aPerson, createPipe, machineOf, recordMention } from "@/server/testing/pipe";

let people = 97_000;
/** A running task on an issue of its own, and a GitHub that answers one kind of call with `failure`. */
async function aTask(input: { failing: string; failure: () => GitHubError }) {
  const state = { isFailing: false, asked: 0 };
  const pipe = createPipe({
    github: {
      before(call) {
        if (!state.isFailing || call !== input.failing) return;
        state.asked += 1;
        throw input.failure();
      },
    },
  });
  const person = { id: (people += 1), login: `person-${people}` };
  await aPerson(pipe, person);
  const installationId = people;
  const ask = async () => {
    const issueNumber = (people += 1);
    const from = { actorId: person.id, actorLogin: person.login, issueNumber, installationId };
    const row = await pipe.context.db.mentions.get(await recordMention(pipe, from));
    return { issueNumber, taskId: row?.taskId ?? "" };
  };
  const { taskId, issueNumber } = await ask();
  const machine = pipe.machines.machines.find((each) => each.taskId === taskId);
  if (machine === undefined) throw new Error("no machine");
  const runner = machineOf(pipe, machine);
  const token = String((await runner.claim()).body.callbackToken);
  const finish = () => runner.complete(token, { outcome: "no_changes" });
  const look = async (afterMs: number, id = taskId) => {
    pipe.clock.advance(afterMs);
    await reconcile(pipe.context, { kind: "task", id });
  };
  const comment = () => pipe.github.state.comments.filter((each) => each.issueNumber === issueNumber);
  return { pipe, state, taskId, finish, look, comment, ask };
}

describe("a limit that GitHub states", () => {
  it.each([
    ["a secondary limit with its retry-after", 90_000],
    ["a primary limit that is used up for an hour", 3_600_000],
  ])("%s: the report waits as long, with every other task of the installation; nothing fails", async (_, wait) => {
    const failure = () => new GitHubError({ kind: "limited", retryAfterMs: wait, message: "rate limit" });
    const { pipe, state, taskId, finish, look, comment, ask } = await aTask({ failing: "updateComment", failure });
    state.isFailing = true;
    await finish();
    expect(await pipe.context.db.tasks.get(taskId)).toMatchObject({ status: "failed", failureCode: "no_changes" });
    // The machine's own token is revoked with itself.
    const asked = () => pipe.github.calls.filter((call) => call !== "revokeInstallationToken").length;
    const calls = asked();
    const other = await ask();
    for (let time = 0; time < 4; time++) await look(wait / 5);
    expect([state.asked, asked()]).toEqual([1, calls]);
    expect(other.taskId).toBe("");
    state.isFailing = false;
    await look(wait / 5 + 1000);
    expect(comment().map(({ body }) => body.includes("No changes needed"))).toEqual([true]);
    const row = await pipe.context.db.tasks.get(taskId);
    expect(row).toMatchObject({ reportedVersion: row?.version });
    expect(await pipe.context.db.obligations.of(taskId)).toEqual([]);
  });
});

it("a token that GitHub revoked is minted anew once, and the report is written", async () => {
  const failure = () => new GitHubError({ kind: "unauthenticated", message: "401 Bad credentials" });
  const { pipe, state, finish, comment } = await aTask({ failing: "updateComment", failure });
  const minted = () => pipe.github.calls.filter((call) => call === "createInstallationToken").length;
  const before = minted();
  state.isFailing = true;
  await finish();
  expect([state.asked, minted() - before]).toEqual([2, 1]);
  state.isFailing = false;
  expect(comment()).toHaveLength(1);
});

it("a comment that GitHub refuses for good is given up with its reason, and fails no task", async () => {
  const failure = () => new GitHubError({ kind: "lost", reason: "locked", message: "403 Issue is locked" });
  const { pipe, state, taskId, finish, look } = await aTask({ failing: "updateComment", failure });
  state.isFailing = true;
  await finish();
  await look(3_600_000);
  expect(state.asked).toBe(1);
  expect(await pipe.context.db.tasks.get(taskId)).toMatchObject({ failureCode: "no_changes" });
  const report = await pipe.context.db.obligations.get(taskId, "report");
  expect(report).toMatchObject({ dueAt: null, gaveUpReason: "lost: 403 Issue is locked" });
});

it("an App that may not read checks has its token all the same", async () => {
  let refused = 0;
  const pipe = createPipe({
    github: {
      before(call) {
        // GitHub refuses the first, wider wish for one permission too many.
        if (call !== "createInstallationToken" || refused > 0) return;
        refused += 1;
        throw new GitHubError({ kind: "invalid", message: "422 Unprocessable Entity", errors: [] });
      },
    },
  });
  const person = { id: (people += 1), login: `person-${people}` };
  await aPerson(pipe, person);
  const from = { actorId: person.id, actorLogin: person.login, issueNumber: person.id, installationId: person.id };
  await recordMention(pipe, from);
  expect(refused).toBe(1);
  expect(pipe.github.state.comments.filter(({ issueNumber }) => issueNumber === person.id)).toHaveLength(1);
});
