import { generateKeyPairSync } from "node:crypto";
import { createServer } from "node:net";
import { createEmulator } from "emulate";
import { expect, test } from "vitest";
import { createGitHub } from "@/server/github/github";
import { githubFailureOf } from "@/server/testing/scripted-github";

const privateKey = generateKeyPairSync("rsa", { modulusLength: 2048 })
  .privateKey.export({ type: "pkcs1", format: "pem" })
  .toString();
const permissions = { contents: "write", issues: "write", pull_requests: "write", metadata: "read" } as const;

/** The emulator takes no port 0. */
async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, "127.0.0.1", resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

async function startEmulator() {
  const port = await freePort();
  const repositories = ["alice/demo"];
  const installation = {
    installation_id: 100,
    account: "alice",
    repository_selection: "selected",
    repositories,
    permissions,
    events: [],
  };
  const emulator = await createEmulator({
    service: "github",
    port,
    hostname: "127.0.0.1",
    seed: {
      tokens: { tok_alice_fake: { login: "alice", scopes: ["repo"] } },
      github: {
        users: [{ login: "alice" }, { login: "bob" }],
        repos: [{ owner: "alice", name: "demo", default_branch: "main", private: false }],
        apps: [
          {
            app_id: 777,
            slug: "porter-dev",
            name: "Porter",
            private_key: privateKey,
            permissions,
            events: [],
            installations: [installation],
          },
        ],
      },
    },
  });
  const asAlice = async (method: string, path: string, body?: object): Promise<unknown> => {
    const headers = { authorization: "Bearer tok_alice_fake", "content-type": "application/json" };
    const response = await fetch(`http://127.0.0.1:${port}/repos/alice/demo${path}`, {
      method,
      headers,
      body: body === undefined ? null : JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return response.json();
  };
  const github = createGitHub({
    apiUrl: `http://127.0.0.1:${port}`,
    appId: 777,
    appSlug: "porter-dev",
    privateKey,
    oauth: { webUrl: "https://github.example", clientId: "fake", clientSecret: "fake" },
    fetch,
    now: () => new Date(),
  });
  return { github, asAlice, [Symbol.asyncDispose]: () => emulator.close() };
}

test("a whole task's calls work against the emulator, with the App's own tokens", async () => {
  await using world = await startEmulator();
  const { github, asAlice } = world;
  await asAlice("POST", "/issues", { title: "Bug", body: "It breaks", labels: ["bug"] });

  expect(await github.app.installationForRepository({ owner: "alice", name: "demo" })).toEqual({
    id: 100,
    account: "alice",
  });
  expect(await github.app.identity()).toMatchObject({ appId: 777, slug: "porter-dev", botLogin: "porter-dev[bot]" });
  const { token } = await github.app.createInstallationToken({ installationId: 100, repositoryIds: null, permissions });
  const repository = github.repository({ id: 1, owner: "alice", name: "demo" }, token);
  const { id } = await repository.get();
  const narrow = await github.app.createInstallationToken({
    installationId: 100,
    repositoryIds: [id],
    permissions: { contents: "read" },
  });
  const reader = github.repository({ id, owner: "alice", name: "demo" }, narrow.token);

  expect(await repository.permissionOf("alice")).toMatchObject({ permission: "admin" });
  expect(await repository.permissionOf("bob")).toMatchObject({ permission: "none" });
  expect(await githubFailureOf(reader.createComment(1, "no"))).toMatchObject({ kind: "lost", reason: "forbidden" });

  const comment = await repository.createComment(1, "working");
  await repository.updateComment(comment.id, "done");
  expect(await repository.getComment(comment.id)).toMatchObject({ body: "done", authorLogin: "porter-dev[bot]" });
  expect((await repository.ownComments(1, 5)).map((own) => own.id)).toEqual([comment.id]);
  expect(await repository.getComment(comment.id + 1000)).toBeNull();
  const extra = await repository.createComment(1, "done twice");
  await repository.deleteComment(extra.id);
  await repository.deleteComment(extra.id);
  expect((await repository.ownComments(1, 5)).map((own) => own.id)).toEqual([comment.id]);

  await repository.setPorterLabel(1, "porter:queued");
  await repository.setPorterLabel(1, "porter:running");
  await repository.setPorterLabel(1, "porter:running");
  expect(await asAlice("GET", "/issues/1/labels")).toEqual([
    expect.objectContaining({ name: "bug" }),
    expect.objectContaining({ name: "porter:running", color: "fbca04" }),
  ]);

  const main = await repository.branchSha("main");
  expect(main).toMatch(/^[0-9a-f]{40}$/);
  expect(await repository.branchSha("porter/none")).toBeNull();
  await asAlice("POST", "/git/refs", { ref: "refs/heads/porter/fix", sha: main });
  await asAlice("PUT", "/contents/fix.txt", {
    message: "fix",
    content: Buffer.from("1\n2\n").toString("base64"),
    branch: "porter/fix",
  });
  expect(await repository.compare("main", "porter/fix")).toMatchObject({
    files: [{ path: "fix.txt", kind: "added", additions: 2, deletions: 0, patch: expect.stringMatching(/^@@ /) }],
    isWhole: true,
  });
  expect(await repository.compare("main", "porter/none")).toBeNull();

  const pull = await repository.createPullRequest({
    head: "porter/fix",
    base: "main",
    title: "Fix",
    body: "Fixes #1",
    draft: true,
  });
  expect(pull).toMatchObject({ state: "open", merged: false, draft: true, headRef: "porter/fix", baseRef: "main" });
  expect(await repository.findPullRequest("porter/fix")).toMatchObject({ number: pull.number });
  expect(await repository.findPullRequest("porter/none")).toBeNull();
  expect(await repository.getPullRequest(pull.number)).toMatchObject({ number: pull.number, title: "Fix" });
  expect(await github.user("tok_alice_fake").profile()).toMatchObject({ login: "alice" });
});
