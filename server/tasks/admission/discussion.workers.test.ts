import { describe, expect, it } from "vitest";
import type { IssueThread } from "@/server/github/issue-thread";
import { GitHubError, type GitHubFailure } from "@/server/github/port";
import { stopTask } from "@/server/tasks/stop";
import { retryOwnTask } from "@/server/tasks/verbs/retry-own";
import { promptOf } from "@/server/tasks/read/insight";
import { aPerson, createPipe, recordMention } from "@/server/testing/pipe";
import { userActor } from "@/server/testing/test-context";

let last = 96_000;
const WRITER = 500;
const comment = (login: string, id: number, rest: Partial<IssueThread["comments"][number]> = {}) => ({
  id,
  author: { login, id, isBot: false },
  createdAt: "2020-01-01T10:00:00Z",
  lastEditedAt: null,
  isMinimized: false,
  body: `${login} says so.`,
  ...rest,
});
const SAID = [
  comment("mona", WRITER),
  comment("mallory", 600),
  comment("porter-test", 700, { author: { login: "porter-test", id: null, isBot: true } }),
];

async function aRun(given: {
  thread?: Partial<IssueThread>;
  settings?: Record<string, unknown>;
  fails?: { call: string; failure: GitHubFailure };
  /** Of each call, before it is answered. */
  before?: (call: string) => void | Promise<void>;
  /** The command's own comment. */
  own?: string;
}) {
  const person = { id: (last += 1), login: `writer-${last}` };
  const pipe = createPipe({
    github: {
      before(call) {
        if (call === given.fails?.call) throw new GitHubError(given.fails.failure);
        return given.before?.(call);
      },
    },
  });
  pipe.github.state.thread = { comments: SAID, ...given.thread };
  pipe.github.state.writers.set(WRITER, "write");
  await aPerson(pipe, person);
  const repositoryId = (last += 1);
  pipe.github.state.locations.set(repositoryId, { owner: "acme", name: "widgets" });
  if (given.settings !== undefined)
    await pipe.context.db.repositorySettings.put({
      repositoryId,
      settings: JSON.stringify(given.settings),
      updatedAt: pipe.clock.now().toISOString(),
    });
  const commentId = (last += 1);
  if (given.own !== undefined) {
    pipe.github.state.writers.set(person.id, "write");
    const own = comment(person.login, person.id, { id: commentId, body: given.own });
    pipe.github.state.thread.comments = [...SAID, own];
  }
  const id = await recordMention(pipe, { repositoryId, actorId: person.id, actorLogin: person.login, commentId });
  const row = await pipe.context.db.mentions.get(id);
  const task = await pipe.context.db.tasks.get(row?.taskId ?? "");
  if (task === null) throw new Error("no task");
  const as = { ...pipe.context, actor: userActor(person.id, person.login) };
  return { pipe, task, as, prompt: task.prompt, view: await promptOf(as, task.id), calls: pipe.github.calls };
}
const heard = (prompt: string) =>
  ["mona", "mallory", "porter-test"].filter((login) => prompt.includes(`${login} says so.`));

describe("a run hears what was said below its issue", () => {
  it.each([
    ["public", false, {}, ["mona"]],
    ["private", true, {}, ["mona", "mallory"]],
    ["public, quoting", false, { outsiders: "quoted" }, ["mona", "mallory"]],
    ["private, leaving out", true, { outsiders: "left_out" }, ["mona"]],
  ])("in a repository that is %s", async (_, isPrivate, settings, expected) => {
    const { prompt, view } = await aRun({ thread: { isPrivate }, settings });
    expect(heard(prompt)).toEqual(expected);
    expect(prompt).toContain("@mona (member of this repository, with write access) wrote at 2020-01-01T10:00:00Z:");
    const reasons = view.unheard.map(({ what }) => what);
    expect(reasons).toContain("comment by Porter");
    expect(reasons.includes("comment by somebody without write access")).toBe(!expected.includes("mallory"));
  });

  it.each([
    ["The cache is to stay.\n\n@porter only the API", "The cache is to stay."],
    ["- The cache is to stay.\n- @porter only the API", "- The cache is to stay."],
    ["The cache is to stay. @porter opencode fix the API", "The cache is to stay."],
    ["@porter only the API\n\nThe cache is to stay.", null],
  ])("and what the command's own comment says before it: %j", async (own, words) => {
    const { task, prompt } = await aRun({ own });
    const said = `@${task.createdBy} (member of this repository, with write access) wrote at`;
    expect(prompt.includes(said)).toBe(words !== null);
    if (words !== null) expect(prompt.split(said)[1]?.split("\n")[2]).toBe(words);
  });

  it("and so does its retry in other words, as it is by then", async () => {
    const { pipe, task, as } = await aRun({});
    await stopTask(pipe.context, task, { reason: "stopped_by_user", by: task.createdBy, moveId: `stop-${task.id}` });
    const stopped = await pipe.context.db.tasks.get(task.id);
    if (stopped === null) throw new Error("no task");
    const createdAt = "2020-01-02T10:00:00Z";
    pipe.github.state.thread.comments = [...SAID, comment("mona", WRITER, { id: 800, createdAt, body: "Rather B." })];
    const retried = await as.db.tasks.get(await retryOwnTask(as, stopped, { agent: null, instructions: "Only B." }));
    expect([heard(retried?.prompt ?? ""), retried?.prompt.includes("Rather B.")]).toEqual([["mona"], true]);
    expect(retried?.contextFiles).toContain("Rather B.");
  });

  it("asked in two questions, once, before the machine", async () => {
    const { calls } = await aRun({});
    expect(calls.filter((call) => call === "thread" || call === "writers")).toEqual(["thread", "writers"]);
  });

  it("beside what is asked anyway: none of it is answered before all of it is asked", async () => {
    const beside = new Set(["permissionOf", "runFiles", "thread", "writers"]);
    const asked = new Set<string>();
    const all = Promise.withResolvers<void>();
    await aRun({
      before(call) {
        if (!beside.has(call)) return;
        asked.add(call);
        if (asked.size === beside.size) all.resolve();
        return all.promise;
      },
    });
    expect(asked).toEqual(beside);
  });

  it.each<[string, GitHubFailure]>([
    ["thread", { kind: "unavailable", message: "503" }],
    ["thread", { kind: "lost", reason: "permission", message: "403" }],
    ["writers", { kind: "lost", reason: "permission", message: "403" }],
    ["writers", { kind: "limited", retryAfterMs: 60_000, message: "429" }],
  ])("and goes on without it where %s fails, which is told: %o", async (call, failure) => {
    const { prompt, view } = await aRun({ fails: { call, failure } });
    expect([heard(prompt), prompt.includes("Discussion")]).toEqual([[], false]);
    expect(view.unheard).toEqual([{ where: "discussion", what: "comment that GitHub did not tell", count: 1 }]);
  });
});
