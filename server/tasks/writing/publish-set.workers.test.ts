import { describe, expect, it } from "vitest";
import { reconcile, sweepDueRows } from "@/server/reconcile/reconcile";
import { GitHubError } from "@/server/github/port";
import { aPerson, createPipe, machineOf, recordMention, type Pipe } from "@/server/testing/pipe";
import type { ToHand } from "@/server/testing/handed-set";
import { stopTask } from "@/server/tasks/stop";
import { baseTreeOf } from "@/server/testing/fake-git";

let people = 41_000;
async function claimed(pipe: Pipe) {
  const person = { id: (people += 1), login: `person-${people}` };
  await aPerson(pipe, person);
  const at = { issueNumber: people, installationId: people };
  const mentionId = await recordMention(pipe, { actorId: person.id, actorLogin: person.login, ...at });
  const taskId = (await pipe.context.db.mentions.get(mentionId))?.taskId ?? "";
  const machine = pipe.machines.machines.find((one) => one.taskId === taskId);
  if (machine === undefined) throw new Error("no machine");
  const runner = machineOf(pipe, machine);
  const token = String((await runner.claim()).body.callbackToken);
  return { person, taskId, runner, token };
}
const taskOf = async (pipe: Pipe, id: string) => {
  const task = await pipe.context.db.tasks.get(id);
  if (task === null) throw new Error("no task");
  return task;
};
const FORGED = { commits: 77, filesChanged: 78, additions: 79, deletions: 80, headSha: "f".repeat(40) };

async function handOver(pipe: Pipe, set?: ToHand, outcome = "changed") {
  const run = await claimed(pipe);
  const handed = await run.runner.handOver(run.token, set);
  const body = { outcome, changeSet: 1, summary: "Done.", draftReasons: [], ...FORGED };
  const status = outcome === "changed" ? "success" : "failed";
  expect((await run.runner.complete(run.token, { ...body, status })).status).toBe(200);
  return { ...run, ...handed };
}

describe("work that was handed over", () => {
  it("is written by Porter, opened as a pull request, and counted by Porter", async () => {
    const pipe = createPipe();
    const { taskId, manifest } = await handOver(pipe);
    const task = await taskOf(pipe, taskId);
    expect(task).toMatchObject({ status: "success", commits: 1, filesChanged: 1, additions: 3, deletions: 1 });
    expect(pipe.github.state.shown).toEqual([
      { branch: `porter/${taskId}`, commit: task.headSha, tree: manifest.tree },
    ]);
    expect(pipe.github.state.pulls).toHaveLength(1);
    const commit = pipe.github.state.commits.get(task.headSha ?? "");
    expect(commit?.message).toContain(`Porter-Task: ${taskId}`);
    expect(commit?.message).toContain(`Co-authored-by: ${task.createdBy} <${task.userId}+`);
    expect(await pipe.context.db.changeSets.newestWhole(taskId, 1)).toMatchObject({
      writtenBranch: `porter/${taskId}`,
      writtenHead: task.headSha,
      verified: true,
      refusal: null,
    });
  });

  it("waits with Porter for a click where the repository says so", async () => {
    const pipe = createPipe();
    const { repositorySettings } = pipe.context.db;
    const row = { repositoryId: 10, updatedBy: null, updatedAt: pipe.context.clock.now().toISOString() };
    await repositorySettings.put({ ...row, settings: '{"publish":"after_click"}' });
    const { taskId } = await handOver(pipe);
    await repositorySettings.put({ ...row, settings: "{}" });
    expect(await taskOf(pipe, taskId)).toMatchObject({ failureCode: "waits_for_click", prNumber: null });
    expect([pipe.github.state.shown, pipe.github.state.pulls]).toEqual([[], []]);
  });

  it("is one commit without what may not be pushed, where the machine made no second set", async () => {
    const pipe = createPipe();
    const key = "fake-anthropic-key-canary";
    const steps: ToHand["steps"] = [
      { "bonjour.txt": "Bonjour\n", "key.txt": `${key}\n` },
      { ".github/workflows/ci.yml": "on: push\n", "key.txt": null },
      { "ciao.txt": "Ciao\n" },
    ];
    const { taskId } = await handOver(pipe, { steps });
    const [head, ...others] = pipe.github.state.shown;
    expect(others).toEqual([]);
    const { trees, commits, pulls } = pipe.github.state;
    expect([...(trees.get(head?.tree ?? "")?.keys() ?? [])].toSorted()).toEqual(["bonjour.txt", "ciao.txt"]);
    expect(commits.size).toBe(1);
    expect(pulls).toMatchObject([{ draft: true, headRef: `porter/${taskId}` }]);
    expect(JSON.stringify([...commits.values(), ...pulls])).not.toContain(key);
  });

  it("is saved on the branch of unfinished work where the run did not end well", async () => {
    const pipe = createPipe();
    const { taskId, manifest } = await handOver(pipe, undefined, "partial");
    expect(await taskOf(pipe, taskId)).toMatchObject({
      status: "failed",
      savedBranch: `porter/${taskId}-wip`,
      commits: 1,
    });
    expect(pipe.github.state.shown).toMatchObject([{ branch: `porter/${taskId}-wip`, tree: manifest.tree }]);
    expect(pipe.github.state.pulls).toEqual([]);
  });
});

