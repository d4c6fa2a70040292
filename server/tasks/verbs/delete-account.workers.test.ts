import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { withActor } from "@/server/context";
import { GitHubError } from "@/server/github/port";
import { MachineError } from "@/server/machines/port";
import { aPerson, createPipe, machineOf, recordMention, type Pipe } from "@/server/testing/pipe";
import { userActor } from "@/server/testing/test-context";
import { deleteAccount } from "./delete-account";

const ada = { id: 1, login: "octocat" };
const bob = { id: 2, login: "hubot" };

async function twoPeople(hooks: Parameters<typeof createPipe>[0] = {}) {
  const pipe = createPipe(hooks);
  await aPerson(pipe, ada);
  await aPerson(pipe, bob);
  await recordMention(pipe);
  await recordMention(pipe, { actorId: bob.id, actorLogin: bob.login, issueNumber: 8 });
  return { pipe, leave: (typed = ada.login) => deleteAccount(withActor(pipe.context, userActor(1, ada.login)), typed) };
}

/** Every row of every table that names the user or the login. */
async function tracesOf(user: { id: number; login: string }): Promise<string[]> {
  const { results } = await env.DB.prepare(
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name NOT LIKE '_cf%' AND name <> 'd1_migrations'",
  ).all<{ name: string }>();
  const traces: string[] = [];
  for (const { name } of results) {
    const rows = (await env.DB.prepare(`SELECT * FROM "${name}"`).all<Record<string, unknown>>()).results;
    for (const row of rows) {
      const ids = ["user_id", "github_user_id", "actor_id"].map((column) => row[column]);
      if (ids.includes(user.id) || JSON.stringify(row).includes(user.login)) traces.push(name);
    }
  }
  return traces;
}
const machineIn = (pipe: Pipe, index: number) => {
  const machine = pipe.machines.machines[index];
  if (machine === undefined) throw new Error("no machine");
  return machine;
};

test("stops what runs, destroys its machine, and leaves not one row that names the person", async () => {
  const { pipe, leave } = await twoPeople();
  const runner = machineOf(pipe, machineIn(pipe, 0));
  const claim = await runner.claim();
  const token = (claim.body as { callbackToken: string }).callbackToken;
  await runner.progress(token, 1, "working", { records: [{ n: 1, t: 1, k: "o", s: "hello" }] });
  const gone = await leave();
  expect(gone).toMatchObject({ login: ada.login, stoppedTasks: 1, leftovers: [] });
  expect(gone.removed).toMatchObject({ tasks: 1, attempts: 1, secrets: 2, tokens: 1, sessions: 1, settings: 1 });
  expect(gone.removed.logFiles).toBeGreaterThan(0);
  expect(await tracesOf(ada)).toEqual([]);
  expect((await env.LOGS.list()).objects).toEqual([]);
  expect(machineIn(pipe, 0).state).toBe("destroyed");
  expect(pipe.github.people.state.revokedGrants).toEqual([ada]);
  expect(pipe.github.state.comments.find(({ issueNumber }) => issueNumber === 7)?.body).toContain("Stopped");
});

test("touches nobody else: their task runs on and their keys are there", async () => {
  const { pipe, leave } = await twoPeople();
  const before = (await tracesOf(bob)).length;
  await leave();
  expect((await tracesOf(bob)).length).toBe(before);
  expect((await machineOf(pipe, machineIn(pipe, 1)).claim()).status).toBe(200);
});

test("the audit log keeps what was done under a pseudonym that tells nobody who it was", async () => {
  const { leave } = await twoPeople();
  const { pseudonym } = await leave();
  const { results } = await env.DB.prepare("SELECT action FROM audit_lines WHERE owner = ? ORDER BY id")
    .bind(pseudonym)
    .all<{ action: string }>();
  const actions = results.map(({ action }) => action);
  expect(actions).toEqual(expect.arrayContaining(["session.start", "secret.save", "task.start", "task.stop"]));
  expect(actions.slice(-3)).toEqual(["secret.delete", "secret.delete", "account.delete"]);
  expect(
    await env.DB.prepare("SELECT 1 FROM audit_subjects WHERE id = ? OR user_id = ?").bind(pseudonym, ada.id).first(),
  ).toBeNull();
});

test("a machine of the deleted person is turned away", async () => {
  const { pipe, leave } = await twoPeople();
  const runner = machineOf(pipe, machineIn(pipe, 0));
  await leave();
  await expect(runner.claim()).resolves.toMatchObject({ status: 401 });
});

test("what GitHub and Fly do not do is said, and stops nothing", async () => {
  const { leave } = await twoPeople({
    github: {
      before: (call) => {
        if (call === "revokeGrant") throw new GitHubError({ kind: "unavailable", message: "no answer" });
      },
    },
    machines: {
      before: (call: string) => {
        if (call === "destroy" || call === "get") throw new MachineError({ kind: "unavailable", message: "no answer" });
      },
    },
  });
  const { leftovers } = await leave();
  expect(leftovers.join("\n")).toMatch(/could not be destroyed/);
  expect(leftovers.join("\n")).toMatch(/authorised apps/);
  expect(await tracesOf(ada)).toEqual([]);
});

test("another word than the login deletes nothing", async () => {
  const { leave } = await twoPeople();
  const before = (await tracesOf(ada)).length;
  await expect(leave("hubot")).rejects.toMatchObject({ code: "bad_request", field: "login" });
  expect((await tracesOf(ada)).length).toBe(before);
});

test("signing in again afterwards begins from nothing", async () => {
  const { pipe, leave } = await twoPeople();
  await leave(" OctoCat ");
  await aPerson(pipe, ada);
  expect(await pipe.context.db.secrets.listStatus(ada.id)).toHaveLength(2);
});
