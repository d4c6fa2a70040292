import { describe, expect, test } from "vitest";
import { callsOf, githubFailureOf, startGitHub } from "@/server/testing/scripted-github";
import type { Reply } from "@/server/testing/scripted-server";

const PULLS = "/repos/alice/demo/pulls";
const pull = (number: number, rest: object = {}) => ({
  number,
  html_url: `p${number}`,
  title: "T",
  state: "open",
  merged_at: null,
  draft: false,
  head: { ref: "porter/x", sha: "b".repeat(40) },
  base: { ref: "main" },
  ...rest,
});
const input = { head: "porter/x", base: "main", title: "T", body: "B", draft: true };
const refusal = (text: string): Reply => ({
  status: 422,
  body: { message: "Validation Failed", errors: [{ resource: "PullRequest", code: "custom", message: text }] },
});
const EXISTS = refusal("A pull request already exists for alice:porter/x.");

describe("finding", () => {
  test("asks for the branch in any state and answers the newest, merged or not", async () => {
    const body = [pull(9, { state: "closed", merged_at: "2026-11-22T09:00:00Z" }), pull(8)];
    const { server, repository } = await startGitHub({ [`GET ${PULLS}`]: { status: 200, body } });
    await using _ = server;
    expect(await repository.findPullRequest("porter/x")).toEqual({
      number: 9,
      url: "p9",
      title: "T",
      state: "closed",
      merged: true,
      draft: false,
      headRef: "porter/x",
      headSha: "b".repeat(40),
      baseRef: "main",
    });
    expect(callsOf(server.seen)).toEqual([
      `GET ${PULLS}?head=alice%3Aporter%2Fx&state=all&sort=created&direction=desc&per_page=30`,
    ]);
  });

  test("takes nothing of another branch, even if GitHub ignores the filter", async () => {
    const { server, repository } = await startGitHub({
      [`GET ${PULLS}`]: { status: 200, body: [pull(9, { head: { ref: "other", sha: "" } })] },
    });
    await using _ = server;
    expect(await repository.findPullRequest("porter/x")).toBeNull();
  });

  test("finds it under the new owner after a transfer", async () => {
    const { server, repository } = await startGitHub({
      [`GET ${PULLS}`]: ({ url }) => ({
        status: 301,
        headers: { location: url.replace("/repos/alice/demo", "/repositories/1") },
      }),
      "GET /repositories/1/pulls": ({ url }) => ({ status: 200, body: url.includes("head=acme%3A") ? [pull(9)] : [] }),
      "GET /repos/alice/demo": { status: 301, headers: { location: "/repositories/1" } },
      "GET /repositories/1": {
        status: 200,
        body: { id: 1, name: "demo", owner: { login: "acme" }, private: false, default_branch: "main" },
      },
    });
    await using _ = server;
    expect((await repository.findPullRequest("porter/x"))?.number).toBe(9);
  });
});

describe("creating", () => {
  test("opens a draft when asked to", async () => {
    const { server, repository } = await startGitHub({
      [`POST ${PULLS}`]: { status: 201, body: pull(9, { draft: true }) },
    });
    await using _ = server;
    expect(await repository.createPullRequest(input)).toMatchObject({ number: 9, draft: true });
    expect(server.seen[0]?.json).toEqual(input);
  });

  test("opens a normal one where drafts are refused, and says so", async () => {
    const replies: Reply[] = [
      refusal("Draft pull requests are not supported in this repository."),
      { status: 201, body: pull(9) },
    ];
    const { server, repository } = await startGitHub({ [`POST ${PULLS}`]: () => replies.shift() ?? "reset" });
    await using _ = server;
    expect(await repository.createPullRequest(input)).toMatchObject({ number: 9, draft: false });
    expect(server.seen[1]?.json).toEqual({ ...input, draft: false });
  });

  test.each([
    ["at once", [EXISTS]],
    ["after a refused draft", [refusal("Draft pull requests are not supported"), EXISTS]],
  ])("answers the open one when it exists already, told %s", async (_, replies) => {
    const { server, repository } = await startGitHub({
      [`POST ${PULLS}`]: () => replies.shift() ?? "reset",
      [`GET ${PULLS}`]: { status: 200, body: [pull(10, { state: "closed" }), pull(9)] },
    });
    await using __ = server;
    expect(await repository.createPullRequest(input)).toMatchObject({ number: 9, state: "open" });
  });

  const headInvalid: Reply = {
    status: 422,
    body: { message: "Validation Failed", errors: [{ resource: "PullRequest", field: "head", code: "invalid" }] },
  };
  test.each([
    ["No commits between main and porter/x", refusal("No commits between main and porter/x"), true],
    ["already exists", EXISTS, true],
    ["PullRequest head invalid", headInvalid, true],
    ["Head sha can't be blank", refusal("Head sha can't be blank"), true],
    ["base is invalid", refusal("base is invalid"), undefined],
  ])("says GitHub's reason when there is none to answer, and whether it may lag: %s", async (reason, reply, mayLag) => {
    const { server, repository } = await startGitHub({
      [`POST ${PULLS}`]: reply,
      [`GET ${PULLS}`]: { status: 200, body: [] },
    });
    await using _ = server;
    const failure = await githubFailureOf(repository.createPullRequest(input));
    expect(failure).toMatchObject({ kind: "invalid", errors: [expect.stringContaining(reason)] });
    expect("mayLag" in failure ? failure.mayLag : undefined).toBe(mayLag);
  });
});

