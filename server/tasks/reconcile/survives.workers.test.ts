import { expect, it } from "vitest";
import { RETRY_COMMAND } from "@/server/testing/retry-command";
import { NOTHING_BEFORE } from "@/server/repositories/before-a-run";
import type { TaskRow } from "@/server/db/task-store";
import { type GitHub, GitHubError } from "@/server/github/port";
import { admitMention } from "@/server/tasks/admission/admit";
import { answerCommand } from "@/server/tasks/admission/answer-command";
import { reconcileAfterRequest, reconcile, sweepDueRows } from "@/server/reconcile/reconcile";
import { saveProviderCredentials } from "@/server/secrets/provider-credentials";
import { applySecretChanges, FLY_TOKEN } from "@/server/secrets/user-secrets";
import { aPerson, createPipe, machineOf, recordMention, type Pipe } from "@/server/testing/pipe";
import { permitFor } from "@/server/testing/permit";
import { aMention, aTask } from "@/server/testing/rows";
import { userActor } from "@/server/testing/test-context";
import { reportTask } from "../report/report";
import { retryTask } from "../verbs/retry";
import { stopTask } from "../stop";

// What the fault run (server/testing/faults) found, each told as the plain story of its smallest run.

let people = 8000;
async function aTaskOfSomebody(pipe: Pipe) {
  const person = { id: (people += 1), login: `person-${people}` };
  await aPerson(pipe, person);
  const mentionId = await recordMention(pipe, { actorId: person.id, actorLogin: person.login, issueNumber: people });
  const taskId = (await pipe.context.db.mentions.get(mentionId))?.taskId ?? "";
  const as = { ...pipe.context, actor: userActor(person.id, person.login) };
  return { person, taskId, as, label: () => pipe.github.state.labels.get(`10#${person.id}`) };
}

it("writes one tracking comment although nothing was kept of the one before", async () => {
  const pipe = createPipe({
    github: {
      after(call) {
        // Whatever comes after this never happens, as when an isolate ends.
        if (call === "createComment" && pipe.github.state.comments.length === 1) throw new Error("the isolate ends");
      },
    },
  });
  const { context } = pipe;
  const task = aTask({ issueNumber: (people += 1), mentionId: `mention-${people}` });
  await context.db.tasks.create({
    task,
    now: task.createdAt,
    moveId: context.ids.uuid(),
    event: { kind: "task.created", data: {} },
  });
  const tell = async () => {
    const row = await context.db.tasks.get(task.id);
    if (row !== null) await reportTask(context, { task: row, attempts: [], obligations: [] });
  };
  await expect(tell()).rejects.toThrow("the isolate ends");
  await tell();
  expect(pipe.github.state.comments).toHaveLength(1);
});

it("writes one tracking comment although the token is refused in the middle of the report", async () => {
  let isRefused = true;
  const pipe = createPipe({
    github: {
      before(call) {
        if (call !== "setPorterLabel" || !isRefused) return;
        isRefused = false;
        throw new GitHubError({ kind: "unauthenticated", message: "Bad credentials" });
      },
    },
  });
  const { label } = await aTaskOfSomebody(pipe);
  expect(pipe.github.state.comments).toHaveLength(1);
  expect(label()).toBe("porter:running");
});

it("writes the label again after a label whose answer was lost", async () => {
  let isLost = false;
  const pipe = createPipe({
    github: {
      after(call) {
        if (call === "setPorterLabel" && isLost) throw new GitHubError({ kind: "unavailable", message: "502" });
      },
    },
  });
  const { taskId, as, label } = await aTaskOfSomebody(pipe);
  const act = async (what: (task: TaskRow) => Promise<unknown>) => {
    const task = await pipe.context.db.tasks.get(taskId);
    if (task === null) throw new Error("no task");
    await what(task);
    pipe.clock.advance(10_000);
    await sweepDueRows(pipe.context);
  };
  const stop = () => act((task) => stopTask(as, task, { reason: "stopped_by_user", by: "ada" }));
  await stop();
  isLost = true;
  await act(async (task) => retryTask(as, task, { by: "ada", permit: await permitFor(as, task) }));
  isLost = false;
  await stop();
  expect(label()).toBe("porter:failed");
});

