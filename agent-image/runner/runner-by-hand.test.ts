import { existsSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { CompleteRequestInput } from "../../lib/agent-protocol.ts";
import { refusePushes } from "../testing/git-server.ts";
import {
  ANY_USER_MODE,
  FAKE_API_KEY,
  FAKE_CALLBACK_TOKEN,
  FAKE_GIT_TOKEN,
  type RunEnd,
  RunnerWorld,
  USER_MODES,
} from "../testing/runner-process.ts";
import type { AgentScenario } from "../testing/scripted-agent.ts";

const BRANCH = "porter/task_abc123";
type Called = { end: RunEnd; auth: string[]; bodies: (Omit<CompleteRequestInput, "taskId"> & { task_id: string })[] };

/** Runs the environment contract, with a token that may push. */
async function runByHand(world: RunnerWorld, scenario: AgentScenario): Promise<Called> {
  const called: Called = { end: { exitCode: null, stderr: "" }, auth: [], bodies: [] };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      called.auth.push(request.headers.authorization ?? "");
      called.bodies.push(JSON.parse(Buffer.concat(chunks).toString()) as Called["bodies"][number]);
      response.writeHead(200).end("{}");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  world.git.writers.add(FAKE_GIT_TOKEN);
  called.end = await world.start({
    TASK_ID: "task_abc123",
    REPO_FULL_NAME: "octo/widgets",
    AGENT: "opencode",
    PROMPT: world.claimAnswer(scenario).prompt,
    GITHUB_TOKEN: FAKE_GIT_TOKEN,
    ANTHROPIC_API_KEY: FAKE_API_KEY,
    CALLBACK_URL: `http://127.0.0.1:${port}/api/callbacks/complete`,
    CALLBACK_TOKEN: FAKE_CALLBACK_TOKEN,
    GIT_SERVER_URL: world.git.url,
    PROVIDER_BASE_URLS: JSON.stringify({ anthropic: world.porter.url }),
  });
  server.closeAllConnections();
  server.close();
  return called;
}

describe.each(USER_MODES)("a run by hand with users: %s", { concurrent: true }, (mode) => {
  test("pushes by itself and calls back once", async () => {
    await using world = await RunnerWorld.open(mode);
    world.repository.commit("main", { "README.md": "one\n" });
    const sh = `echo x > x; git add x; git -c user.name=Bot -c user.email=b@e.com commit -qm "feat: x"; echo y > y`;
    const { end, auth, bodies } = await runByHand(world, { sh, say: "By hand" });
    expect(end.exitCode).toBe(0);
    expect(auth).toEqual([`Bearer ${FAKE_CALLBACK_TOKEN}`]);
    expect(bodies).toMatchObject([
      { task_id: "task_abc123", status: "complete", outcome: "changed", branch: BRANCH, changeSet: null, commits: 2 },
    ]);
    expect(bodies[0]?.headSha).toBe(world.repository.git("rev-parse", BRANCH));
    const log = world.repository.git(
      "log",
      "--reverse",
      "--format=%an|%s|%(trailers:only,separator=%x2C)",
      `main..${BRANCH}`,
    );
    expect(log).toBe("Bot|feat: x|Porter-Task: task_abc123\nporter|feat: x|Porter-Task: task_abc123");
    expect(world.porter.calls).toEqual([]);
  });
});

describe.each(ANY_USER_MODE)("a run by hand of any user, here: %s", { concurrent: true }, (mode) => {
  test("overwrites the branch of an earlier attempt, never one that moved meanwhile", async () => {
    await using world = await RunnerWorld.open(mode);
    world.repository.commit("main", { "README.md": "one\n" });
    world.repository.commit(BRANCH, { "old.txt": "of attempt 1\n" });
    const first = await runByHand(world, { sh: "echo x > x", say: "ok" });
    expect(first.bodies).toMatchObject([{ outcome: "changed" }]);
    expect(world.repository.git("ls-tree", "--name-only", BRANCH)).toBe("README.md\nx");

    const [atWork, moved] = [join(world.drop, "at-work"), join(world.drop, "moved")];
    const watch = setInterval(() => {
      if (!existsSync(atWork) || existsSync(moved)) return;
      world.repository.commit(BRANCH, { "theirs.txt": "mine\n" });
      writeFileSync(moved, "");
    }, 50);
    const sh = `echo x > x; touch ${atWork}; until test -e ${moved}; do sleep 0.1; done`;
    const second = await runByHand(world, { sh, say: "ok" });
    clearInterval(watch);
    expect(second.bodies).toMatchObject([{ status: "failed", failureCode: "push_rejected", outcome: "failed" }]);
    expect(world.repository.git("show", `${BRANCH}:theirs.txt`)).toBe("mine");
  });

  test("says what a reviewer should look at, and why the git host refuses a push", async () => {
    await using world = await RunnerWorld.open(mode);
    world.repository.commit("main", { "README.md": "one\n" });
    const sh = `echo ghp_fakecanary0123456789abcdefghijklmnop > token; echo '* @octo' > CODEOWNERS; echo '{}' > package-lock.json`;
    const { bodies } = await runByHand(world, { sh, say: "ok" });
    expect(bodies).toMatchObject([{ outcome: "changed" }]);
    expect(bodies[0]?.draftReasons?.join("\n")).toMatch(/looks like a GitHub token[^]*CODEOWNERS/);
    expect(bodies[0]?.notices?.join("\n")).toMatch(/package-lock\.json/);

    refusePushes(world.repository, "GH013: Repository rule violations found");
    expect((await runByHand(world, { sh, say: "ok" })).bodies).toMatchObject([
      {
        status: "failed",
        failureCode: "push_rejected",
        failedPhase: "pushing",
        message: "A rule of the repository refuses this push.",
      },
    ]);
  });
});
