import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  FAKE_API_KEY,
  FAKE_CALLBACK_TOKEN,
  FAKE_GIT_TOKEN,
  RunnerWorld,
  TASK_ID,
  USER_MODES,
} from "../testing/runner-process.ts";

describe.each(USER_MODES)("a run with users: %s", { concurrent: true }, (mode) => {
  test("turns uncommitted work into one commit on the branch and reports it", async () => {
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
      branch: "porter/abc",
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
      usage: { inputTokens: 10, outputTokens: 5, costUsd: 0.01 },
    });
    const head = world.repository.git("rev-parse", "refs/heads/porter/abc");
    expect(completion?.headSha).toBe(head);
    expect(world.repository.git("show", "-s", "--format=%an <%ae>%n%P%n%B", head)).toBe(
      [
        "porter[bot] <1+porter[bot]@users.noreply.github.com>",
        base,
        "Adds a fresh file",
        "",
        "Co-authored-by: Octo Cat <octocat@example.com>",
        `Porter-Task: ${TASK_ID}`,
      ].join("\n"),
    );
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

  test("keeps the agent's own commits, authors and trees, and adds trailers", async () => {
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
    const log = world.repository.git(
      "log",
      "--reverse",
      "--format=%an|%s|%(trailers:only,separator=%x2C)",
      "main..porter/abc",
    );
    const trailers = `Co-authored-by: Octo Cat <octocat@example.com>,Porter-Task: ${TASK_ID}`;
    expect(log.split("\n")).toEqual([
      `porter[bot]|feat: first part|${trailers}`,
      `Bot|second|Signed-off-by: B <b@e.com>,${trailers}`,
      `porter[bot]|third|${trailers}`,
      `porter[bot]|feat: first part|${trailers}`,
    ]);
  });

  test("reports no changes and pushes nothing", async () => {
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
    expect(world.repository.git("for-each-ref", "--format=%(refname)")).toBe("refs/heads/main");
  });

  test("takes HEAD, whatever branch or none the agent ended on", async () => {
    await using world = await RunnerWorld.open(mode);
    world.repository.commit("main", { "README.md": "one\n" });
    const sh =
      "git checkout -q -b elsewhere; echo x > x; git add x; git commit -qm on-branch; git checkout -q --detach; echo y > y; git add y; git commit -qm detached";
    await world.run(world.claimAnswer({ sh, say: "ok" }));
    expect(world.porter.completions[0]).toMatchObject({ outcome: "changed", branch: "porter/abc", commits: 2 });
    expect(world.repository.git("ls-tree", "--name-only", "porter/abc")).toBe("README.md\nx\ny");
    expect(world.repository.git("for-each-ref", "--format=%(refname:short)")).toBe("main\nporter/abc");
  });

  test("saves the work of a failed agent on the wip branch", async () => {
    await using world = await RunnerWorld.open(mode);
    world.repository.commit("main", { "README.md": "one\n" });
    const end = await world.run(world.claimAnswer({ sh: "echo half > half.txt", exitCode: 3, stderr: ["it broke"] }));
    expect(end.exitCode).toBe(0);
    expect(world.porter.completions[0]).toMatchObject({
      status: "failed",
      outcome: "partial",
      failureCode: "agent_failed",
      branch: "porter/abc-wip",
      exitCode: 3,
    });
    expect(world.repository.git("for-each-ref", "--format=%(refname:short)")).toBe("main\nporter/abc-wip");
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

  test("stops a silent agent, but not one that waits for a tool", async () => {
    await using world = await RunnerWorld.open(mode);
    world.repository.commit("main", { "README.md": "one\n" });
    await world.run(world.claimAnswer({ silentToolMs: 24_000, hang: true }, { stallTimeoutMs: 16_000 }));
    expect(world.porter.completions[0]).toMatchObject({
      status: "failed",
      failureCode: "agent_stalled",
      outcome: "failed",
    });
    expect(world.porter.records.some((record) => record.k === "r" && record.ok)).toBe(true);
  });

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
      branch: "porter/abc-wip",
      // Its work was pushed, but the run never got so far.
      failedPhase: "working",
    });
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

  test("still tells what was pushed when Porter does not take its words", async () => {
    await using world = await RunnerWorld.open(mode);
    world.repository.commit("main", { "README.md": "one\n" });
    world.porter.refuseSummaries = true;
    const end = await world.run(world.claimAnswer({ sh: "echo x > x", say: "ok" }));
    expect(end.exitCode).toBe(0);
    const [completion] = world.porter.completions;
    expect(completion).toMatchObject({ status: "success", outcome: "changed", branch: "porter/abc", commits: 1 });
    expect(completion?.headSha).toBe(world.repository.git("rev-parse", "porter/abc"));
  });

  test("asks for a fresh token before a late push, and revokes both", async () => {
    await using world = await RunnerWorld.open(mode);
    world.repository.commit("main", { "README.md": "one\n" });
    const fresh = "ghs_123_fake-fresh-token.canary_9876543210zyxwvuts";
    world.porter.freshToken = fresh;
    const answer = world.claimAnswer({ sh: "echo x > x", say: "ok" });
    answer.git.expiresAt = new Date(Date.now() + 60_000).toISOString();
    world.porter.onCall = (path) => {
      if (!path.endsWith("/token") || path.startsWith("/github")) return;
      world.git.tokens.clear();
      world.git.tokens.add(fresh);
    };
    await world.run(answer);
    expect(world.porter.completions[0]).toMatchObject({ outcome: "changed", branch: "porter/abc" });
    expect(world.porter.revoked.toSorted()).toEqual([FAKE_GIT_TOKEN, fresh].toSorted());
    expect(world.everythingThatLeft()).not.toContain(fresh);
  });

  test("overwrites the branch of an earlier attempt, never one that moved meanwhile", async () => {
    await using world = await RunnerWorld.open(mode);
    world.repository.commit("main", { "README.md": "one\n" });
    world.repository.commit("porter/abc", { "old.txt": "of attempt 1\n" });
    await world.run(world.claimAnswer({ sh: "echo x > x", say: "ok" }));
    expect(world.porter.completions[0]).toMatchObject({ outcome: "changed" });
    expect(world.repository.git("ls-tree", "--name-only", "porter/abc")).toBe("README.md\nx");

    await using other = await RunnerWorld.open(mode);
    other.repository.commit("main", { "README.md": "one\n" });
    let moved = false;
    other.porter.onCall = () => {
      if (moved || !other.porter.phases.includes("working")) return;
      moved = true;
      other.repository.commit("porter/abc", { "theirs.txt": "mine\n" });
    };
    await other.run(other.claimAnswer({ silentToolMs: 2500, sh: "echo x > x", say: "ok" }));
    expect(other.porter.completions[0]).toMatchObject({
      status: "failed",
      failureCode: "push_rejected",
      outcome: "failed",
    });
    expect(other.repository.git("ls-tree", "--name-only", "porter/abc")).toBe("theirs.txt");
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

  test("runs from the spec's environment contract and calls back once", async () => {
    await using world = await RunnerWorld.open(mode);
    world.repository.commit("main", { "README.md": "one\n" });
    const answer = world.claimAnswer({ sh: "echo x > x", say: "By hand" });
    const { createServer } = await import("node:http");
    const bodies: { auth: string; body: Record<string, unknown> }[] = [];
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        bodies.push({
          auth: request.headers.authorization ?? "",
          body: JSON.parse(Buffer.concat(chunks).toString()) as Record<string, unknown>,
        });
        response.writeHead(200).end("{}");
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const port = typeof address === "object" && address ? address.port : 0;
    const end = await world.start({
      TASK_ID: "task_abc123",
      REPO_FULL_NAME: "octo/widgets",
      AGENT: "opencode",
      PROMPT: answer.prompt,
      GITHUB_TOKEN: FAKE_GIT_TOKEN,
      ANTHROPIC_API_KEY: FAKE_API_KEY,
      CALLBACK_URL: `http://127.0.0.1:${port}/api/callbacks/complete`,
      CALLBACK_TOKEN: FAKE_CALLBACK_TOKEN,
      GIT_SERVER_URL: world.git.url,
      PROVIDER_BASE_URLS: JSON.stringify({ anthropic: world.porter.url }),
    });
    server.closeAllConnections();
    server.close();
    expect(end.exitCode).toBe(0);
    expect(bodies).toHaveLength(1);
    expect(bodies[0]?.auth).toBe(`Bearer ${FAKE_CALLBACK_TOKEN}`);
    expect(bodies[0]?.body).toMatchObject({ task_id: "task_abc123", status: "complete", branch: "porter/task_abc123" });
    expect(world.repository.git("show", "porter/task_abc123:x")).toBe("x");
    expect(world.porter.calls).toEqual([]);
    rmSync(world.workRoot, { recursive: true, force: true });
  });
});

function order(phase: string): number {
  return ["cloning", "working", "pushing", "reporting"].indexOf(phase);
}
