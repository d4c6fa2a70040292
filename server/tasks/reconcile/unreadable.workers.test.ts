import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { taskRowSchema } from "@/lib/live";
import { GitHubError } from "@/server/github/port";
import { MachineError } from "@/server/machines/port";
import { sweepDueRows } from "@/server/reconcile/reconcile";
import { saveProviderCredentials } from "@/server/secrets/provider-credentials";
import { applySecretChanges, FLY_TOKEN } from "@/server/secrets/user-secrets";
import { aPerson, createPipe, machineOf, recordMention, type Pipe } from "@/server/testing/pipe";
import { permitFor } from "@/server/testing/permit";
import { userActor } from "@/server/testing/test-context";
import { getTask } from "../read/get";
import { listTasks, searchTasks } from "../read/list";
import { retryTask } from "../verbs/retry";
import { pollTasks } from "../verbs/poll-tasks";

let people = 61_000;
async function somebody(pipe: Pipe) {
  const person = { id: (people += 1), login: `person-${people}` };
  await aPerson(pipe, person);
  return { person, as: { ...pipe.context, actor: userActor(person.id, person.login) } };
}
async function ask(pipe: Pipe, person: { id: number; login: string }, overrides: object = {}) {
  const issueNumber = (people += 1);
  const id = await recordMention(pipe, { actorId: person.id, actorLogin: person.login, issueNumber, ...overrides });
  return { mentionId: id, taskId: (await pipe.context.db.mentions.get(id))?.taskId ?? "", issueNumber };
}
const spoil = (sql: string, ...values: (string | number)[]) =>
  env.DB.prepare(sql)
    .bind(...values)
    .run();
/** So many sweeps, ten seconds apart: longer than the first back-offs. */
async function sweeps(pipe: Pipe, times: number) {
  for (let time = 0; time < times; time++) {
    pipe.clock.advance(10_000);
    await sweepDueRows(pipe.context);
  }
}
const told = async (pipe: Pipe, id: string) =>
  (await pipe.context.db.operations.deadLetters(50)).filter(({ body }) => body.includes(id));
const taskOf = async (pipe: Pipe, id: string) => {
  const task = await pipe.context.db.tasks.get(id);
  if (task === null) throw new Error("no task");
  return task;
};

