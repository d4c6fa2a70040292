import { describe, expect, it } from "vitest";
import { GitHubError } from "@/server/github/port";
import { sweepDueRows } from "@/server/reconcile/reconcile";
import { sendDelivery, payloadEnvelope, sender } from "@/server/testing/deliveries";
import { aPerson, createPipe, machineOf, type Pipe } from "@/server/testing/pipe";
import { mentionsOf } from "@/server/testing/stored";

let counter = 41_000;
const next = () => (counter += 1);

type Place = { repository: number; issue: number; installation: number };
const aPlace = (): Place => ({ repository: next(), issue: next(), installation: next() });

const issueOf = (place: Place) => ({ number: place.issue, title: "T", body: "" });
const comment = (place: Place, input: { action: string; id: number; body: string; by?: typeof sender }) => ({
  ...payloadEnvelope(place, input.action),
  issue: issueOf(place),
  sender: input.by ?? sender,
  comment: { id: input.id, body: input.body, created_at: "2026-11-22T12:00:00Z" },
});

/** A person whose comment made a running task. */
async function aRunningTask(pipe: Pipe, place = aPlace()) {
  const person = { id: next(), login: `person-${counter}`, type: "User" };
  await aPerson(pipe, person);
  pipe.github.state.locations.set(place.repository, { owner: "acme", name: "widgets" });
  const commentId = next();
  await sendDelivery(
    pipe,
    "issue_comment",
    comment(place, { action: "created", id: commentId, body: "@porter", by: person }),
  );
  const task = (await pipe.context.db.tasks.ofIssue(place.repository, place.issue, ["running"]))[0];
  if (task === undefined) throw new Error("no task");
  return { place, person, commentId, taskId: task.id };
}
const reportOf = (pipe: Pipe, taskId: string) => pipe.context.db.obligations.get(taskId, "report");
const taskOf = async (pipe: Pipe, id: string) => {
  const task = await pipe.context.db.tasks.get(id);
  if (task === null) throw new Error("no task");
  return task;
};
function firstMachine(pipe: Pipe) {
  const [machine] = pipe.machines.machines;
  if (machine === undefined) throw new Error("no machine");
  return machineOf(pipe, machine);
}

describe("comments", () => {
  it("make no command by an edit", async () => {
    const pipe = createPipe();
    const place = aPlace();
    const id = next();
    expect(await sendDelivery(pipe, "issue_comment", comment(place, { action: "edited", id, body: "@porter" }))).toBe(
      "comment_edited",
    );
    expect(await mentionsOf(place.repository, id)).toEqual([]);
  });

  it("stop nothing that runs when they are deleted", async () => {
    const pipe = createPipe();
    const { place, commentId, taskId } = await aRunningTask(pipe);
    const gone = comment(place, { action: "deleted", id: commentId, body: "@porter" });
    expect(await sendDelivery(pipe, "issue_comment", gone)).toBe("comment_deleted");
    expect((await taskOf(pipe, taskId)).status).toBe("running");
  });

  it("are ignored when they are deleted before anybody admitted them, in either order of the deliveries", async () => {
    const pipe = createPipe({
      github: {
        before(call) {
          if (call === "permissionOf") throw new GitHubError({ kind: "unavailable", message: "502" });
        },
      },
    });
    const place = aPlace();
    for (const order of [
      ["created", "deleted"],
      ["deleted", "created"],
    ]) {
      const id = next();
      for (const action of order)
        await sendDelivery(
          pipe,
          "issue_comment",
          comment(place, { action, id, body: "@porter one\n@porter claude two" }),
        );
      const rows = await mentionsOf(place.repository, id);
      expect(rows.map((row) => [row?.status, row?.outcome])).toEqual([
        ["ignored", "comment_deleted"],
        ["ignored", "comment_deleted"],
      ]);
      pipe.clock.advance(2000);
      await sweepDueRows(pipe.context);
      for (const row of rows) expect(await pipe.context.db.obligations.of(row?.id ?? "")).toEqual([]);
    }
  });
});

describe("issues", () => {
  it.each(["closed", "deleted", "transferred"])("stop their tasks when they are %s", async (action) => {
    const pipe = createPipe();
    const { place, taskId } = await aRunningTask(pipe);
    await sendDelivery(pipe, "issues", { ...payloadEnvelope(place, action), issue: issueOf(place) });
    expect(await taskOf(pipe, taskId)).toMatchObject({ status: "failed", failureCode: "issue_closed" });
  });

  it("get their report after an unlock that was refused before it", async () => {
    let isLocked = false;
    const pipe = createPipe({
      github: {
        before(call) {
          if (isLocked && call === "updateComment")
            throw new GitHubError({ kind: "lost", reason: "locked", message: "403 locked" });
        },
      },
    });
    const { place, taskId } = await aRunningTask(pipe);
    isLocked = true;
    await sendDelivery(pipe, "issues", { ...payloadEnvelope(place, "locked"), issue: issueOf(place) });
    const machine = firstMachine(pipe);
    const claim = await machine.claim();
    await machine.complete(String(claim.body.callbackToken), { outcome: "no_changes" });
    expect(await taskOf(pipe, taskId)).toMatchObject({ failureCode: "no_changes" });
    expect(await reportOf(pipe, taskId)).toMatchObject({ dueAt: null, gaveUpReason: "lost: 403 locked" });
    isLocked = false;
    await sendDelivery(pipe, "issues", { ...payloadEnvelope(place, "unlocked"), issue: issueOf(place) });
    await sweepDueRows(pipe.context);
    expect(await reportOf(pipe, taskId)).toBeNull();
    // The sweep looks at the tasks of the other stories, too.
    const ofTask = pipe.github.state.comments.filter(({ body }) => body.includes(`task=${taskId}`));
    expect(ofTask.map(({ body }) => body)).toEqual([expect.stringContaining("No changes needed")]);
  });
});

