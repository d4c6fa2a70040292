import { describe, expect, it } from "vitest";
import type { FakeMachine } from "@/server/testing/fake-machines";
import { capacityFailure } from "@/server/testing/fake-machines";
import { reconcile, sweepDueRows } from "@/server/reconcile/reconcile";
import { GitHubError } from "@/server/github/port";
import { aPerson, createPipe, machineOf, recordMention, type Pipe } from "@/server/testing/pipe";
import { writeWaitReason } from "@/lib/wait-reason-schema";
import { chunksOf } from "@/server/testing/stored";

let people = 7000;
async function start(pipe: Pipe, overrides: Parameters<typeof recordMention>[1] = {}) {
  const person = { id: (people += 1), login: `person-${people}` };
  await aPerson(pipe, person);
  const issueNumber = people;
  // One installation each: its budget of writes is no other test's.
  const at = { issueNumber, installationId: issueNumber };
  const mentionId = await recordMention(pipe, { actorId: person.id, actorLogin: person.login, ...at, ...overrides });
  const row = await pipe.context.db.mentions.get(mentionId);
  return { person, issueNumber, mentionId, taskId: row?.taskId ?? "" };
}
const taskOf = async (pipe: Pipe, id: string) => {
  const task = await pipe.context.db.tasks.get(id);
  if (task === null) throw new Error("no task");
  return task;
};
const machineFor = (pipe: Pipe, taskId: string, attempt = 1): FakeMachine => {
  const found = pipe.machines.machines.find((machine) => machine.taskId === taskId && machine.attempt === attempt);
  if (found === undefined) throw new Error("no machine");
  return found;
};
async function claimed(pipe: Pipe, taskId: string, attempt = 1) {
  const machine = machineOf(pipe, machineFor(pipe, taskId, attempt));
  const answer = await machine.claim();
  expect(answer.status).toBe(200);
  return { machine, token: String(answer.body.callbackToken), answer: answer.body };
}
const changed = { title: "Add it", summary: "Done.", exitCode: 0 };

describe("from mention to pull request", () => {
  it("makes one task, one machine, one comment, one pull request and the right labels", async () => {
    const pipe = createPipe();
    const { taskId, issueNumber } = await start(pipe);
    expect((await taskOf(pipe, taskId)).status).toBe("running");
    expect(pipe.github.state.reactions).toHaveLength(1);
    expect(pipe.github.state.labels.get(`10#${issueNumber}`)).toBe("porter:running");
    const { machine, token } = await claimed(pipe, taskId);
    for (const [index, phase] of ["cloning", "working", "pushing"].entries())
      expect((await machine.progress(token, index + 1, phase)).status).toBe(200);
    expect((await taskOf(pipe, taskId)).phase).toBe("pushing");
    expect((await machine.finish(token, changed)).status).toBe(200);
    const done = await taskOf(pipe, taskId);
    expect([done.status, done.phase, done.progress]).toEqual(["success", "done", 100]);
    expect(pipe.github.state.pulls).toHaveLength(1);
    expect(pipe.github.state.comments).toHaveLength(1);
    expect(pipe.github.state.comments[0]?.body).toContain(`Opened #${done.prNumber}`);
    expect(pipe.github.state.comments[0]?.bodies[0], "the text that people are mailed").toContain("Starting");
    expect(pipe.github.state.labels.get(`10#${issueNumber}`)).toBe("porter:success");
  });

  it("destroys the machine and revokes the token once the attempt has ended", async () => {
    const pipe = createPipe();
    const { taskId } = await start(pipe);
    const { machine, token, answer } = await claimed(pipe, taskId);
    await machine.complete(token, { outcome: "no_changes" });
    pipe.clock.advance(40_000);
    await sweepDueRows(pipe.context);
    expect(machineFor(pipe, taskId).state).toBe("destroyed");
    expect(pipe.github.state.revokedTokens).toContain((answer.git as { token: string }).token);
    const attempt = await pipe.context.db.attempts.get(taskId, 1);
    expect([attempt?.machineDestroyedAt, attempt?.tokenRevokedAt]).toEqual([expect.any(String), expect.any(String)]);
    expect(attempt?.gitTokenValue).toBeNull();
  });

  it("opens no second pull request when the answer to the first was lost", async () => {
    let isLost = true;
    const pipe = createPipe({
      github: {
        after(call) {
          if (call !== "createPullRequest" || !isLost) return;
          isLost = false;
          throw new GitHubError({ kind: "unavailable", message: "the answer was lost" });
        },
      },
    });
    const { taskId } = await start(pipe);
    const { machine, token } = await claimed(pipe, taskId);
    await machine.finish(token, changed);
    expect((await taskOf(pipe, taskId)).status).toBe("running");
    pipe.clock.advance(5000);
    await sweepDueRows(pipe.context);
    expect((await taskOf(pipe, taskId)).status).toBe("success");
    expect(pipe.github.state.pulls).toHaveLength(1);
  });

  it("writes one tracking comment when the answer to its creation was lost", async () => {
    let losses = 1;
    const pipe = createPipe({
      github: {
        after(call) {
          if (call !== "createComment" || losses === 0) return;
          losses -= 1;
          throw new GitHubError({ kind: "unavailable", message: "the answer was lost" });
        },
      },
    });
    await start(pipe);
    pipe.clock.advance(10_000);
    await sweepDueRows(pipe.context);
    expect(pipe.github.state.comments).toHaveLength(1);
  });
});

