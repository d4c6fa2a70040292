import { describe, expect, it } from "vitest";
import type { FailureCode } from "@/lib/failures";
import { parseComment } from "@/lib/commands/parse";
import { createPipe, aPerson, recordMention, type Pipe } from "@/server/testing/pipe";
import { handOver } from "@/server/testing/handed-over";
import { aTask } from "@/server/testing/rows";

let people = 71_000;
async function anIssue(pipe: Pipe) {
  const person = { id: (people += 1), login: `person-${people}` };
  await aPerson(pipe, person);
  const place = { repositoryId: (people += 1), issueNumber: people, installationId: people };
  pipe.github.state.locations.set(place.repositoryId, { owner: "acme", name: "widgets" });
  return { person, place };
}
type Issue = Awaited<ReturnType<typeof anIssue>>;

/** Writes the comment and answers what became of its first command. */
async function comment(pipe: Pipe, issue: Issue, text: string, by = issue.person) {
  const [command] = parseComment(text, { mentions: ["porter"] });
  if (command === undefined) throw new Error("no command");
  pipe.clock.advance(1000);
  const from = { actorId: by.id, actorLogin: by.login, ...issue.place, command: JSON.stringify(command) };
  const row = await pipe.context.db.mentions.get(await recordMention(pipe, from));
  return { outcome: row?.outcome, reply: row?.reply ?? "", taskId: row?.taskId ?? "" };
}
const tasksOf = (pipe: Pipe, { place }: Issue, statuses = ["queued", "running", "failed"] as const) =>
  pipe.context.db.tasks.ofIssue(place.repositoryId, place.issueNumber, statuses);

describe("@porter stop", () => {
  it("stops every open task of the issue, also where there are more than one read answers", async () => {
    const pipe = createPipe();
    const issue = await anIssue(pipe);
    const createdAt = pipe.clock.now().toISOString();
    for (let index = 0; index < 60; index++) {
      const task = aTask({ ...issue.place, userId: issue.person.id, createdAt, blockedReason: "missing_fly_token" });
      const event = { kind: "task.created", data: {} };
      await pipe.context.db.tasks.create({ task, now: createdAt, moveId: pipe.context.ids.uuid(), event });
    }
    const other = await anIssue(pipe);
    const elsewhere = { ...other, place: { ...other.place, installationId: issue.place.installationId } };
    await comment(pipe, elsewhere, "@porter");
    expect((await comment(pipe, issue, "@porter stop")).outcome).toBe("stopped");
    const { repositoryId, issueNumber } = issue.place;
    expect(await pipe.context.db.githubLocations.open({ repositoryId, issueNumber })).toEqual([]);
    expect((await tasksOf(pipe, elsewhere)).map(({ status }) => status)).toEqual(["running"]);
  });

  it("said twice stops once and says that nothing is left", async () => {
    const pipe = createPipe();
    const issue = await anIssue(pipe);
    await comment(pipe, issue, "@porter");
    expect((await comment(pipe, issue, "@porter stop")).outcome).toBe("stopped");
    const [before] = await tasksOf(pipe, issue);
    expect((await comment(pipe, issue, "@porter stop")).outcome).toBe("nothing_to_stop");
    expect(await tasksOf(pipe, issue)).toMatchObject([{ status: "failed", version: before?.version }]);
  });
});

describe("@porter retry", () => {
  it("says that there is work before it spends, and runs again for who names the task", async () => {
    const pipe = createPipe();
    const issue = await anIssue(pipe);
    await comment(pipe, issue, "@porter claude fix it");
    const [first] = await tasksOf(pipe, issue);
    const id = first?.id ?? "";
    const key = { taskId: id, attempt: 1, number: 1, userId: issue.person.id };
    const refusal = JSON.stringify({ kind: "rules", rules: ["No."] });
    await handOver(pipe.context, key, { steps: [{ a: "a" }], writing: { refusal } });
    await comment(pipe, issue, "@porter stop");
    const told = await comment(pipe, issue, "@porter retry");
    expect(told.outcome).toBe("work_is_kept");
    expect(told.reply).toContain(`/tasks/${id}#work)`);
    expect((await tasksOf(pipe, issue))[0]).toMatchObject({ status: "failed", attempt: 1 });
    expect((await comment(pipe, issue, `@porter retry ${id}`)).outcome).toBe("retried");
  });

  it("said twice is one new attempt with the same frozen prompt", async () => {
    const pipe = createPipe();
    const issue = await anIssue(pipe);
    await comment(pipe, issue, "@porter claude fix it");
    const [first] = await tasksOf(pipe, issue);
    await comment(pipe, issue, "@porter stop");
    expect((await comment(pipe, issue, "@porter retry")).outcome).toBe("retried");
    expect((await comment(pipe, issue, "@porter retry")).outcome).toBe("still_running");
    expect(await tasksOf(pipe, issue)).toMatchObject([
      { id: first?.id, status: "running", attempt: 2, prompt: first?.prompt, branch: `${first?.branch}-2` },
    ]);
  });

  it.each([
    ["another agent", "@porter retry opencode", { agent: "opencode" }],
    ["another base", "@porter retry --base=next", { baseBranch: "next" }],
    ["another priority", "@porter retry --priority=high", { priority: 3 }],
    ["other instructions", "@porter retry -- be brief", { instructions: "be brief" }],
  ])("with %s is a new task that links the old one", async (_, text, expected) => {
    const pipe = createPipe();
    const issue = await anIssue(pipe);
    await comment(pipe, issue, "@porter claude fix it");
    const [old] = await tasksOf(pipe, issue);
    await comment(pipe, issue, "@porter stop");
    const said = await comment(pipe, issue, text);
    expect([said.outcome, said.reply.startsWith("Queued ")]).toEqual(["retried_as_new_task", true]);
    const made = (await tasksOf(pipe, issue)).find(({ id }) => id !== old?.id);
    expect(made).toMatchObject({ parentTaskId: old?.id, ...expected });
    expect((await pipe.context.db.tasks.get(old?.id ?? ""))?.status).toBe("failed");
  });

  it("of somebody else is their own task, on their keys", async () => {
    const pipe = createPipe();
    const issue = await anIssue(pipe);
    const other = { id: (people += 1), login: `person-${people}` };
    await aPerson(pipe, other);
    await comment(pipe, issue, "@porter");
    const [old] = await tasksOf(pipe, issue);
    await comment(pipe, issue, "@porter stop");
    expect((await comment(pipe, issue, "@porter retry", other)).outcome).toBe("retried_as_new_task");
    const made = (await tasksOf(pipe, issue)).find(({ id }) => id !== old?.id);
    expect(made).toMatchObject({ parentTaskId: old?.id, userId: other.id, prompt: old?.prompt });
  });
});

