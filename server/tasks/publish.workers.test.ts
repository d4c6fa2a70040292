import { describe, expect, it } from "vitest";
import { GitHubError } from "@/server/github/port";
import { reconcile } from "@/server/reconcile";
import { publishWork } from "@/server/tasks/publish";
import type { ToHand } from "@/server/testing/handed-set";
import { aPerson, createPipe, machineOf, mention, type Pipe } from "@/server/testing/pipe";
import { userActor } from "@/server/testing/test-context";

let people = 43_000;
async function aRun(pipe: Pipe) {
  const person = { id: (people += 1), login: `person-${people}` };
  await aPerson(pipe, person);
  const at = { issueNumber: people, installationId: people };
  const mentionId = await mention(pipe, { actorId: person.id, actorLogin: person.login, ...at });
  const id = (await pipe.context.db.mentions.get(mentionId))?.taskId ?? "";
  const machine = pipe.machines.machines.find((one) => one.taskId === id);
  if (machine === undefined) throw new Error("no machine");
  const runner = machineOf(pipe, machine);
  const token = String((await runner.claim()).body.callbackToken);
  const as = { ...pipe.context, actor: userActor(person.id, person.login) };
  const task = async () => (await pipe.context.db.tasks.get(id)) ?? expect.fail("no task");
  return {
    person,
    task,
    runner,
    token,
    set: async () => (await pipe.context.db.changeSets.newestWhole(id, 1)) ?? expect.fail("no set"),
    /** Clicks; what is asked for is done by whoever reconciles. */
    async publish(paths: string[] = []) {
      await publishWork(as, await task(), { paths });
      for (let turn = 0; turn < 5; turn += 1) {
        await reconcile(pipe.context, { kind: "task", id });
        pipe.clock.advance(5000);
      }
    },
  };
}

const refusing = (call: string, count: number) => {
  let left = count;
  return (name: string) => {
    if (name !== call || (left -= 1) < 0) return;
    throw new GitHubError({ kind: "lost", reason: "permission", message: "403", needs: "pull_requests=write" });
  };
};
const KEY = "fake-anthropic-key-canary";
const WITH_HELD: ToHand = {
  steps: [{ "bonjour.txt": "Bonjour\n" }],
  held: { ".env.local": "COLOUR=blue\n", "bin/data": new Uint8Array([0, 255]), ".env": `KEY=${KEY}\n` },
};