describe("a task whose row cannot be read", () => {
  it("ends after three tries with its machine, is seen by owner and operators, and others go on", async () => {
    const pipe = createPipe();
    const { person, as } = await somebody(pipe);
    const { taskId } = await ask(pipe, person);
    const other = await ask(pipe, person);
    await spoil("UPDATE task_attempts SET phase_times = 'no json' WHERE task_id = ?", taskId);
    await spoil("UPDATE tasks SET version = version + 1, due_at = created_at WHERE id = ?", taskId);
    await sweeps(pipe, 2);
    expect(await taskOf(pipe, taskId)).toMatchObject({ status: "running", tries: 2, quarantinedAt: null });
    await sweeps(pipe, 3);
    expect((await getTask(as, taskId)).explanation?.sentence).toBe("Porter made a mistake.");
    expect(await getTask(as, taskId)).toMatchObject({
      status: "failed",
      failureCode: "internal",
      errorMessage: "Porter could not read what it keeps of this task",
    });
    expect((await taskOf(pipe, taskId)).quarantinedAt).not.toBeNull();
    expect(await told(pipe, taskId)).toHaveLength(1);
    expect(pipe.machines.machines.find((machine) => machine.taskId === taskId)?.state).toBe("destroyed");
    expect((await taskOf(pipe, other.taskId)).status).toBe("running");
  });

  it("ends at once where only the machine's last word cannot be read, and is cleaned up", async () => {
    const pipe = createPipe();
    const { person } = await somebody(pipe);
    const { taskId } = await ask(pipe, person);
    await spoil(
      "UPDATE task_attempts SET completion = '{', ended_at = created_at, end_reason = 'completed' WHERE task_id = ?",
      taskId,
    );
    await spoil("UPDATE tasks SET due_at = created_at WHERE id = ?", taskId);
    await sweeps(pipe, 6);
    expect(await taskOf(pipe, taskId)).toMatchObject({ status: "failed", failureCode: "internal", dueAt: null });
    expect(pipe.machines.machines.find((machine) => machine.taskId === taskId)?.state).toBe("destroyed");
  });

  it("is looked at again within the hour, and by an explicit retry", async () => {
    const pipe = createPipe();
    const { person, as } = await somebody(pipe);
    const { taskId, issueNumber } = await ask(pipe, person);
    await spoil("UPDATE task_attempts SET phase_times = 'no json' WHERE task_id = ?", taskId);
    await spoil("UPDATE tasks SET version = version + 1, due_at = created_at WHERE id = ?", taskId);
    await sweeps(pipe, 8);
    const comment = () => pipe.github.state.comments.find((each) => each.issueNumber === issueNumber);
    expect(comment()?.body).not.toContain("Failed");
    await spoil("UPDATE task_attempts SET phase_times = '{}' WHERE task_id = ?", taskId);
    pipe.clock.advance(3600_000);
    await sweepDueRows(pipe.context);
    expect(comment()?.body).toContain("Failed");
    const task = await taskOf(pipe, taskId);
    await retryTask(as, task, { by: person.login, permit: await permitFor(as, task) });
    await sweeps(pipe, 1);
    expect(await taskOf(pipe, taskId)).toMatchObject({ status: "running", quarantinedAt: null });
  });

  it.each(["agent", "status", "phase"])("does not stop the others by an unknown word as its %s", async (column) => {
    const pipe = createPipe();
    const { person } = await somebody(pipe);
    const { taskId } = await ask(pipe, person);
    const other = await ask(pipe, person);
    await spoil(`UPDATE tasks SET ${column} = 'of-tomorrow', due_at = created_at WHERE id = ?`, taskId);
    await spoil("UPDATE tasks SET due_at = created_at WHERE id = ?", other.taskId);
    await sweeps(pipe, 6);
    expect((await taskOf(pipe, other.taskId)).leaseUntil).toBeNull();
    expect((await taskOf(pipe, other.taskId)).status).toBe("running");
    expect((await taskOf(pipe, taskId)).leaseUntil).toBeNull();
  });

  it.each([
    ["agent", 1],
    ["phase", 1],
    ["failure_code", 2],
    ["blocked_reason", 2],
  ])("hides no other task of its owner by an unknown %s", async (column, shown) => {
    const pipe = createPipe();
    const { person, as } = await somebody(pipe);
    const { taskId } = await ask(pipe, person);
    const other = await ask(pipe, person);
    await spoil(`UPDATE tasks SET ${column} = 'of-tomorrow' WHERE id = ?`, taskId);
    const views = [
      (await listTasks(as, { limit: 10 })).tasks,
      (await searchTasks(as, { limit: 10 })).tasks,
      (await pollTasks(as, 0)).message?.tasks ?? [],
    ];
    for (const tasks of views) {
      expect(tasks).toHaveLength(shown);
      for (const task of tasks) expect(taskRowSchema.parse(task)).toBeDefined();
      expect(tasks.map(({ id }) => id)).toContain(other.taskId);
    }
  });

  it("is never what Fly or GitHub cannot do just now", async () => {
    let isAway = false;
    const away = () => {
      if (isAway) throw new MachineError({ kind: "unavailable", message: "503" });
    };
    const pipe = createPipe({
      machines: { before: away },
      github: {
        before() {
          if (isAway) throw new GitHubError({ kind: "unavailable", message: "503" });
        },
      },
    });
    const { person } = await somebody(pipe);
    const { taskId } = await ask(pipe, person);
    isAway = true;
    await sweeps(pipe, 15);
    isAway = false;
    expect((await taskOf(pipe, taskId)).quarantinedAt).toBeNull();
    expect(await told(pipe, taskId)).toEqual([]);
  });
});