it("is told as kept, where it comes whole after its run was stopped and given up", async () => {
  const pipe = createPipe();
  const { taskId, person, runner, token } = await claimed(pipe);
  await stopTask(pipe.context, await taskOf(pipe, taskId), { reason: "stopped_by_user", by: person.login });
  pipe.clock.advance(61_000);
  await reconcile(pipe.context, { kind: "task", id: taskId });
  const told = () => pipe.github.state.comments.find(({ body }) => body.includes(`task=${taskId}`))?.body;
  expect(told()).toContain("Nothing was pushed.");
  await runner.handOver(token);
  await reconcile(pipe.context, { kind: "task", id: taskId });
  expect(told()).toContain("The work is kept");
  expect(told()).not.toContain("Nothing was pushed.");
});

describe("a machine's word", () => {
  it("is not enough: changed without a set, with a branch that somebody pushed, is no pull request", async () => {
    const pipe = createPipe();
    const { taskId, runner, token } = await claimed(pipe);
    pipe.github.state.branches.set(`porter/${taskId}`, "a".repeat(40));
    await runner.complete(token, { outcome: "changed", branch: `porter/${taskId}`, ...FORGED });
    expect(await taskOf(pipe, taskId)).toMatchObject({
      status: "failed",
      failureCode: "result_undelivered",
      commits: null,
    });
    expect([pipe.github.state.pulls, pipe.github.state.shown]).toEqual([[], []]);
  });

  it("of a machine that was run by hand opens a draft that says that nobody looked at it", async () => {
    const pipe = createPipe();
    const { taskId, runner, token } = await claimed(pipe);
    pipe.github.state.branches.set(`porter/${taskId}`, "a".repeat(40));
    await runner.complete(token, {
      status: "complete",
      title: "Trust me",
      checks: [{ command: "npm test", exitCode: 0 }],
    });
    expect((await taskOf(pipe, taskId)).status).toBe("success");
    const [pull] = pipe.github.state.pulls;
    expect(pull).toMatchObject({ draft: true, headRef: `porter/${taskId}` });
    expect(pull?.body).toContain("pushed by hand");
    expect(`${pull?.title} ${pull?.body}`).not.toMatch(/Trust me|npm test/);
  });

  it("gets no token that could push", async () => {
    const pipe = createPipe();
    await claimed(pipe);
    expect(pipe.github.state.minted.filter(({ repositoryIds }) => repositoryIds !== null)).toEqual([
      expect.objectContaining({ permissions: { contents: "read", metadata: "read" } }),
    ]);
  });
});

