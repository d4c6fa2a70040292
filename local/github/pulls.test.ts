import { writeFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { type ApiAnswer, startTestGitHub, type TestGitHub } from "./testing.ts";

const repository = "/repos/octocat/hello-porter";

let hub: TestGitHub;
let token = "";
beforeAll(async () => {
  hub = await startTestGitHub();
  token = await hub.installationToken("octocat");
});
afterAll(() => hub.close());

/** Pushes a branch on which `files` files of three lines are new, a commit each. */
async function pushBranch(branch: string, files: number): Promise<string> {
  const folder = `${hub.directory}/${branch.replaceAll("/", "-")}`;
  await hub.git(["clone", "--quiet", hub.cloneUrl("octocat/hello-porter", token), folder]);
  await hub.git(["switch", "--quiet", "-c", branch], folder);
  await addCommits(folder, files);
  await hub.git(["push", "--quiet", "origin", "HEAD"], folder);
  return folder;
}

async function addCommits(folder: string, files: number): Promise<void> {
  for (let index = 0; index < files; index += 1) {
    const name = `${Date.now()}-${index}.txt`;
    await writeFile(`${folder}/${name}`, "one\ntwo\nthree\n");
    await hub.git(["add", name], folder);
    await hub.git(["commit", "--quiet", "-m", `Add ${name}`], folder);
  }
}

function open(head: string, more: Record<string, unknown> = {}): Promise<ApiAnswer> {
  return hub.api("POST", `${repository}/pulls`, { token, body: { title: head, head, base: "main", ...more } });
}

test("a pull request counts its branch's commits, files and lines, also after another push", async () => {
  const folder = await pushBranch("porter/task_count", 2);
  const created = await open("porter/task_count", { draft: true, body: "Closes #1" });
  expect(created.status).toBe(201);
  expect(created.body).toMatchObject({
    user: { login: "porter-local[bot]" },
    draft: true,
    commits: 2,
    additions: 6,
    deletions: 0,
    changed_files: 2,
  });
  await addCommits(folder, 1);
  await hub.git(["push", "--quiet", "origin", "HEAD"], folder);
  const { number } = z.object({ number: z.number() }).parse(created.body);
  const sha = await hub.git(["rev-parse", "HEAD"], folder);
  const path = `${repository}/pulls/${number}`;
  const now = await hub.api("GET", path, { token });
  expect(now.body).toMatchObject({ commits: 3, changed_files: 3, head: { sha, ref: "porter/task_count" } });
  const files = z.array(z.unknown()).parse((await hub.api("GET", `${path}/files`, { token })).body);
  const commits = z
    .array(z.object({ sha: z.string() }))
    .parse((await hub.api("GET", `${path}/commits`, { token })).body);
  expect(files).toHaveLength(3);
  expect(commits.at(-1)?.sha).toBe(sha);
  const found = await hub.api("GET", `${repository}/pulls?head=octocat:porter/task_count&state=all`, { token });
  expect(found.body).toMatchObject([{ number, head: { sha } }]);
  expect(found.body).not.toHaveProperty("0.commits");
  for (const page of [`pull/${number}`, "tree/porter/task_count", "compare/main...porter/task_count"]) {
    const shown = await hub.api("GET", `/octocat/hello-porter/${page}`);
    expect(shown.status).toBe(200);
    expect(shown.body).toContain("+three");
  }
  expect((await hub.api("GET", "/octocat/hello-porter/tree/nothing")).status).toBe(404);
  const asIssue = await hub.api("GET", `${repository}/issues/${number}`, { token });
  expect(asIssue.body).toMatchObject({ number, pull_request: { merged_at: null } });
});

test("a pull request without head, without commits, or a second one, is refused in GitHub's words", async () => {
  const missing = await open("no-such-branch");
  expect(missing.status).toBe(422);
  expect(missing.body).toMatchObject({
    message: "Validation Failed",
    errors: [{ resource: "PullRequest", field: "head", code: "invalid" }],
  });
  await pushBranch("porter/empty", 0);
  const unchanged = await open("porter/empty");
  expect(unchanged.status).toBe(422);
  expect(unchanged.body).toMatchObject({
    errors: [{ resource: "PullRequest", code: "custom", message: "No commits between main and porter/empty" }],
  });
  await pushBranch("porter/twice", 1);
  const both = await Promise.all([open("porter/twice"), open("octocat:porter/twice")]);
  expect(new Set(both.map(({ status }) => status))).toEqual(new Set([201, 422]));
  expect(both.find(({ status }) => status === 422)?.body).toMatchObject({
    errors: [
      { resource: "PullRequest", code: "custom", message: "A pull request already exists for octocat:porter/twice." },
    ],
  });
  const noTitle = await hub.api("POST", `${repository}/pulls`, {
    token,
    body: { head: "porter/twice", base: "main" },
  });
  expect(noTitle.status).toBe(422);
});

test("a merged pull request keeps its numbers, and its change is on the default branch", async () => {
  const folder = await pushBranch("porter/merge", 1);
  const { number } = z.object({ number: z.number() }).parse((await open("porter/merge")).body);
  const path = `${repository}/pulls/${number}`;
  const merged = await hub.api("PUT", `${path}/merge`, { token: hub.userToken("octocat"), body: {} });
  expect(merged.status).toBe(200);
  expect((await hub.api("GET", path, { token })).body).toMatchObject({
    merged: true,
    state: "closed",
    commits: 1,
    additions: 3,
  });
  await hub.git(["fetch", "--quiet", "origin", "main"], folder);
  await hub.git(["merge-base", "--is-ancestor", "porter/merge", "FETCH_HEAD"], folder);
});

test("a review is asked of who may see the repository, and not of the author", async () => {
  await pushBranch("porter/task_review", 1);
  const created = await open("porter/task_review");
  const { number } = z.object({ number: z.number() }).parse(created.body);
  const ask = (as: string, ...reviewers: string[]) =>
    hub.api("POST", `${repository}/pulls/${number}/requested_reviewers`, { token: as, body: { reviewers } });
  expect(await ask(token, "octocat")).toMatchObject({
    status: 201,
    body: { requested_reviewers: [{ login: "octocat" }] },
  });
  expect((await ask(token, "octocat")).status).toBe(201);
  expect(await ask(token, "octocat", "stranger")).toMatchObject({
    status: 422,
    body: { message: expect.stringMatching(/^Reviews may only be requested from collaborators\./) },
  });
  expect(await ask(token, "porter-local[bot]")).toMatchObject({
    status: 422,
    body: { message: "Review cannot be requested from pull request author." },
  });
  const weak = await hub.installationToken("octocat", { permissions: { contents: "read" } });
  expect((await ask(weak, "octocat")).status).toBe(403);
});