describe("admission", () => {
  it("says and starts nothing for somebody without write access", async () => {
    const pipe = createPipe();
    const id = await recordMention(pipe, { actorId: 1, actorLogin: "stranger" });
    expect(await pipe.context.db.mentions.get(id)).toMatchObject({
      status: "ignored",
      outcome: "no_write_access",
      taskId: null,
    });
    expect([pipe.github.state.reactions, pipe.github.state.comments, pipe.machines.machines]).toEqual([[], [], []]);
  });

  it("lets a task wait for a missing account with its fix, and starts it by itself afterwards", async () => {
    const pipe = createPipe();
    const person = { id: 6900, login: "newcomer" };
    pipe.github.state.permissions.set(person.login, "admin");
    pipe.github.state.userIds.set(person.login, person.id);
    const id = await recordMention(pipe, { actorId: person.id, actorLogin: person.login, issueNumber: 6900 });
    const taskId = (await pipe.context.db.mentions.get(id))?.taskId ?? "";
    expect(await taskOf(pipe, taskId)).toMatchObject({
      status: "queued",
      blockedReason: "missing_account",
      attempt: 0,
    });
    expect(pipe.github.state.comments[0]?.body).toContain("Needs your Porter account");
    await aPerson(pipe, person);
    await pipe.context.db.tasks.wake(taskId, pipe.context.clock.now().toISOString());
    await reconcile(pipe.context, { kind: "task", id: taskId });
    expect((await taskOf(pipe, taskId)).status).toBe("running");
    expect(pipe.github.state.comments).toHaveLength(1);
  });

  it("puts a mention off while GitHub is down, and admits it later", async () => {
    let isDown = true;
    const pipe = createPipe({
      github: {
        before(call) {
          if (isDown && call === "permissionOf") throw new GitHubError({ kind: "unavailable", message: "502" });
        },
      },
    });
    const { mentionId } = await start(pipe);
    expect((await pipe.context.db.mentions.get(mentionId))?.status).toBe("pending");
    isDown = false;
    pipe.clock.advance(5000);
    await sweepDueRows(pipe.context);
    expect((await pipe.context.db.mentions.get(mentionId))?.status).toBe("task");
  });
});

