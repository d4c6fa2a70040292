import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  ANY_USER_MODE,
  FAKE_API_KEY,
  FAKE_CALLBACK_TOKEN,
  FAKE_GIT_TOKEN,
  RunnerWorld,
  TASK_ID,
  USER_MODES,
} from "../testing/runner-process.ts";

describe.each(USER_MODES)("a run with users: %s", { concurrent: true }, (mode) => {
  test("hands uncommitted work over as one commit and reports it", async () => {
    await using world = await RunnerWorld.open(mode);
    const base = world.repository.commit("main", { "README.md": "one\n", "src/a.txt": "a\n" });
    const answer = world.claimAnswer({
      sh: "echo two >> README.md; echo new > fresh.txt; rm src/a.txt; mkdir -p node_modules/x; echo junk > node_modules/x/i.js",
      tools: [{ command: "npm test", exitCode: 0 }],
      say: "Adds a fresh file\n\nAnd more.",
    });
    const end = await world.run(answer);

    expect(world.porter.faults).toEqual([]);
    expect(end).toMatchObject({ exitCode: 0 });
    const [completion] = world.porter.completions;
    expect(completion).toMatchObject({
      taskId: TASK_ID,
      status: "success",
      outcome: "changed",
      failureCode: null,
      branch: null,
      changeSet: 1,
      base: "main",
      baseSha: base,
      commits: 1,
      filesChanged: 3,
      additions: 2,
      deletions: 1,
      title: "Adds a fresh file",
      summary: "Adds a fresh file\n\nAnd more.",
      checks: [{ command: "npm test", exitCode: 0 }],
      draftReasons: [],
      exitCode: 0,
      // It called no model, whatever it says of its cost.
      spent: { inputTokens: 0, outputTokens: 0, costUsd: 0, requests: 0 },
    });
    expect(world.set?.manifest.commits).toMatchObject([{ parents: [base], message: "Adds a fresh file", author: "" }]);
    expect(world.repository.git("diff", "--name-status", "main", "porter/abc")).toBe(
      "M\tREADME.md\nA\tfresh.txt\nD\tsrc/a.txt",
    );
    expect(world.set?.patch.toString()).toContain("+two");
    expect(world.repository.git("rev-parse", "refs/bundles/set-1/work^{tree}")).toBe(world.set?.manifest.tree);
    expect(world.git.requests.filter(({ line }) => line.includes("git-receive-pack"))).toEqual([]);
    expect(world.porter.phases).toEqual(world.porter.phases.toSorted((a, b) => order(a) - order(b)));
    expect(new Set(world.porter.phases)).toEqual(new Set(["cloning", "working", "pushing", "reporting"]));
    expect(world.porter.records.map((record) => record.k)).toEqual(expect.arrayContaining(["p", "m", "c", "r", "o"]));
    expect(world.porter.records.filter((record) => record.k === "f")).toMatchObject([
      { path: "README.md", add: 1, del: 0, s: expect.stringMatching(/\n one\n\+two$/) },
      { path: "fresh.txt", add: 1, del: 0, s: expect.stringContaining("new file mode") },
      { path: "src/a.txt", add: 0, del: 1, s: expect.stringContaining("deleted file mode") },
    ]);
    expect(world.porter.revoked).toEqual([FAKE_GIT_TOKEN]);
    expect(readdirSync(world.workRoot)).toEqual([]);
    expect(readdirSync(join(world.root, "machine"))).toEqual([]);
    const left = world.everythingThatLeft();
    for (const secret of [FAKE_GIT_TOKEN, FAKE_API_KEY, FAKE_CALLBACK_TOKEN]) expect(left).not.toContain(secret);
  });
});