describe("repositories", () => {
  it("are the same under another name", async () => {
    const pipe = createPipe();
    const { place, taskId } = await aRunningTask(pipe);
    await sendDelivery(pipe, "repository", payloadEnvelope(place, "renamed", { owner: "acme", name: "gadgets" }));
    expect(await taskOf(pipe, taskId)).toMatchObject({ status: "running", repoOwner: "acme", repoName: "gadgets" });
  });

  it("take their tasks with them when they are transferred", async () => {
    const pipe = createPipe();
    const { place, taskId } = await aRunningTask(pipe);
    const moved = {
      ...payloadEnvelope(place, "transferred", { owner: "other", name: "widgets" }),
      installation: { id: 77 },
    };
    await sendDelivery(pipe, "repository", moved);
    expect(await taskOf(pipe, taskId)).toMatchObject({ status: "running", repoOwner: "other", installationId: 77 });
  });

  it.each(["archived", "deleted"])("end their tasks and machines when they are %s", async (action) => {
    const pipe = createPipe();
    const { place, taskId } = await aRunningTask(pipe);
    await sendDelivery(pipe, "repository", payloadEnvelope(place, action));
    await sweepDueRows(pipe.context);
    expect(await taskOf(pipe, taskId)).toMatchObject({ status: "failed", failureCode: "access_lost" });
    expect(pipe.machines.machines.map(({ state }) => state)).toEqual(["destroyed"]);
  });

  it("are found by their number when their name answers 404", async () => {
    let isMoved = false;
    const pipe = createPipe({
      github: {
        before(call) {
          if (call === "updateComment" && isMoved) {
            isMoved = false;
            throw new GitHubError({ kind: "lost", reason: "not_found", message: "404" });
          }
        },
      },
    });
    const { place, taskId } = await aRunningTask(pipe);
    pipe.github.state.locations.set(place.repository, { owner: "acme", name: "renamed" });
    isMoved = true;
    await pipe.context.db.tasks.wake(taskId, pipe.context.clock.now().toISOString());
    const machine = firstMachine(pipe);
    const claim = await machine.claim();
    await machine.progress(String(claim.body.callbackToken), 1, "cloning");
    expect(await taskOf(pipe, taskId)).toMatchObject({ status: "running", repoName: "renamed" });
    expect(await reportOf(pipe, taskId)).toBeNull();
  });
});

describe("installations", () => {
  const installation = (place: Place, action: string) => ({
    action,
    installation: { id: place.installation, account: { login: "acme" } },
    sender,
  });
  const asInstalled = (place: Place, suspendedAt: string | null) => ({
    id: place.installation,
    account: "acme",
    accountId: 1,
    accountType: "Organization",
    repositorySelection: "all" as const,
    permissions: {},
    suspendedAt,
  });

  it.each(["suspend", "deleted"])("end their tasks on %s, and the dashboard says why", async (action) => {
    const pipe = createPipe();
    const { place, taskId } = await aRunningTask(pipe);
    const other = await aRunningTask(pipe);
    if (action === "suspend") pipe.github.state.appInstallations.push(asInstalled(place, "2026-11-22T12:00:00Z"));
    await sendDelivery(pipe, "installation", installation(place, action));
    await sweepDueRows(pipe.context);
    expect(await taskOf(pipe, taskId)).toMatchObject({ status: "failed", failureCode: "access_lost" });
    expect((await taskOf(pipe, other.taskId)).status).toBe("running");
    expect(pipe.machines.machines[0]?.state).toBe("destroyed");
  });

  it("keep their tasks when the delivery of a suspension comes after its end", async () => {
    const pipe = createPipe();
    const { place, taskId } = await aRunningTask(pipe);
    pipe.github.state.appInstallations.push(asInstalled(place, null));
    await sendDelivery(pipe, "installation", installation(place, "suspend"));
    expect((await taskOf(pipe, taskId)).status).toBe("running");
  });

  it("end a task that nobody told of the loss, and tell the issue once they are back", async () => {
    let isLost = false;
    const pipe = createPipe({
      github: {
        before(call) {
          if (isLost && (call === "updateComment" || call === "repositoryById"))
            throw new GitHubError({ kind: "lost", reason: "suspended", message: "403 suspended" });
        },
      },
    });
    const { place, taskId } = await aRunningTask(pipe);
    isLost = true;
    const machine = firstMachine(pipe);
    const claim = await machine.claim();
    await machine.progress(String(claim.body.callbackToken), 1, "cloning");
    expect(await taskOf(pipe, taskId)).toMatchObject({ failureCode: "access_lost" });
    expect(await reportOf(pipe, taskId)).toMatchObject({ dueAt: null, gaveUpReason: expect.any(String) });
    isLost = false;
    pipe.github.state.appInstallations.push(asInstalled(place, null));
    await sendDelivery(pipe, "installation", installation(place, "unsuspend"));
    await sweepDueRows(pipe.context);
    const task = await taskOf(pipe, taskId);
    expect([await reportOf(pipe, taskId), task.reportedVersion]).toEqual([null, task.version]);
  });

  it("end the tasks of repositories that were taken out of them", async () => {
    const pipe = createPipe();
    const { place, taskId } = await aRunningTask(pipe);
    await sendDelivery(pipe, "installation_repositories", {
      action: "removed",
      installation: { id: place.installation },
      repositories_removed: [{ id: place.repository, name: "widgets" }],
      sender,
    });
    expect(await taskOf(pipe, taskId)).toMatchObject({ failureCode: "access_lost" });
  });
});