it("keeps a machine owed while nobody may look at it, and destroys it once there is a token again", async () => {
  const pipe = createPipe();
  const { taskId, as } = await aTaskOfSomebody(pipe);
  const [machine] = pipe.machines.machines;
  if (machine === undefined) throw new Error("no machine");
  const claim = await machineOf(pipe, machine).claim();
  await machineOf(pipe, machine).progress(String(claim.body.callbackToken), 1, "working");
  await applySecretChanges(as, [{ ...FLY_TOKEN, value: null }]);
  pipe.clock.advance(200_000);
  await sweepDueRows(pipe.context);
  pipe.clock.advance(60_000);
  await sweepDueRows(pipe.context);
  expect(await pipe.context.db.attempts.get(taskId, 1)).toMatchObject({ machineDestroyedAt: null });
  await applySecretChanges(as, [{ ...FLY_TOKEN, value: "fake-fly-token-canary" }]);
  await sweepDueRows(pipe.context);
  expect(machine.state).toBe("destroyed");
  expect((await pipe.context.db.attempts.get(taskId, 1))?.machineDestroyedAt).not.toBeNull();
});

it("has a message come again while somebody who may have died holds the row", async () => {
  const pipe = createPipe();
  const { context, clock } = pipe;
  const { taskId } = await aTaskOfSomebody(pipe);
  const now = () => clock.now().toISOString();
  await context.db.tasks.wake(taskId, now());
  const leaseUntil = new Date(clock.now().getTime() + 60_000).toISOString();
  await context.db.tasks.lease({ id: taskId, leaseOwner: "died", leaseUntil, now: now() });
  expect(await reconcile(context, { kind: "task", id: taskId })).toEqual({ isDone: false, heldUntil: leaseUntil });
  clock.advance(60_000);
  expect(await reconcile(context, { kind: "task", id: taskId })).toEqual({ isDone: true });
});

it("carries a task on by its mention's message when the process died right after making it", async () => {
  const pipe = createPipe();
  const { context } = pipe;
  const { person } = await aTaskOfSomebody(pipe);
  const mentionRow = aMention({ actorId: person.id, actorLogin: person.login, issueNumber: (people += 1) });
  const { deliveryId, createdAt } = mentionRow;
  await context.db.deliveries.claim(
    { id: deliveryId, event: "issue_comment", outcome: "mentions", receivedAt: createdAt },
    [mentionRow],
  );
  const pending = await context.db.mentions.get(mentionRow.id);
  const taskId = pending === null ? null : await admitMention(context, pending);
  await reconcile(context, { kind: "mention", id: mentionRow.id });
  expect((await context.db.tasks.get(taskId ?? ""))?.status).toBe("running");
});

it("retries once for one command, however often its mention is looked at", async () => {
  const pipe = createPipe();
  const { context, clock } = pipe;
  const { person, taskId } = await aTaskOfSomebody(pipe);
  const task = async () => {
    const row = await context.db.tasks.get(taskId);
    if (row === null) throw new Error("no task");
    return row;
  };
  await stopTask(context, await task(), { reason: "stopped_by_user", by: person.login });
  clock.advance(1000);
  const { issueNumber } = await task();
  const mentionRow = aMention({
    actorId: person.id,
    actorLogin: person.login,
    issueNumber,
    command: JSON.stringify(RETRY_COMMAND),
  });
  await context.db.deliveries.claim(
    { id: mentionRow.deliveryId, event: "issue_comment", outcome: "mentions", receivedAt: mentionRow.createdAt },
    [mentionRow],
  );
  const pending = await context.db.mentions.get(mentionRow.id);
  if (pending === null) throw new Error("no mention");
  // The process dies after the retry and before it could say so; meanwhile the task is stopped again.
  const permit = await permitFor(context, await task());
  const mentionOf = { ...pending, installationId: pending.installationId ?? 0 };
  await answerCommand(context, {
    mention: mentionOf,
    command: RETRY_COMMAND,
    files: null,
    said: null,
    before: NOTHING_BEFORE,
    permit,
  });
  expect((await task()).status).toBe("queued");
  await stopTask(context, await task(), { reason: "stopped_by_user", by: person.login });
  await reconcile(context, { kind: "mention", id: mentionRow.id });
  expect((await task()).status).toBe("failed");
  expect(await context.db.mentions.get(mentionRow.id)).toMatchObject({ status: "answered", outcome: "retried" });
});