describe("what GitHub says against it", () => {
  const failing = (call: string, failures: GitHubError[]) => (name: string) => {
    const next = name === call ? failures.shift() : undefined;
    if (next !== undefined) throw next;
  };
  const gone = () => new GitHubError({ kind: "lost", reason: "not_found", message: "404" });

  it("never ends a task whose pull request is there: it may not be found yet", async () => {
    const pipe = createPipe({ github: { before: failing("getPullRequest", [gone(), gone()]) } });
    const { taskId } = await handOver(pipe);
    expect(await taskOf(pipe, taskId)).toMatchObject({ status: "success", commits: 1, filesChanged: 1 });
    expect(pipe.github.state.pulls).toHaveLength(1);
  });

  it("is asked again for a minute where one part of GitHub lags behind the other", async () => {
    const lag = () => new GitHubError({ kind: "invalid", message: "422", errors: ["head invalid"], mayLag: true });
    const pipe = createPipe({ github: { before: failing("createPullRequest", [lag(), lag(), lag()]) } });
    const { taskId } = await handOver(pipe);
    for (let at = 0; at < 10 && (await taskOf(pipe, taskId)).status === "running"; at += 1) {
      pipe.clock.advance(8000);
      await sweepDueRows(pipe.context);
    }
    expect((await taskOf(pipe, taskId)).status).toBe("success");
    expect([pipe.github.state.pulls.length, pipe.github.state.shown.length]).toEqual([1, 1]);
  });

  it.each([
    [
      "a missing permission",
      new GitHubError({ kind: "lost", reason: "permission", message: "403", needs: "pull_requests=write" }),
      { kind: "pull_request_permission", permission: "pull_requests" },
      "github_permission",
    ],
    [
      "a refusal",
      new GitHubError({ kind: "invalid", message: "422", errors: ["base is invalid"] }),
      { kind: "pull_request_refused", errors: ["base is invalid"] },
      "pull_request_refused",
    ],
  ])("keeps the branch and tells it: %s of the pull request", async (_, error, refusal, failureCode) => {
    const pipe = createPipe({ github: { before: failing("createPullRequest", [error]) } });
    const { taskId } = await handOver(pipe);
    expect(await taskOf(pipe, taskId)).toMatchObject({
      status: "failed",
      failureCode,
      savedBranch: `porter/${taskId}`,
    });
    const set = await pipe.context.db.changeSets.newestWhole(taskId, 1);
    expect(JSON.parse(set?.refusal ?? "null")).toEqual(refusal);
  });

  const rules = { rules: ["Commit message must match JIRA-"], secrets: [] };
  const secrets = { rules: ["Secret detected in content"], secrets: [{ what: "aws_key", placeholder: "P1" }] };
  it.each([
    ["rules", "createBranch", rules, { kind: "rules", rules: rules.rules }],
    [
      "push protection",
      "createTree",
      secrets,
      {
        kind: "push_protection",
        secrets: [
          { what: "aws_key", address: "https://github.test/acme/widgets/security/secret-scanning/unblock-secret/P1" },
        ],
      },
    ],
  ])("keeps the work and tells GitHub's own: %s", async (_, call, refusedBy, refusal) => {
    const error = new GitHubError({ kind: "invalid", message: "422", errors: [], refusedBy });
    const pipe = createPipe({ github: { before: failing(call, [error]) } });
    const { taskId } = await handOver(pipe);
    expect(await taskOf(pipe, taskId)).toMatchObject({
      status: "failed",
      failureCode: "push_rejected",
      savedBranch: null,
    });
    const set = await pipe.context.db.changeSets.newestWhole(taskId, 1);
    expect(JSON.parse(set?.refusal ?? "null")).toEqual(refusal);
    expect(pipe.github.state.shown).toEqual([]);
  });

  it("never writes over somebody's commits", async () => {
    const pipe = createPipe();
    const { taskId, runner, token } = await claimed(pipe);
    const theirs = "b".repeat(40);
    pipe.github.state.branches.set(`porter/${taskId}`, theirs);
    pipe.github.state.commits.set(theirs, { message: "theirs", tree: baseTreeOf(pipe.github.state), parents: [] });
    await runner.handOver(token);
    await runner.complete(token, { outcome: "changed", changeSet: 1 });
    expect(await taskOf(pipe, taskId)).toMatchObject({ status: "failed", failureCode: "push_rejected" });
    expect(pipe.github.state.branches.get(`porter/${taskId}`)).toBe(theirs);
    const set = await pipe.context.db.changeSets.newestWhole(taskId, 1);
    expect(JSON.parse(set?.refusal ?? "null")).toEqual({ kind: "branch_moved", branch: `porter/${taskId}` });
  });
});

describe("writing that takes more than one invocation", () => {
  it("goes on where it stopped, and makes one branch and one pull request", async () => {
    const files = Object.fromEntries(
      Array.from({ length: 60 }, (_, at) => [`bin/${at}`, new Uint8Array([0, 255, at])] as const),
    );
    const pipe = createPipe();
    const { taskId, manifest } = await handOver(pipe, { steps: [files, { "more.txt": "more\n" }] });
    expect((await taskOf(pipe, taskId)).status, "one invocation is not enough").toBe("running");
    let turns = 1;
    for (; turns < 30 && (await taskOf(pipe, taskId)).status === "running"; turns += 1) {
      const before = pipe.github.calls.length;
      pipe.clock.advance(5000);
      await reconcile(pipe.context, { kind: "task", id: taskId });
      expect(pipe.github.calls.length - before).toBeLessThan(45);
    }
    expect(await taskOf(pipe, taskId)).toMatchObject({ status: "success", commits: 1 });
    expect(turns).toBeGreaterThan(2);
    expect(pipe.github.state.shown).toMatchObject([{ tree: manifest.tree }]);
    expect(pipe.github.calls.filter((call) => call === "createBlob")).toHaveLength(60);
    expect(pipe.github.state.pulls).toHaveLength(1);
  });
});