describe("publishing what a run left", () => {
  it("opens the pull request when only that failed, and a second click opens no other", async () => {
    const pipe = createPipe({ github: { before: refusing("createPullRequest", 1) } });
    const run = await aRun(pipe);
    await run.runner.finish(run.token);
    expect(await run.task()).toMatchObject({ status: "failed", failureCode: "github_permission" });
    await Promise.all([run.publish(), run.publish()]);
    expect(await run.task()).toMatchObject({ status: "success", failureCode: null, savedBranch: null });
    expect([pipe.github.state.pulls.length, pipe.github.state.shown.length]).toEqual([1, 1]);
    expect((await run.set()).refusal).toBeNull();
    await run.publish();
    expect(pipe.github.state.pulls).toHaveLength(1);
  });

  it.each([
    ["changed", { status: "success", outcome: "changed" }, "waits_for_click", false],
    ["partial", { status: "failed", outcome: "partial", failureCode: "agent_failed" }, "agent_failed", true],
  ])("writes nothing before the click where the repository wants one: %s", async (_, word, failureCode, prDraft) => {
    const pipe = createPipe();
    const run = await aRun(pipe);
    const { repositoryId, userId } = await run.task();
    const updatedAt = pipe.clock.now().toISOString();
    const settings = {
      repositoryId,
      settings: JSON.stringify({ publish: "after_click" }),
      updatedBy: userId,
      updatedAt,
    };
    await pipe.context.db.repositorySettings.put(settings);
    await run.runner.finish(run.token, word);
    expect(await run.task()).toMatchObject({ status: "failed", failureCode, savedBranch: null });
    expect([pipe.github.state.shown, pipe.github.calls.filter((call) => call === "createTree")]).toEqual([[], []]);
    expect(JSON.parse((await run.set()).refusal ?? "null")).toEqual({ kind: "waits_for_click" });
    await run.publish();
    expect(await run.task()).toMatchObject({ status: "success", prDraft });
    await pipe.context.db.repositorySettings.put({ ...settings, settings: "{}" });
  });

  it("writes what GitHub refused before, on the branch that was meant for it", async () => {
    const pipe = createPipe({ github: { before: refusing("createTree", 1) } });
    const run = await aRun(pipe);
    await run.runner.finish(run.token);
    expect(await run.task()).toMatchObject({ status: "failed", savedBranch: null });
    expect(pipe.github.state.shown).toEqual([]);
    const { completedAt } = await run.task();
    pipe.clock.advance(3_600_000);
    await run.publish();
    // The run took no longer for it.
    expect(await run.task()).toMatchObject({ status: "success", commits: 1, completedAt });
    expect(pipe.github.state.shown).toMatchObject([{ branch: `porter/${(await run.task()).id}` }]);
  });

  it("makes a draft of what a run left that did not end well", async () => {
    const pipe = createPipe();
    const run = await aRun(pipe);
    await run.runner.finish(run.token, { status: "failed", outcome: "partial", failureCode: "agent_failed" });
    await run.publish();
    expect(await run.task()).toMatchObject({ status: "success", prDraft: true });
    expect(pipe.github.state.pulls[0]?.body).toContain("may be unfinished");
  });

  it("publishes what a machine handed over that went without its last word", async () => {
    const pipe = createPipe();
    const run = await aRun(pipe);
    await run.runner.progress(run.token, 1, "working");
    await run.runner.handOver(run.token);
    const { id } = await run.task();
    const now = pipe.context.clock.now().toISOString();
    await pipe.context.db.attempts.end({ taskId: id, attempt: 1, reason: "machine_lost", now });
    await pipe.context.db.tasks.transition({
      id,
      attempt: 1,
      from: ["running"],
      patch: { status: "failed", failureCode: "machine_lost" },
      event: { kind: "system.failed", data: {} },
      moveId: pipe.context.ids.uuid(),
      now,
    });
    await run.publish();
    expect(await run.task()).toMatchObject({ status: "success", prDraft: true });
  });

  it("tells why it is not possible still, and can be tried again", async () => {
    const pipe = createPipe({ github: { before: refusing("createPullRequest", 2) } });
    const run = await aRun(pipe);
    await run.runner.finish(run.token);
    await run.publish();
    expect(await run.task()).toMatchObject({ status: "failed", savedBranch: expect.any(String) });
    expect(JSON.parse((await run.set()).refusal ?? "null")).toMatchObject({ kind: "pull_request_permission" });
    await run.publish();
    expect((await run.task()).status).toBe("success");
  });

  it("is for work that is there and whose run has ended", async () => {
    const pipe = createPipe();
    const run = await aRun(pipe);
    await expect(run.publish()).rejects.toThrow("has not ended");
    await run.runner.complete(run.token, { outcome: "no_changes" });
    await expect(run.publish()).rejects.toThrow("no work");
  });
});

describe("pushing held-back paths too", () => {
  it("adds them as one more commit on Porter's own head, once, without a secret of the run", async () => {
    const pipe = createPipe();
    const run = await aRun(pipe);
    await run.runner.finish(run.token, {}, WITH_HELD);
    const first = (await run.set()).writtenHead;
    await run.publish([".env.local", "bin/data", ".env"]);
    const { shown, commits, trees } = pipe.github.state;
    expect(shown.map(({ commit }) => commits.get(commit)?.parents)).toEqual([[expect.any(String)], [first]]);
    const files = trees.get(shown.at(-1)?.tree ?? "");
    expect([...(files?.keys() ?? [])].toSorted()).toEqual([".env.local", "bin/data", "bonjour.txt"]);
    expect(pipe.github.state.pulls).toHaveLength(1);
    expect((await run.set()).writtenHead).toBe(shown.at(-1)?.commit);
    await expect(run.publish(["bin/data"])).rejects.toThrow("cannot be pushed");
    await expect(run.publish(["somewhere/else"])).rejects.toThrow("cannot be pushed");
    await run.publish([".env"]);
    expect(shown).toHaveLength(2);
    expect(JSON.stringify([...commits.values()])).not.toContain(KEY);
  });

  it("never moves a branch that somebody else has written to", async () => {
    const pipe = createPipe();
    const run = await aRun(pipe);
    await run.runner.finish(run.token, {}, WITH_HELD);
    const branch = (await run.set()).writtenBranch ?? "";
    const theirs = "b".repeat(40);
    pipe.github.state.branches.set(branch, theirs);
    await run.publish([".env.local"]);
    expect(pipe.github.state.branches.get(branch)).toBe(theirs);
    expect(JSON.parse((await run.set()).refusal ?? "null")).toEqual({ kind: "branch_moved", branch });
  });
});