describe("callbacks", () => {
  it("give the same nonce the same answer, another one 409, and nobody an answer after the start", async () => {
    const pipe = createPipe();
    const { taskId } = await start(pipe);
    const machine = machineOf(pipe, machineFor(pipe, taskId));
    const [first, again] = [await machine.claim(), await machine.claim()];
    expect(again.body).toEqual(first.body);
    expect((await machine.claim("m".repeat(43))).status).toBe(409);
    await machine.progress(String(first.body.callbackToken), 1, "cloning");
    expect((await machine.claim()).status).toBe(409);
  });

  it("refuse a forged token and the token of another attempt", async () => {
    const pipe = createPipe();
    const one = await start(pipe);
    const two = await start(pipe);
    const { token } = await claimed(pipe, one.taskId);
    const other = machineOf(pipe, machineFor(pipe, two.taskId));
    for (const forged of [token, "x".repeat(43)])
      expect((await other.call("heartbeat", forged, other.ref)).status).toBe(401);
    expect((await other.call("complete", token, { task_id: two.taskId, status: "success" })).status).toBe(401);
  });

  it("answer a replayed completion without a second effect, and another one with 409", async () => {
    const pipe = createPipe();
    const { taskId } = await start(pipe);
    const { machine, token } = await claimed(pipe, taskId);
    await machine.handOver(token);
    const words = { ...changed, outcome: "changed" };
    expect((await machine.complete(token, { ...words, callbackAttempts: 1 })).status).toBe(200);
    expect((await machine.complete(token, { ...words, callbackAttempts: 2 })).body).toMatchObject({ replayed: true });
    expect((await machine.complete(token, { ...words, title: "Other words" })).status).toBe(409);
    expect(pipe.github.state.pulls).toHaveLength(1);
  });

  it("refuse a branch that is not the attempt's own", async () => {
    const pipe = createPipe();
    const { taskId } = await start(pipe);
    const { machine, token } = await claimed(pipe, taskId);
    expect((await machine.complete(token, { ...changed, outcome: "changed", branch: "main" })).status).toBe(400);
  });

  it("accept the short body of a run by hand and find the branch themselves", async () => {
    const pipe = createPipe();
    const { taskId } = await start(pipe);
    const { machine, token } = await claimed(pipe, taskId);
    pipe.github.state.branches.set(`porter/${taskId}`, "b".repeat(40));
    expect((await machine.call("complete", token, { task_id: taskId, status: "complete" })).status).toBe(200);
    expect((await taskOf(pipe, taskId)).status).toBe("success");
  });

  it("redact what a machine says of its own secrets", async () => {
    const pipe = createPipe();
    const { taskId } = await start(pipe);
    const { machine, token } = await claimed(pipe, taskId);
    await machine.progress(token, 1, "working", {
      lastStep: "echo fake-anthropic-key-canary",
      records: [{ n: 1, t: 0, k: "o", s: `key ${btoa("fake-anthropic-key-canary")}` }],
    });
    const [chunk] = await chunksOf(taskId, 1);
    const stored = JSON.stringify([await taskOf(pipe, taskId), await pipe.context.logs.get(chunk?.r2Key ?? "")]);
    expect(stored).not.toContain("fake-anthropic-key-canary");
    expect(stored).not.toContain(btoa("fake-anthropic-key-canary"));
    expect(stored).toContain("[redacted");
  });
});

describe("phases", () => {
  it("a run that a key ended has failed in its agent, in the rows and in the comment, and did not push", async () => {
    const pipe = createPipe();
    const { taskId } = await start(pipe);
    const { machine, token } = await claimed(pipe, taskId);
    const phases = [
      { phase: "cloning", from: 0, to: 200 },
      { phase: "working", from: 200, to: null },
    ];
    // No progress came between: the last word tells of both.
    await machine.progress(token, 1, "cloning", { phases: [{ phase: "cloning", from: 0, to: null }], now: 10 });
    await machine.complete(token, {
      status: "failed",
      outcome: "failed",
      failureCode: "provider_auth",
      failedPhase: "working",
      phases,
      now: 900,
    });
    const attempt = await pipe.context.db.attempts.get(taskId, 1);
    expect(attempt?.phase).toBe("working");
    expect(JSON.parse(attempt?.phaseTimes ?? "")).toMatchObject({
      starting: { to: expect.any(String) },
      cloning: { to: expect.any(String) },
      working: { to: null },
    });
    const [comment] = pipe.github.state.comments;
    expect(comment?.body).toMatch(/✓ machine \d+ s · ✓ clone \d+ s · \*\*✗ agent \d+ s\*\*\n/);
    expect(comment?.body).not.toMatch(/○|✓ push|pull request/);
  });

  it("the agent's plan stands in the comment while it works", async () => {
    const pipe = createPipe();
    const { taskId } = await start(pipe);
    const { machine, token } = await claimed(pipe, taskId);
    await machine.progress(token, 1, "cloning");
    const plan = { at: 3, of: 5, item: "Tests for concurrent callers" };
    await machine.progress(token, 2, "working", { plan, steps: 3 });
    expect(pipe.github.state.comments[0]?.body).toContain("> 3 of 5: Tests for concurrent callers");
    // What says nothing of it takes nothing back.
    await machine.progress(token, 3, "working", { steps: 4 });
    expect((await pipe.context.db.attempts.get(taskId, 1))?.plan).toBe(JSON.stringify(plan));
  });
});

