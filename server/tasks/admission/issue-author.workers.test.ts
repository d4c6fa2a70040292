import { describe, expect, it } from "vitest";
import { GitHubError, type RepositoryPermission } from "@/server/github/port";
import { stopTask } from "@/server/tasks/stop";
import { retryOwnTask } from "@/server/tasks/verbs/retry-own";
import { getTask } from "@/server/tasks/read/get";
import { aPerson, createPipe, recordMention } from "@/server/testing/pipe";
import { userActor } from "@/server/testing/test-context";

let last = 87_000;
type Author = { id: number; login: string } | null;

/** A run that somebody who may write asked for on the issue of `author`. */
async function aRunFor(author: Author | "own", permission?: RepositoryPermission, fails = false) {
  const person = { id: (last += 1), login: `writer-${last}` };
  const pipe = createPipe({
    github: {
      before(call) {
        if (fails && call === "permissionOf" && pipe.github.calls.filter((one) => one === call).length > 1)
          throw new GitHubError({ kind: "unavailable", message: "503" });
      },
    },
  });
  await aPerson(pipe, person);
  const issueAuthor = author === "own" ? person : author;
  if (issueAuthor !== null && author !== "own") {
    pipe.github.state.userIds.set(issueAuthor.login, issueAuthor.id);
    if (permission !== undefined) pipe.github.state.permissions.set(issueAuthor.login, permission);
  }
  const id = await recordMention(pipe, {
    repositoryId: 10,
    actorId: person.id,
    actorLogin: person.login,
    issueAuthor: issueAuthor === null ? null : JSON.stringify(issueAuthor),
  });
  const row = await pipe.context.db.mentions.get(id);
  const task = await pipe.context.db.tasks.get(row?.taskId ?? "");
  if (task === null) throw new Error("no task");
  const as = { ...pipe.context, actor: userActor(person.id, person.login) };
  return { pipe, task, as, asked: pipe.github.calls.filter((call) => call === "permissionOf").length };
}
const stranger = () => ({ id: (last += 1), login: `stranger-${last}` });
const FOREIGN = "may not write to this repository";

describe("whose issue it is", () => {
  it.each<[string, RepositoryPermission, string, boolean]>([
    ["an administrator", "admin", "administrator of this repository, with write access", true],
    ["a maintainer", "maintain", "maintainer of this repository, with write access", true],
    ["a writer", "write", "member of this repository, with write access", true],
    ["somebody who may sort issues", "triage", "without write access", false],
    ["a reader", "read", "reader of this repository, without write access", false],
    ["a stranger", "none", "no member of this repository, without write access", false],
  ])(
    "%s is named in the prompt and for the page with what GitHub's permission says",
    async (_, permission, words, may) => {
      const author = stranger();
      const { task, as } = await aRunFor(author, permission);
      expect(task.prompt).toContain(`Written by @${author.login} (`);
      expect(task.prompt).toContain(words);
      expect(task.prompt.includes(FOREIGN)).toBe(!may);
      expect((await getTask(as, task.id)).issueAuthor).toEqual({ login: author.login, role: permission });
    },
  );

  it("the owner of the repository is called so", async () => {
    const { task } = await aRunFor({ id: (last += 1), login: "ACME" }, "admin");
    expect(task.prompt).toContain("Written by @ACME (owner of this repository");
  });

  it("their own is known without asking once more, and another's is asked beside the rest", async () => {
    expect((await aRunFor("own")).asked).toBe(1);
    const { pipe, asked } = await aRunFor(stranger(), "read");
    expect(asked).toBe(2);
    const side = ["permissionOf", "permissionOf", "getRepository", "issue", "runFiles"];
    const first = pipe.github.calls.filter((call) => side.includes(call)).slice(0, side.length);
    expect(first.toSorted()).toEqual(side.toSorted());
  });

  it.each<[string, () => ReturnType<typeof aRunFor>]>([
    ["an account that is gone", () => aRunFor(null)],
    ["somebody of whom GitHub does not tell", () => aRunFor(stranger(), "write", true)],
  ])("%s counts as without write access, and keeps nobody from a run", async (_, given) => {
    const { task } = await given();
    expect(task.prompt).toContain("of unknown role in this repository, taken as without write access");
    expect(task.prompt).toContain(FOREIGN);
  });

  it("whose name is another account's by now is nobody known", async () => {
    const author = stranger();
    const { pipe, task } = await aRunFor(author, "write");
    expect(task.prompt).not.toContain(FOREIGN);
    pipe.github.state.userIds.set(author.login, author.id + 500_000);
    const id = await recordMention(pipe, {
      repositoryId: 10,
      issueNumber: 8,
      actorId: task.userId,
      actorLogin: task.createdBy,
      issueAuthor: JSON.stringify(author),
    });
    const other = await pipe.context.db.tasks.get((await pipe.context.db.mentions.get(id))?.taskId ?? "");
    expect(other?.prompt).toContain(FOREIGN);
  });

  it("goes with the task into its retry in other words", async () => {
    const author = stranger();
    const { pipe, task, as } = await aRunFor(author, "read");
    await stopTask(pipe.context, task, { reason: "stopped_by_user", by: task.createdBy, moveId: `stop-${task.id}` });
    const stopped = await pipe.context.db.tasks.get(task.id);
    if (stopped === null) throw new Error("no task");
    const id = await retryOwnTask(as, stopped, { agent: null, instructions: "Only the API." });
    const retried = await pipe.context.db.tasks.get(id);
    expect([id === task.id, retried?.prompt.includes(FOREIGN), retried?.issueAuthor]).toEqual([
      false,
      true,
      task.issueAuthor,
    ]);
  });
});