it("leaves the label of the newest rows when two tasks of an issue write it at once", async () => {
  const pipe = createPipe();
  const { context, github } = pipe;
  const issueNumber = (people += 1);
  const rows = [
    aTask({ issueNumber, mentionId: `mention-${people}-a` }),
    aTask({ issueNumber, mentionId: `mention-${people}-b` }),
  ] as const;
  const [waiting, running] = rows;
  for (const task of rows)
    await context.db.tasks.create({
      task: { ...task, status: task === running ? "running" : "queued", blockedReason: "missing_fly_token" },
      now: task.createdAt,
      moveId: context.ids.uuid(),
      event: { kind: "task.created", data: {} },
    });
  const slow = Promise.withResolvers<void>();
  const arrived = Promise.withResolvers<void>();
  const slowGitHub: GitHub = {
    ...github.github,
    repository(ref, token) {
      const plain = github.github.repository(ref, token);
      return {
        ...plain,
        async setPorterLabel(number, label) {
          arrived.resolve();
          await slow.promise;
          return plain.setPorterLabel(number, label);
        },
      };
    },
  };
  const tell = async (id: string, with_ = context) => {
    const task = await context.db.tasks.get(id);
    if (task !== null) await reportTask(with_, { task, attempts: [], obligations: [] });
  };
  const late = tell(waiting.id, { ...context, github: slowGitHub });
  await arrived.promise;
  const row = await context.db.tasks.get(running.id);
  if (row !== null) await stopTask(context, row, { reason: "stopped_by_user", by: "octocat" });
  await tell(running.id);
  slow.resolve();
  await late;
  expect(github.state.labels.get(`10#${issueNumber}`)).toBe("porter:queued");
});

it("redacts a key that its owner deleted, and the token, while the machine still has them", async () => {
  const pipe = createPipe();
  const { taskId, as } = await aTaskOfSomebody(pipe);
  const [machine] = pipe.machines.machines;
  if (machine === undefined) throw new Error("no machine");
  const runner = machineOf(pipe, machine);
  const { callbackToken, keys, git } = (await runner.claim()).body as {
    callbackToken: string;
    keys: Record<string, string>;
    git: { token: string };
  };
  await saveProviderCredentials(as, { anthropic: { ANTHROPIC_API_KEY: null } });
  const secrets = [...Object.values(keys), git.token];
  await runner.progress(callbackToken, 1, "working", { lastStep: `echo ${secrets.join(" ")}` });
  const { lastStep } = (await pipe.context.db.tasks.get(taskId)) ?? {};
  expect(secrets.filter((secret) => lastStep?.includes(secret))).toEqual([]);
  await runner.complete(callbackToken, { outcome: "no_changes" });
  pipe.clock.advance(40_000);
  await sweepDueRows(pipe.context);
  expect(pipe.github.state.revokedTokens).toContain(git.token);
});

it("starts the next waiting task by whatever request comes first after a slot is free", async () => {
  const pipe = createPipe();
  const { context, clock } = pipe;
  const { person, taskId } = await aTaskOfSomebody(pipe);
  const others: string[] = [];
  for (let count = 1; count <= 5; count++) {
    const id = await recordMention(pipe, { actorId: person.id, actorLogin: person.login, issueNumber: people });
    others.push((await context.db.mentions.get(id))?.taskId ?? "");
  }
  await context.db.operations.tick("sweep", clock.now().toISOString());
  const last = async () => (await context.db.tasks.get(others.at(-1) ?? ""))?.status;
  expect(await last()).toBe("queued");
  const task = await context.db.tasks.get(taskId);
  if (task !== null) await stopTask(context, task, { reason: "stopped_by_user", by: person.login });
  await reconcileAfterRequest(context);
  expect(await last()).toBe("running");
});

it("promises no saved work to a retry that ended before it began, though the run before it still saves its own", async () => {
  const pipe = createPipe();
  const { context } = pipe;
  const { person, taskId } = await aTaskOfSomebody(pipe);
  const task = async () => (await context.db.tasks.get(taskId)) ?? expect.fail("no task");
  const [machine] = pipe.machines.machines;
  if (machine === undefined) throw new Error("no machine");
  const runner = machineOf(pipe, machine);
  const token = String((await runner.claim()).body.callbackToken);
  await runner.progress(token, 1, "working");
  await stopTask(context, await task(), { reason: "stopped_by_user", by: person.login });
  await retryTask(context, await task(), { by: person.login, permit: await permitFor(context, await task()) });
  await stopTask(context, await task(), { reason: "issue_closed", by: person.login });
  await reconcile(context, { kind: "task", id: taskId });
  await runner.finish(token, { status: "stopped", outcome: "partial" });
  const comment = pipe.github.state.comments.find(({ body }) => body.includes(`task=${taskId}`));
  expect(comment?.body).toContain("Nothing was pushed.");
});