describe("stop", () => {
  it("is instant in the rows, tells the machine, and takes one late word with the saved work", async () => {
    const pipe = createPipe();
    const { taskId, person, issueNumber } = await start(pipe);
    const { machine, token } = await claimed(pipe, taskId);
    await machine.progress(token, 1, "working");
    const stopCommand = JSON.stringify({
      kind: "stop",
      taskId: null,
      agent: null,
      index: 0,
      line: 1,
      source: "@porter stop",
    });
    pipe.clock.advance(1000);
    await recordMention(pipe, { actorId: person.id, actorLogin: person.login, issueNumber, command: stopCommand });
    expect(await taskOf(pipe, taskId)).toMatchObject({
      status: "failed",
      failureCode: "stopped_by_user",
      stoppedBy: person.login,
    });
    expect(pipe.machines.calls).toContain("stop");
    const words = () => pipe.github.state.comments.map(({ body }) => body).join("\n");
    expect(words()).toContain("Saving what there is…");
    expect(words()).not.toMatch(/nothing was pushed/i);
    expect((await machine.call("heartbeat", token, machine.ref)).status).toBe(410);
    const word = { status: "stopped", outcome: "partial", summary: "half done" };
    expect((await machine.finish(token, word)).status).toBe(200);
    expect(await taskOf(pipe, taskId)).toMatchObject({
      status: "failed",
      failureCode: "stopped_by_user",
      savedBranch: `porter/${taskId}-wip`,
      summary: "half done",
    });
    // One message, and it is right in the end.
    expect(pipe.github.state.comments).toHaveLength(1);
    expect(words()).toContain(`porter/${taskId}-wip`);
    expect(words()).not.toContain("Saving what there is…");
  });

  it("ends an attempt that says nothing after a minute and cleans up", async () => {
    const pipe = createPipe();
    const { taskId, person, issueNumber } = await start(pipe);
    const { machine, token } = await claimed(pipe, taskId);
    await machine.progress(token, 1, "working");
    const stopCommand = JSON.stringify({
      kind: "stop",
      taskId: null,
      agent: null,
      index: 0,
      line: 1,
      source: "@porter stop",
    });
    await recordMention(pipe, { actorId: person.id, actorLogin: person.login, issueNumber, command: stopCommand });
    pipe.clock.advance(61_000);
    await sweepDueRows(pipe.context);
    expect((await pipe.context.db.attempts.get(taskId, 1))?.endedAt).not.toBeNull();
    expect(machineFor(pipe, taskId).state).toBe("destroyed");
    await reconcile(pipe.context, { kind: "task", id: taskId });
    const comment = pipe.github.state.comments.find(({ body }) => body.includes(`task=${taskId}`));
    expect(comment?.body).toContain("Nothing was pushed.");
    expect(comment?.body).not.toContain("Saving what there is…");
  });
});

describe("machines that fail", () => {
  it("are replaced by a new attempt that reuses the branch, within maxRetries, and then the task fails", async () => {
    const pipe = createPipe();
    const { taskId } = await start(pipe);
    for (let attempt = 1; attempt <= 4; attempt++) {
      const { machine, token } = await claimed(pipe, taskId, attempt);
      await machine.progress(token, 1, "working");
      machineFor(pipe, taskId, attempt).state = "destroyed";
      pipe.clock.advance(61_000);
      await sweepDueRows(pipe.context);
      pipe.clock.advance(20_000);
      await sweepDueRows(pipe.context);
    }
    expect(await taskOf(pipe, taskId)).toMatchObject({ status: "failed", failureCode: "machine_lost", attempt: 4 });
    const attempts = await pipe.context.db.attempts.ofTask(taskId);
    expect(new Set(attempts.map((attempt) => attempt.branch)).size).toBe(1);
    expect(attempts.every((attempt) => attempt.endedAt !== null)).toBe(true);
  });

  it("wait in the queue with the reason while Fly has no capacity", async () => {
    let isFull = true;
    const pipe = createPipe({
      machines: {
        before(call) {
          if (call === "launch" && isFull) throw capacityFailure();
        },
      },
    });
    const { taskId } = await start(pipe);
    expect(await taskOf(pipe, taskId)).toMatchObject({
      status: "queued",
      waitReason: writeWaitReason({ kind: "fly_full", region: null, next: null }),
    });
    isFull = false;
    pipe.clock.advance(61_000);
    await sweepDueRows(pipe.context);
    expect(await taskOf(pipe, taskId)).toMatchObject({ status: "running", attempt: 2 });
    expect(pipe.machines.machines).toHaveLength(1);
  });
});