describe("making a draft of one that is open", () => {
  const detail = { node_id: "PR_1", body: null, commits: 1, additions: 1, deletions: 0, changed_files: 1 };
  const routes = (graphql: Reply) => ({
    [`GET ${PULLS}/9`]: { status: 200, body: pull(9, detail) },
    "POST /graphql": graphql,
  });
  const refused = (type: string | undefined, message: string): Reply => ({
    status: 200,
    body: { data: { convertPullRequestToDraft: null }, errors: [{ type, message }] },
  });

  test("asks GraphQL, by the id that REST tells", async () => {
    const done = { data: { convertPullRequestToDraft: { pullRequest: { isDraft: true } } } };
    const { server, repository } = await startGitHub(routes({ status: 200, body: done }));
    await using _ = server;
    expect(await repository.makeDraft(9)).toBe(true);
    expect(server.seen[1]?.json).toMatchObject({ variables: { input: { pullRequestId: "PR_1" } } });
  });

  test.each([
    ["UNPROCESSABLE", "Draft pull requests are not supported"],
    ["FORBIDDEN", "Resource not accessible by integration"],
  ])("says that GitHub makes none of it: %s", async (type, message) => {
    const { server, repository } = await startGitHub(routes(refused(type, message)));
    await using _ = server;
    expect(await repository.makeDraft(9)).toBe(false);
  });

  test("is not sure where GitHub is away", async () => {
    const { server, repository } = await startGitHub(routes(refused("INTERNAL", "Something went wrong")));
    await using _ = server;
    expect(await githubFailureOf(repository.makeDraft(9))).toMatchObject({ kind: "unavailable" });
  });
});

test("counts the checks and statuses of a commit, and knows nothing of them where the App may not look", async () => {
  const run = (status: string, conclusion: string | null) => ({ status, conclusion });
  const check_runs = [
    run("completed", "success"),
    run("completed", "skipped"),
    run("completed", "timed_out"),
    run("in_progress", null),
    run("queued", null),
  ];
  const statuses = [{ state: "success" }, { state: "pending" }, { state: "failure" }, { state: "error" }];
  const hidden = { status: 403, body: { message: "Resource not accessible by integration" } };
  const { server, repository } = await startGitHub({
    "GET /repos/alice/demo/commits/abc/check-runs": { status: 200, body: { total_count: 5, check_runs } },
    "GET /repos/alice/demo/commits/abc/status": { status: 200, body: { state: "failure", statuses } },
    "GET /repos/alice/demo/commits/def/check-runs": hidden,
    "GET /repos/alice/demo/commits/def/status": hidden,
    "GET /repos/alice/demo/commits/fed/check-runs": hidden,
    "GET /repos/alice/demo/commits/fed/status": { status: 200, body: { state: "pending", statuses: [] } },
  });
  await using _ = server;
  expect(await repository.checksOf("abc")).toEqual({ passed: 3, failed: 3, running: 3 });
  expect(await repository.checksOf("def")).toBeNull();
  expect(await repository.checksOf("fed")).toEqual({ passed: 0, failed: 0, running: 0 });
});

test("reads one with its numbers", async () => {
  const body = pull(9, { merged: true, state: "closed", commits: 2, additions: 3, deletions: 1, changed_files: 2 });
  const { server, repository } = await startGitHub({ [`GET ${PULLS}/9`]: { status: 200, body } });
  await using _ = server;
  expect(await repository.getPullRequest(9)).toMatchObject({
    merged: true,
    commits: 2,
    additions: 3,
    deletions: 1,
    changedFiles: 2,
  });
  expect(await githubFailureOf(repository.getPullRequest(10))).toMatchObject({ kind: "lost", reason: "not_found" });
});