describe("while a task of the issue is open", () => {
  const openOf = async (pipe: Pipe, issue: Issue) => (await tasksOf(pipe, issue)).map(({ status }) => status);

  it("work is asked back with the command that starts it all the same, and nothing changes", async () => {
    const pipe = createPipe();
    const issue = await anIssue(pipe);
    await comment(pipe, issue, "@porter");
    const { outcome, reply } = await comment(pipe, issue, "@porter claude can you also add a test?");
    expect(outcome).toBe("asked");
    expect(reply).toContain("nothing was started or changed");
    expect(reply).toContain("`@porter claude -- can you also add a test?`");
    expect(reply).toContain("`@porter stop`");
    expect(await openOf(pipe, issue)).toEqual(["running"]);
    const forced = await comment(pipe, issue, "@porter claude -- can you also add a test?");
    expect(forced.outcome).toBe("task");
    expect(await openOf(pipe, issue)).toEqual(["running", "running"]);
  });

  it.each([
    ["@porter cancel", "stopped", ["failed"]],
    ["@porter stop please", "stopped", ["failed"]],
    ["@porter stop using moment", "asked", ["running"]],
    ["@porter stop the run now please, thank you, stop it", "asked", ["running"]],
    ["@porter try again", "still_running", ["running"]],
    ["@porter thanks!", "talk", ["running"]],
    ["@porter what did you change?", "status", ["running"]],
    ["@porter", "asked", ["running"]],
  ])("%j is %s", async (text, outcome, statuses) => {
    const pipe = createPipe();
    const issue = await anIssue(pipe);
    await comment(pipe, issue, "@porter");
    const said = await comment(pipe, issue, text);
    expect(said.outcome).toBe(outcome);
    // What was stopped says so in its own comment.
    expect(said.reply === "").toBe(outcome === "stopped");
    expect(await openOf(pipe, issue)).toEqual(statuses);
  });

  it("the other commands of the same comment start", async () => {
    const pipe = createPipe();
    const issue = await anIssue(pipe);
    const commands = parseComment("- [ ] @porter claude fix a\n- [ ] @porter claude fix a", { mentions: ["porter"] });
    const commentId = (people += 1);
    for (const command of commands) {
      const { id: actorId, login: actorLogin } = issue.person;
      const from = { actorId, actorLogin, ...issue.place, commentId, commandIndex: command.index };
      await recordMention(pipe, { ...from, command: JSON.stringify(command) });
    }
    expect(await openOf(pipe, issue)).toEqual(["running", "running"]);
  });
});

it.each([
  ["@porter cancel", "nothing_to_stop"],
  ["@porter retry please", "nothing_to_retry"],
  ["@porter thanks!", "talk"],
  ["@porter nice work, merging", "talk"],
  ["@porter what did you change?", "status"],
])("%j starts nothing where nothing was", async (text, outcome) => {
  const pipe = createPipe();
  const issue = await anIssue(pipe);
  const said = await comment(pipe, issue, text);
  expect([said.outcome, said.taskId]).toEqual([outcome, ""]);
  expect(await tasksOf(pipe, issue)).toEqual([]);
});

describe("after a run of the issue", () => {
  const ended = async (pipe: Pipe, failureCode: FailureCode | null) => {
    const issue = await anIssue(pipe);
    const createdAt = pipe.clock.now().toISOString();
    const status = failureCode === null ? ("success" as const) : ("failed" as const);
    const task = aTask({
      ...issue.place,
      userId: issue.person.id,
      createdAt,
      status,
      failureCode,
      completedAt: createdAt,
    });
    const event = { kind: "task.created", data: {} };
    await pipe.context.db.tasks.create({ task, now: createdAt, moveId: pipe.context.ids.uuid(), event });
    return issue;
  };

  it.each([
    ["@porter hvala lijepa ekipo", null, "talk"],
    ["@porter hvala lijepa ekipo", "agent_failed", "talk"],
    ["@porter also add a test", null, "task"],
    ["@porter claude 修复", null, "task"],
    ["@porter yes, both", "agent_asks", "task"],
    ["@porter the blue ones", "agent_asks", "task"],
    ["@porter ok thanks", "agent_asks", "talk"],
    ["@porter yes", "no_changes", "talk"],
  ] as const)("%j after %s is %s", async (text, failureCode, outcome) => {
    const pipe = createPipe();
    const issue = await ended(pipe, failureCode);
    const said = await comment(pipe, issue, text);
    expect(said.outcome).toBe(outcome);
    if (outcome === "talk") expect(said.reply).toContain("`@porter -- ");
  });
});