describe.each(ANY_USER_MODE)("a run of any user, here: %s", { concurrent: true }, (mode) => {
  test("stops when Porter says so, and saves the work", async () => {
    await using world = await RunnerWorld.open(mode);
    world.repository.commit("main", { "README.md": "one\n" });
    world.porter.onCall = () => {
      if (world.porter.records.some((record) => record.k === "m")) world.porter.endedReason = "issue_closed";
    };
    const end = await world.run(world.claimAnswer({ sh: "echo half > half.txt; echo written", hang: true }));
    expect(end.exitCode).toBe(0);
    expect(world.porter.completions[0]).toMatchObject({
      status: "stopped",
      failureCode: "issue_closed",
      outcome: "partial",
      changeSet: 1,
      // Its work was handed over, but the run never got so far.
      failedPhase: "working",
    });
  });

  // What waits long begins first, beside the others.
  test("stops a silent agent, but not one that waits for a tool", async () => {
    await using world = await RunnerWorld.open(mode);
    world.repository.commit("main", { "README.md": "one\n" });
    await world.run(world.claimAnswer({ silentToolMs: 12_000, hang: true }, { stallTimeoutMs: 8_000 }));
    expect(world.porter.completions[0]).toMatchObject({
      status: "failed",
      failureCode: "agent_stalled",
      outcome: "failed",
    });
    expect(world.porter.records.some((record) => record.k === "r" && record.ok)).toBe(true);
  });

  test("stops at the deadline and saves the work", async () => {
    await using world = await RunnerWorld.open(mode);
    world.repository.commit("main", { "README.md": "one\n" });
    await world.run(world.claimAnswer({ sh: "echo half > half.txt", hang: true }), { deadlineInMs: 25_000 });
    expect(world.porter.completions[0]).toMatchObject({
      status: "timed_out",
      failureCode: "timed_out",
      outcome: "partial",
    });
    expect(world.repository.git("show", "porter/abc-wip:half.txt")).toBe("half");
  });

  test("hands the agent's own commits over with their texts, authors and trees", async () => {
    await using world = await RunnerWorld.open(mode);
    world.repository.commit("main", { "README.md": "one\n" });
    const commit = (name: string, message: string): string =>
      `echo ${name} > ${name}; git add -A; git commit -qm "${message}"`;
    const end = await world.run(
      world.claimAnswer({
        sh: `${commit("a", "feat: first part")}; git -c user.name=Bot -c user.email=b@e.com commit -q --allow-empty -m "second

Signed-off-by: B <b@e.com>"; echo late > late.txt; ${commit("c", "third").replace("git add -A;", "git add c;")}`,
        say: "All done",
      }),
    );
    expect(end.exitCode).toBe(0);
    expect(world.porter.completions[0]).toMatchObject({ title: "feat: first part", commits: 4, filesChanged: 3 });
    const told = world.set?.manifest.commits.map(({ author, message }) => [author.split(" <")[0], message.trim()]);
    expect(told).toEqual([
      ["porter[bot]", "feat: first part"],
      ["Bot", "second\n\nSigned-off-by: B <b@e.com>"],
      ["porter[bot]", "third"],
      ["", "feat: first part"],
    ]);
  });

  test("reports no changes and hands nothing over", async () => {
    await using world = await RunnerWorld.open(mode);
    world.repository.commit("main", { "README.md": "one\n" });
    const end = await world.run(world.claimAnswer({ say: "Nothing to do here." }));
    expect(end.exitCode).toBe(0);
    expect(world.porter.completions[0]).toMatchObject({
      status: "success",
      outcome: "no_changes",
      branch: null,
      failedPhase: null,
      phases: [{ phase: "cloning" }, { phase: "working", to: expect.any(Number) }],
    });
    expect(world.porter.sets.wholes.size).toBe(0);
  });

  test("takes HEAD, whatever branch or none the agent ended on", async () => {
    await using world = await RunnerWorld.open(mode);
    world.repository.commit("main", { "README.md": "one\n" });
    const sh =
      "git checkout -q -b elsewhere; echo x > x; git add x; git commit -qm on-branch; git checkout -q --detach; echo y > y; git add y; git commit -qm detached";
    await world.run(world.claimAnswer({ sh, say: "ok" }));
    expect(world.porter.completions[0]).toMatchObject({ outcome: "changed", changeSet: 1, commits: 2 });
    expect(world.repository.git("ls-tree", "--name-only", "porter/abc")).toBe("README.md\nx\ny");
    expect(world.repository.git("for-each-ref", "--format=%(refname:short)", "refs/heads")).toBe("main\nporter/abc");
  });

  test("hands over the work of a failed agent", async () => {
    await using world = await RunnerWorld.open(mode);
    world.repository.commit("main", { "README.md": "one\n" });
    const end = await world.run(world.claimAnswer({ sh: "echo half > half.txt", exitCode: 3, stderr: ["it broke"] }));
    expect(end.exitCode).toBe(0);
    expect(world.porter.completions[0]).toMatchObject({
      status: "failed",
      outcome: "partial",
      failureCode: "agent_failed",
      changeSet: 1,
      exitCode: 3,
    });
    expect(world.repository.git("for-each-ref", "--format=%(refname:short)", "refs/heads")).toBe(
      "main\nporter/abc-wip",
    );
  });

  test("saves the work when the machine is told to shut down", async () => {
    await using world = await RunnerWorld.open(mode);
    world.repository.commit("main", { "README.md": "one\n" });
    let sent = false;
    world.porter.onCall = () => {
      if (sent || !world.porter.records.some((record) => record.k === "m")) return;
      sent = true;
      world.signal("SIGTERM");
    };
    const end = await world.run(world.claimAnswer({ sh: "echo half > half.txt; echo written", hang: true }));
    expect(end.exitCode).toBe(0);
    expect(world.porter.completions[0]).toMatchObject({
      status: "failed",
      failureCode: "machine_lost",
      outcome: "partial",
    });
  });

  test("delivers everything once though every third call fails", async () => {
    await using world = await RunnerWorld.open(mode);
    world.repository.commit("main", { "README.md": "one\n" });
    world.porter.failEvery = 3;
    const end = await world.run(world.claimAnswer({ sh: "echo x > x; seq 1 2000", say: "ok" }));
    expect(end.exitCode).toBe(0);
    expect(world.porter.faults).toEqual([]);
    expect(world.porter.nonces.size).toBe(1);
    expect(world.porter.completions).toHaveLength(1);
    expect(world.porter.completions[0]).toMatchObject({ outcome: "changed" });
    expect(world.porter.completions[0]?.lastSeq).toBeGreaterThan(0);
  });

  test("still tells what was handed over when Porter does not take its words", async () => {
    await using world = await RunnerWorld.open(mode);
    world.repository.commit("main", { "README.md": "one\n" });
    world.porter.refuseSummaries = true;
    const end = await world.run(world.claimAnswer({ sh: "echo x > x", say: "ok" }));
    expect(end.exitCode).toBe(0);
    const [completion] = world.porter.completions;
    expect(completion).toMatchObject({ status: "success", outcome: "changed", changeSet: 1, commits: 1 });
  });

  test("uses a base branch that is not the default, and says when there is none", async () => {
    await using world = await RunnerWorld.open(mode);
    world.repository.commit("main", { "README.md": "one\n" });
    const develop = world.repository.commit("develop", { "dev.txt": "d\n" });
    const answer = world.claimAnswer({ sh: "echo x > x", say: "ok" });
    answer.repository.baseBranch = "develop";
    await world.run(answer);
    expect(world.porter.completions[0]).toMatchObject({ outcome: "changed", base: "develop", baseSha: develop });

    await using missing = await RunnerWorld.open(mode);
    missing.repository.commit("main", { "README.md": "one\n" });
    const wrong = missing.claimAnswer({});
    wrong.repository.baseBranch = "nowhere";
    await missing.run(wrong);
    expect(missing.porter.completions[0]).toMatchObject({
      status: "failed",
      failureCode: "base_branch_missing",
      failedPhase: "cloning",
      phases: [{ phase: "cloning", to: null }],
    });
    expect(new Set(missing.porter.phases)).toEqual(new Set(["cloning"]));

    await using empty = await RunnerWorld.open(mode);
    await empty.run(empty.claimAnswer({}));
    expect(empty.porter.completions[0]).toMatchObject({ status: "failed", failureCode: "empty_repository" });
  });

  test("says when the git host refuses the token, without showing it", async () => {
    await using world = await RunnerWorld.open(mode);
    world.repository.commit("main", { "README.md": "one\n" });
    world.git.tokens.clear();
    const end = await world.run(world.claimAnswer({}));
    expect(world.porter.completions[0]).toMatchObject({
      status: "failed",
      failureCode: "clone_failed",
      outcome: "failed",
    });
    expect(end.stderr + world.everythingThatLeft()).not.toContain(FAKE_GIT_TOKEN);
  });

  test("does not start an agent without its key", async () => {
    await using world = await RunnerWorld.open(mode);
    world.repository.commit("main", { "README.md": "one\n" });
    await world.run({ ...world.claimAnswer({ sh: "echo x > x" }), keys: {} });
    expect(world.porter.completions[0]).toMatchObject({
      failureCode: "missing_credentials",
      outcome: "failed",
      failedPhase: "working",
      phases: [
        { phase: "cloning", to: expect.any(Number) },
        { phase: "working", to: null },
      ],
    });
    // Nothing is told of what did not begin.
    expect(new Set(world.porter.phases)).toEqual(new Set(["cloning", "working"]));
  });

  test("leaves a task alone that another machine has claimed", async () => {
    await using world = await RunnerWorld.open(mode);
    world.repository.commit("main", { "README.md": "one\n" });
    world.porter.nonces.add("somebody-else");
    const end = await world.run(world.claimAnswer({ sh: "echo x > x" }));
    expect(end.exitCode).toBe(3);
    expect(world.porter.completions).toEqual([]);
    expect(world.git.requests).toEqual([]);
  });
});

function order(phase: string): number {
  return ["cloning", "working", "pushing", "reporting"].indexOf(phase);
}
