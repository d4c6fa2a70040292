import { describe, expect, it } from "vitest";
import { aRun, refusingCall } from "@/server/testing/a-run";
import { createPipe } from "@/server/testing/pipe";

describe("publishing what a run left", () => {
  it("opens the pull request when only that failed, and a second click opens no other", async () => {
    const pipe = createPipe({ github: { before: refusingCall("createPullRequest", 1) } });
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
    const pipe = createPipe({ github: { before: refusingCall("createTree", 1) } });
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
    const pipe = createPipe({ github: { before: refusingCall("createPullRequest", 2) } });
    const run = await aRun(pipe);
    await run.runner.finish(run.token);
    await run.publish();
    expect(await run.task()).toMatchObject({ status: "failed", savedBranch: expect.any(String) });
    expect(JSON.parse((await run.set()).refusal ?? "null")).toMatchObject({ kind: "pull_request_permission" });
    await run.publish();
    expect((await run.task()).status).toBe("success");
  });

  it.each([
    ["other work", "b".repeat(40), 2],
    ["this very work", null, 1],
  ])("opens a pull request beside one that somebody closed only where that was of %s", async (_, headSha, count) => {
    const pipe = createPipe({ github: { before: refusingCall("createPullRequest", 1) } });
    const run = await aRun(pipe);
    await run.runner.finish(run.token);
    const { writtenHead, writtenBranch } = await run.set();
    const { github, state } = pipe.github;
    const theirs = { head: writtenBranch ?? "", base: "main", title: "Mine", body: "", draft: false };
    await github.repository({ id: 10, owner: "acme", name: "widgets" }, "").createPullRequest(theirs);
    Object.assign(state.pulls[0] ?? {}, { state: "closed", headSha: headSha ?? writtenHead });
    await run.publish();
    expect(state.pulls).toHaveLength(count);
    expect(await run.task()).toMatchObject({ status: "success", prNumber: state.pulls.at(-1)?.number });
  });

  it("is for work that is there and whose run has ended", async () => {
    const pipe = createPipe();
    const run = await aRun(pipe);
    await expect(run.publish()).rejects.toThrow("has not ended");
    await run.runner.complete(run.token, { outcome: "no_changes" });
    await expect(run.publish()).rejects.toThrow("no work");
  });
});

it("holds files that GitHub runs back where people got stricter before the click", async () => {
  const pipe = createPipe();
  pipe.github.state.appInstallations = [];
  const run = await aRun(pipe);
  const { repositoryId, userId, installationId } = await run.task();
  pipe.github.state.appInstallations.push({
    id: installationId,
    account: "acme",
    accountId: 1,
    accountType: "Organization",
    repositorySelection: "all",
    permissions: { workflows: "write" },
    suspendedAt: null,
  });
  const set = (settings: Record<string, string>) =>
    pipe.context.db.repositorySettings.put({
      repositoryId,
      settings: JSON.stringify(settings),
      updatedBy: userId,
      updatedAt: pipe.clock.now().toISOString(),
    });
  await set({ publish: "after_click", workflows: "allowed" });
  const steps = [{ "bonjour.txt": "Bonjour\n", ".github/workflows/ci.yml": "on: push\n" }];
  await run.runner.finish(run.token, {}, { steps });
  expect(JSON.parse((await run.set()).judgement ?? "null")).toMatchObject({ leaveOut: [] });
  await set({ publish: "after_click", workflows: "held_back" });
  await run.publish();
  const { shown, trees, pulls } = pipe.github.state;
  expect([...(trees.get(shown[0]?.tree ?? "")?.keys() ?? [])]).toEqual(["bonjour.txt"]);
  expect(pulls).toMatchObject([
    { draft: true, body: expect.stringContaining("Files that GitHub runs by itself are held back") },
  ]);
  await set({});
});
