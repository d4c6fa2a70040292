import { writeFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { deliveryProblems, publishedWebhooks } from "./published-shapes.ts";
import { startTestGitHub, type TestGitHub } from "./testing.ts";

const repo = "octocat/hello-porter";
const path = `/repos/${repo}`;

let hub: TestGitHub;
let token = "";
const seen = new Set<string>();
let opened: Record<string, unknown> | undefined;
beforeAll(async () => {
  hub = await startTestGitHub();
  token = await hub.installationToken("octocat");
});
afterAll(() => hub.close());

/** What came since the last look, as `event.action`; each is held to what GitHub publishes of it. */
async function came(): Promise<{ name: string; payload: Record<string, unknown> }[]> {
  await hub.github.deliveriesSettled();
  const all = hub.received.splice(0).map(({ headers, payload }) => {
    const event = String(headers["x-github-event"]);
    const name = typeof payload.action === "string" ? `${event}.${payload.action}` : event;
    const published = name.replaceAll("_", "-").replace(".", "/");
    if (publishedWebhooks.includes(published)) {
      expect(deliveryProblems(published, payload), published).toEqual([]);
      seen.add(published);
    }
    return { name, payload };
  });
  return all.filter(({ name }) => !name.startsWith("issue_comment"));
}
const names = async () => (await came()).map(({ name }) => name);

async function aPull(branch: string, more: Record<string, unknown> = {}) {
  const folder = `${hub.directory}/${branch.replaceAll("/", "-")}`;
  await hub.git(["clone", "--quiet", hub.cloneUrl(repo, token), folder]);
  await hub.git(["switch", "--quiet", "-c", branch], folder);
  const push = async (file: string, text = "one\n") => {
    await writeFile(`${folder}/${file}`, text);
    await hub.git(["add", file], folder);
    await hub.git(["commit", "--quiet", "-m", `Add ${file}`], folder);
    await hub.git(["push", "--quiet", "origin", "HEAD"], folder);
    return hub.git(["rev-parse", "HEAD"], folder);
  };
  const head = await push(`${branch.replaceAll("/", "-")}.txt`);
  const body = { title: branch, head: branch, base: "main", ...more };
  const created = await hub.api("POST", `${path}/pulls`, { token, body });
  const { number, node_id: node } = z.object({ number: z.number(), node_id: z.string() }).parse(created.body);
  return { folder, push, head, number, node, url: `${path}/pulls/${number}` };
}

const change = (url: string, body: unknown, as = hub.userToken("octocat")) =>
  hub.api("PATCH", url, { token: as, body });
const graphql = (field: string, input: unknown, as = token) =>
  hub.api("POST", "/graphql", {
    token: as,
    body: { query: `mutation($input: X!) { ${field}(input: $input) { clientMutationId } }`, variables: { input } },
  });

test("whatever happens to a pull request arrives, once, as GitHub publishes it", async () => {
  const pull = await aPull("porter/life");
  const first = await came();
  expect(first.map(({ name }) => name)).toEqual(["pull_request.opened"]);
  opened = first[0]?.payload;
  const after = await pull.push("more.txt");
  const [moved] = await came();
  expect(moved).toMatchObject({
    name: "pull_request.synchronize",
    payload: { before: pull.head, after, pull_request: { number: pull.number, head: { sha: after } } },
  });
  await change(pull.url, { title: "Renamed", body: "" });
  const [edited] = await came();
  expect(edited).toMatchObject({
    name: "pull_request.edited",
    payload: { changes: { title: { from: "porter/life" } } },
  });
  await change(pull.url, { title: "Renamed" });
  expect(await names()).toEqual([]);
  await graphql("convertPullRequestToDraft", { pullRequestId: pull.node });
  await graphql("markPullRequestReadyForReview", { pullRequestId: pull.node });
  expect(await names()).toEqual(["pull_request.converted_to_draft", "pull_request.ready_for_review"]);
  await change(pull.url, { state: "closed" });
  await change(pull.url, { state: "open" });
  const ended = await came();
  expect(ended.map(({ name }) => name)).toEqual(["pull_request.closed", "pull_request.reopened"]);
  expect(ended[0]?.payload).toMatchObject({ pull_request: { merged: false, state: "closed" } });
});

test("a new base arrives with the one before, and one that is not there is refused", async () => {
  const pull = await aPull("porter/base");
  const main = await hub.git(["rev-parse", "origin/main"], pull.folder);
  const reference = { ref: "refs/heads/release", sha: main };
  await hub.api("POST", `${path}/git/refs`, { token, body: reference });
  await came();
  expect(await change(pull.url, { base: "no-such-branch" })).toMatchObject({
    status: 422,
    body: { errors: [{ resource: "PullRequest", field: "base", code: "invalid" }] },
  });
  await change(pull.url, { base: "release" });
  const [edited] = await came();
  expect(edited?.payload).toMatchObject({
    changes: { base: { ref: { from: "main" } } },
    pull_request: { base: { ref: "release" } },
  });
  await hub.api("DELETE", `${path}/git/refs/heads/release`, { token });
  expect(await names()).toEqual(["pull_request.closed"]);
});

test("a branch that goes closes its pull request, which then cannot be opened again", async () => {
  const pull = await aPull("porter/gone");
  await came();
  await hub.git(["push", "--quiet", "origin", ":porter/gone"], pull.folder);
  expect(await names()).toEqual(["pull_request.closed"]);
  const reopened = await change(pull.url, { state: "open" });
  expect(reopened).toMatchObject({
    status: 422,
    body: { errors: [{ message: "state cannot be changed. The porter/gone branch has been deleted." }] },
  });
  expect((await hub.api("GET", pull.url, { token })).body).toMatchObject({ state: "closed", head: { sha: pull.head } });
});

test("a merge says by whom, closes the issue it names, and has what both sides had", async () => {
  const pull = await aPull("porter/merge", { body: "Closes #2" });
  const other = await aPull("porter/side");
  await came();
  expect((await hub.api("PUT", `${other.url}/merge`, { token: hub.userToken("octocat"), body: {} })).status).toBe(200);
  await came();
  const merge = (body: unknown, as = hub.userToken("octocat")) =>
    hub.api("PUT", `${pull.url}/merge`, { token: as, body });
  expect((await merge({}, hub.userToken("stranger"))).status).toBe(403);
  expect(await merge({ sha: other.head })).toMatchObject({ status: 409 });
  expect((await merge({ sha: pull.head, merge_method: "squash" })).status).toBe(200);
  const events = await came();
  expect(events.map(({ name }) => name).toSorted()).toEqual(["issues.closed", "pull_request.closed"]);
  expect(events.find(({ name }) => name === "pull_request.closed")?.payload).toMatchObject({
    pull_request: { merged: true, merged_by: { login: "octocat" }, head: { sha: pull.head } },
    sender: { login: "octocat" },
  });
  await hub.git(["pull", "--quiet", "origin", "main"], other.folder);
  await hub.git(["ls-files", "--error-unmatch", "porter-merge.txt", "porter-side.txt"], other.folder);
  expect((await merge({})).status).toBe(405);
  expect((await change(pull.url, { state: "open" })).status).toBe(422);
});

test("an update brings what came to the base, and is refused where there is nothing, a conflict or another head", async () => {
  const pull = await aPull("porter/behind");
  const clash = await aPull("porter/clash");
  const update = (body: unknown, url = pull.url) => hub.api("PUT", `${url}/update-branch`, { token, body });
  expect(await update({})).toMatchObject({
    status: 422,
    body: { message: "There are no new commits on the base branch." },
  });
  await clash.push("porter-behind.txt", "another\n");
  await hub.api("PUT", `${clash.url}/merge`, { token: hub.userToken("octocat"), body: {} });
  await came();
  expect(await update({})).toMatchObject({ status: 422, body: { message: "merge conflict between base and head" } });
  for (const state of ["unknown", "dirty"])
    expect((await hub.api("GET", pull.url, { token })).body).toMatchObject({ mergeable_state: state });
  expect((await hub.api("PUT", `${pull.url}/merge`, { token: hub.userToken("octocat"), body: {} })).status).toBe(405);
  await pull.push("porter-behind.txt", "another\n");
  await came();
  expect((await update({ expected_head_sha: pull.head })).status).toBe(422);
  expect(await names()).toEqual([]);
});

test("checks that ended arrive with the pull request, and each status by itself", async () => {
  const pull = await aPull("porter/checks");
  await came();
  const runs = [{ name: "test", status: "completed", conclusion: "failure" }];
  await hub.github.setChecks({ repo, ref: "porter/checks", runs: [{ name: "test", status: "in_progress" }] });
  expect(await names()).toEqual([]);
  await hub.github.setChecks({
    repo,
    ref: "porter/checks",
    runs,
    statuses: [{ context: "ci/lint", state: "success" }],
  });
  const [suite, status] = await came();
  expect(suite).toMatchObject({
    name: "check_suite.completed",
    payload: { check_suite: { head_sha: pull.head, conclusion: "failure", pull_requests: [{ number: pull.number }] } },
  });
  expect(status).toMatchObject({ name: "status", payload: { sha: pull.head, state: "success", context: "ci/lint" } });
});

test("a review arrives with its state, its lines are those of the diff, and nobody approves their own", async () => {
  const pull = await aPull("porter/review");
  await came();
  const file = "porter-review.txt";
  const review = (body: unknown, as = hub.userToken("stranger")) =>
    hub.api("POST", `${pull.url}/reviews`, { token: as, body });
  const line = { path: file, line: 1, body: "Why one?" };
  const refused: [unknown, string, string?][] = [
    [{ event: "REQUEST_CHANGES" }, "Body can't be blank"],
    [{ event: "COMMENT", comments: [{ ...line, line: 9 }] }, "Line could not be resolved"],
    [{ event: "COMMENT", comments: [{ ...line, path: "README.md" }] }, "Path could not be resolved"],
    [{ event: "APPROVE" }, "Can not approve your own pull request", token],
  ];
  for (const [body, error, as] of refused)
    expect(await review(body, as)).toMatchObject({ status: 422, body: { errors: [error] } });
  expect(await names()).toEqual([]);
  const weak = await hub.installationToken("octocat", { permissions: { contents: "write" } });
  expect((await review({ event: "COMMENT", body: "x" }, weak)).status).toBe(403);
  const said = await review({ event: "REQUEST_CHANGES", body: "Not yet", comments: [line] });
  expect(said).toMatchObject({ status: 200, body: { state: "CHANGES_REQUESTED", commit_id: pull.head } });
  const [submitted] = await came();
  expect(submitted).toMatchObject({
    name: "pull_request_review.submitted",
    payload: { review: { state: "changes_requested" }, sender: { login: "stranger" } },
  });
  const comments = await hub.api("GET", `${pull.url}/comments`, { token });
  expect(comments.body).toMatchObject([{ path: file, line: 1, position: 1, diff_hunk: "@@ -0,0 +1 @@\n+one" }]);
});

test("a thread holds its replies, and is resolved by who may write", async () => {
  const pull = await aPull("porter/thread");
  const line = { path: "porter-thread.txt", line: 1, body: "Why <one>?" };
  const review = { event: "COMMENT", comments: [line] };
  const said = await hub.api("POST", `${pull.url}/reviews`, { token: hub.userToken("stranger"), body: review });
  const { node_id: subjectId } = z.object({ node_id: z.string() }).parse(said.body);
  const first = await hub.api("GET", `${pull.url}/comments`, { token });
  const [{ id } = { id: 0 }] = z.array(z.object({ id: z.number() })).parse(first.body);
  for (const body of ["Because.", "Really."])
    expect((await hub.api("POST", `${pull.url}/comments/${id}/replies`, { token, body: { body } })).status).toBe(201);
  expect((await hub.api("POST", `${pull.url}/comments/1/replies`, { token, body: { body: "x" } })).status).toBe(404);
  const fields =
    "id isResolved path line comments(first: 50) { nodes { fullDatabaseId body bodyHTML author { login } } }";
  const query = `query($owner: String!, $name: String!) { repository(owner: $owner, name: $name) { pullRequest(number: ${pull.number}) { reviewThreads(first: 50) { nodes { ${fields} } } } } }`;
  const threads = async () => {
    const answer = await hub.api("POST", "/graphql", {
      token,
      body: { query, variables: { owner: "octocat", name: "hello-porter" } },
    });
    const node = z.looseObject({ id: z.string() });
    const found = z.object({
      data: z.object({
        repository: z.object({ pullRequest: z.object({ reviewThreads: z.object({ nodes: z.array(node) }) }) }),
      }),
    });
    return found.parse(answer.body).data.repository.pullRequest.reviewThreads.nodes;
  };
  const [thread] = await threads();
  expect(thread).toMatchObject({
    isResolved: false,
    comments: {
      nodes: [{ bodyHTML: expect.stringContaining("Why &lt;one&gt;?") }, { body: "Because." }, { body: "Really." }],
    },
  });
  const resolve = async (as: string, threadId = thread?.id) =>
    (await graphql("resolveReviewThread", { threadId }, as)).body;
  const reader = await hub.installationToken("octocat", { permissions: { pull_requests: "write" } });
  expect(await resolve(reader)).toMatchObject({ errors: [{ type: "FORBIDDEN" }] });
  expect(await resolve(token, "PRRT_none")).toMatchObject({ errors: [{ type: "NOT_FOUND" }] });
  expect(await resolve(token)).not.toHaveProperty("errors");
  expect(await threads()).toMatchObject([{ isResolved: true }]);
  expect((await graphql("addReaction", { subjectId, content: "EYES" })).body).not.toHaveProperty("errors");
  expect((await graphql("addReaction", { subjectId: "none", content: "EYES" })).body).toHaveProperty("errors");
  const { reactions } = await hub.github.state();
  expect(reactions.filter(({ subject }) => subject.includes("/reviews/"))).toMatchObject([{ content: "eyes" }]);
});

test("every delivery that GitHub publishes of these was compared, and the comparison notices", async () => {
  expect(opened).toBeDefined();
  expect(deliveryProblems("pull-request/opened", { ...opened, number: "1" })).not.toEqual([]);
  expect(publishedWebhooks.filter((name) => !seen.has(name))).toEqual([]);
});