describe("a secret that does not open", () => {
  const alter = (userId: number, name: string) =>
    spoil("UPDATE user_secrets SET tag = 'AAAAAAAAAAAAAAAAAAAAAA==' WHERE user_id = ? AND name = ?", userId, name);

  it.each([
    ["ANTHROPIC_API_KEY", "missing_credentials"],
    ["FLY_API_TOKEN", "missing_fly_token"],
  ])("lets the task wait until %s is saved again", async (name, blockedReason) => {
    const pipe = createPipe();
    const { person, as } = await somebody(pipe);
    await alter(person.id, name);
    const { taskId } = await ask(pipe, person);
    expect(await taskOf(pipe, taskId)).toMatchObject({ status: "queued", blockedReason });
    expect(pipe.context.lines.join("\n")).toContain("secret.unreadable");
    await saveProviderCredentials(as, { anthropic: { ANTHROPIC_API_KEY: "fake-anthropic-key-canary" } });
    await applySecretChanges(as, [{ ...FLY_TOKEN, value: "fake-fly-token-canary" }]);
    await sweepDueRows(pipe.context);
    expect(await taskOf(pipe, taskId)).toMatchObject({ status: "running", blockedReason: null });
  });

  it("keeps no machine alive: neither the token that was handed out, nor settings, nor GitHub being away", async () => {
    let isAway = false;
    const pipe = createPipe({
      github: {
        before(call) {
          if (isAway && call === "revokeInstallationToken")
            throw new GitHubError({ kind: "unavailable", message: "502" });
        },
      },
    });
    const end = async (change: (taskId: string, userId: number) => Promise<unknown>) => {
      const { person } = await somebody(pipe);
      const { taskId } = await ask(pipe, person);
      const machine = pipe.machines.machines.find((each) => each.taskId === taskId);
      if (machine === undefined) throw new Error("no machine");
      const claim = await machineOf(pipe, machine).claim();
      await machineOf(pipe, machine).progress(String(claim.body.callbackToken), 1, "working");
      await spoil("UPDATE tasks SET status = 'failed', failure_code = 'stopped_by_user' WHERE id = ?", taskId);
      await change(taskId, person.id);
      await spoil("UPDATE tasks SET due_at = created_at WHERE id = ?", taskId);
      pipe.clock.advance(60_000);
      await sweeps(pipe, 1);
      return machine.state;
    };
    const token = await end((taskId) =>
      spoil("UPDATE task_attempts SET git_token_tag = 'AAAAAAAAAAAAAAAAAAAAAA==' WHERE task_id = ?", taskId),
    );
    const settings = await end((_, userId) => spoil("UPDATE user_settings SET config = 'x' WHERE user_id = ?", userId));
    const github = await end(async () => void (isAway = true));
    expect({ token, settings, github }).toEqual({ token: "destroyed", settings: "destroyed", github: "destroyed" });
  });
});

describe("a command that cannot be read", () => {
  it.each(["no json", '{"kind":"of-tomorrow"}', "null"])("is answered after three tries: %s", async (command) => {
    const pipe = createPipe();
    const { person } = await somebody(pipe);
    const { mentionId, issueNumber } = await ask(pipe, person, { command });
    expect((await pipe.context.db.mentions.get(mentionId))?.status).toBe("pending");
    await sweeps(pipe, 4);
    expect(await pipe.context.db.mentions.get(mentionId)).toMatchObject({
      status: "refused",
      outcome: "unreadable",
    });
    expect(await pipe.context.db.obligations.of(mentionId)).toEqual([]);
    const replies = pipe.github.state.comments.filter((each) => each.issueNumber === issueNumber);
    expect(replies.map(({ body }) => body.split("\n")[0])).toEqual([
      "Porter could not read this command or your settings, so nothing was started. Its operator can see why.",
    ]);
    expect(await told(pipe, mentionId)).toHaveLength(1);
  });

  it("of a stranger is met with silence all the same", async () => {
    const pipe = createPipe();
    const { mentionId } = await ask(pipe, { id: 1, login: "stranger" }, { command: "no json" });
    expect(await pipe.context.db.mentions.get(mentionId)).toMatchObject({ outcome: "no_write_access" });
    expect(pipe.github.state.comments).toEqual([]);
  });

  it("is no other than settings that cannot be read", async () => {
    const pipe = createPipe();
    const { person } = await somebody(pipe);
    await spoil("UPDATE user_settings SET config = 'x' WHERE user_id = ?", person.id);
    const { mentionId } = await ask(pipe, person);
    await sweeps(pipe, 4);
    expect(await pipe.context.db.mentions.get(mentionId)).toMatchObject({ status: "refused", outcome: "unreadable" });
  });
});

it("a delivery whose facts cannot be read is quarantined after three tries", async () => {
  const pipe = createPipe();
  const receivedAt = pipe.clock.now().toISOString();
  const id = `unreadable-${(people += 1)}`;
  await pipe.context.db.deliveries.claim(
    {
      id,
      event: "repository",
      outcome: "repository_moved",
      repositoryId: 5,
      facts: "no",
      receivedAt,
      dueAt: receivedAt,
    },
    [],
  );
  await sweeps(pipe, 4);
  expect(await pipe.context.db.deliveries.get(id)).toMatchObject({ outcome: "unreadable" });
  expect(await pipe.context.db.obligations.of(id)).toEqual([]);
  expect(await told(pipe, id)).toHaveLength(1);
});