describe("missed deliveries", () => {
  const failed = (guid: string, deliveredAt: string, event = "issue_comment") => ({
    id: `id-${guid}`,
    guid,
    event,
    statusCode: 503,
    deliveredAt,
  });

  it("of an outage of an hour are all asked for again, and make one task each", async () => {
    const pipe = createPipe();
    await pipe.context.db.operations.tick("redelivery", "2026-11-22T10:00:00.000Z");
    await pipe.context.db.operations.tick("redelivery_mark", "2026-11-22T10:58:00.000Z");
    const person = { id: next(), login: `person-${counter}`, type: "User" };
    await aPerson(pipe, person);
    const places = Array.from({ length: 7 }, aPlace);
    const payloads = new Map(
      places.map((place, index) => [
        `id-outage-${index}`,
        comment(place, { action: "created", id: next(), body: "@porter", by: person }),
      ]),
    );
    pipe.github.state.failedDeliveries = places.map((_, index) =>
      failed(`outage-${index}`, `2026-11-22T11:0${index}:00.000Z`),
    );
    await sweepDueRows(pipe.context);
    expect(pipe.github.state.redelivered.toSorted()).toEqual([...payloads.keys()]);
    for (const id of pipe.github.state.redelivered) {
      for (let twice = 0; twice < 2; twice++)
        await sendDelivery(pipe, "issue_comment", payloads.get(id) ?? {}, id.slice("id-".length));
    }
    const tasks = await Promise.all(
      places.map(({ repository, issue }) => pipe.context.db.tasks.ofIssue(repository, issue, ["queued", "running"])),
    );
    expect(tasks.map((found) => found.length)).toEqual([1, 1, 1, 1, 1, 1, 1]);
  });

  it("are asked for by one caller in five minutes, and never what was taken or what nobody reads", async () => {
    const pipe = createPipe();
    pipe.clock.advance(3_600_000);
    const at = pipe.clock.now().toISOString();
    await sendDelivery(pipe, "ping", {}, "taken");
    pipe.github.state.failedDeliveries = [failed("taken", at), failed("push", at, "push"), failed("missed", at)];
    await Promise.all([sweepDueRows(pipe.context), sweepDueRows(pipe.context), sweepDueRows(pipe.context)]);
    expect(pipe.github.state.redelivered).toEqual(["id-missed"]);
    pipe.clock.advance(299_000);
    await sweepDueRows(pipe.context);
    expect(pipe.github.state.redelivered).toHaveLength(1);
  });

  it("begin again at the same place after a look that failed", async () => {
    let isDown = true;
    const pipe = createPipe({
      github: {
        before(call) {
          if (isDown && call === "listFailedDeliveries") throw new GitHubError({ kind: "unavailable", message: "502" });
        },
      },
    });
    pipe.clock.advance(2 * 3_600_000);
    pipe.github.state.failedDeliveries = [failed("early", pipe.clock.now().toISOString())];
    for (let look = 0; look < 5; look++) {
      pipe.clock.advance(20 * 60_000);
      await sweepDueRows(pipe.context);
    }
    isDown = false;
    pipe.clock.advance(20 * 60_000);
    await sweepDueRows(pipe.context);
    expect(pipe.github.state.redelivered).toEqual(["id-early"]);
  });

  it("that are refused for ever are given up after twelve tries", async () => {
    const pipe = createPipe();
    pipe.clock.advance(24 * 3_600_000);
    for (let look = 0; look < 14; look++) {
      pipe.clock.advance(301_000);
      pipe.github.state.failedDeliveries = [failed("refused", pipe.clock.now().toISOString())];
      await sweepDueRows(pipe.context);
    }
    expect(pipe.github.state.redelivered).toHaveLength(12);
  });
});
