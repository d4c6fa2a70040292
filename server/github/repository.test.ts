import { describe, expect, test } from "vitest";
import { callsOf, githubFailureOf, INSTALLATION_TOKEN, startGitHub } from "@/server/testing/scripted-github";
import type { Reply, SeenRequest } from "@/server/testing/scripted-server";

const REPO = "/repos/alice/demo";

describe("permission", () => {
  test.each([
    ["admin", "admin", "admin"],
    ["write", "maintain", "maintain"],
    ["write", "write", "write"],
    ["write", "our-custom-role", "write"],
    ["read", "triage", "triage"],
    ["read", "read", "read"],
    ["read", "maintain", "read"],
    ["none", "none", "none"],
    ["superuser", "admin", "none"],
  ])("%s with role %s is %s", async (permission, role_name, expected) => {
    const body = { permission, role_name, user: { id: 3, login: "bob" } };
    const { server, repository } = await startGitHub({
      [`GET ${REPO}/collaborators/bob/permission`]: { status: 200, body },
    });
    await using _ = server;
    expect(await repository.permissionOf("bob")).toEqual({ permission: expected, userId: 3 });
  });
  test("404 is none, and trouble is not", async () => {
    const { server, repository } = await startGitHub({ [`GET ${REPO}/collaborators/eve/permission`]: { status: 500 } });
    await using _ = server;
    expect(await repository.permissionOf("bob")).toEqual({ permission: "none", userId: null });
    expect(await githubFailureOf(repository.permissionOf("eve"))).toMatchObject({ kind: "unavailable" });
  });
});

test("a person is found by their number, under the login of today", async () => {
  const { server, repository } = await startGitHub({
    "GET /user/3": { status: 200, body: { id: 3, login: "bobby" } },
    "GET /user/4": { status: 404 },
    "GET /user/5": { status: 502 },
  });
  await using _ = server;
  expect(await repository.loginOf(3)).toBe("bobby");
  expect(await repository.loginOf(4)).toBeNull();
  expect(await githubFailureOf(repository.loginOf(5))).toMatchObject({ kind: "unavailable" });
});

test("get answers identity by id and today's name", async () => {
  const body = {
    id: 1,
    name: "renamed",
    owner: { login: "bob" },
    private: true,
    default_branch: "trunk",
    archived: true,
  };
  const { server, repository } = await startGitHub({ [`GET ${REPO}`]: { status: 200, body } });
  await using _ = server;
  expect(await repository.get()).toEqual({
    id: 1,
    owner: "bob",
    name: "renamed",
    defaultBranch: "trunk",
    private: true,
    archived: true,
  });
});

describe("branches", () => {
  const sha = "a".repeat(40);
  test("a slash in a branch is a path, everything else is encoded", async () => {
    const { server, repository } = await startGitHub({
      [`GET ${REPO}/git/ref/heads/porter/task%231`]: { status: 200, body: { object: { sha } } },
      [`GET ${REPO}/compare/main...porter/task%231`]: {
        status: 200,
        body: {
          ahead_by: 2,
          total_commits: 2,
          files: [
            { filename: "a", status: "modified", additions: 3, deletions: 1, patch: "@@ -1 +1 @@" },
            { filename: "b", previous_filename: "c", status: "renamed", additions: 4, deletions: 0 },
          ],
        },
      },
    });
    await using _ = server;
    expect(await repository.branchSha("porter/task#1")).toBe(sha);
    expect(await repository.compare("main", "porter/task#1")).toEqual({
      files: [
        { path: "a", from: null, kind: "changed", additions: 3, deletions: 1, patch: "@@ -1 +1 @@" },
        { path: "b", from: "c", kind: "renamed", additions: 4, deletions: 0, patch: null },
      ],
      isWhole: true,
    });
    expect(server.seen[1]?.url).toBe(`${REPO}/compare/main...porter/task%231?per_page=1`);
  });
  test("what is missing, empty or no branch at all is null", async () => {
    const { server, repository } = await startGitHub({
      [`GET ${REPO}/git/ref/heads/main`]: { status: 409, body: { message: "Git Repository is empty." } },
    });
    await using _ = server;
    expect(await repository.branchSha("main")).toBeNull();
    expect(await repository.branchSha("nothing")).toBeNull();
    expect(await repository.compare("main", "nothing")).toBeNull();
    const before = server.seen.length;
    expect(await repository.branchSha("../../../user")).toBeNull();
    expect(await repository.compare("..", "x")).toBeNull();
    expect(server.seen).toHaveLength(before);
  });
});

describe("comments", () => {
  const comment = (id: number, rest: object = {}) => ({
    id,
    html_url: `c${id}`,
    body: `text ${id}`,
    user: { login: "bob", id: 3 },
    ...rest,
  });
  const bot = { user: { login: "Porter-Dev[bot]", id: 4242 } };
  const COMMENTS = `GET ${REPO}/issues/7/comments`;

  test("reacts, creates, edits and reads", async () => {
    const { server, repository } = await startGitHub({
      [`POST ${REPO}/issues/comments/5/reactions`]: { status: 200, body: { id: 1 } },
      [`POST ${REPO}/issues/7/comments`]: { status: 201, body: comment(5) },
      [`PATCH ${REPO}/issues/comments/5`]: { status: 200, body: comment(5) },
      [`GET ${REPO}/issues/comments/5`]: {
        status: 200,
        body: comment(5, { performed_via_github_app: { id: 777 }, body: null, user: null }),
      },
      [`GET ${REPO}/issues/comments/6`]: { status: 410 },
    });
    await using _ = server;
    await repository.reactToComment(5, "eyes");
    expect(await repository.createComment(7, "hello")).toEqual({ id: 5, url: "c5" });
    await repository.updateComment(5, "again");
    expect(await repository.getComment(5)).toEqual({
      id: 5,
      body: "",
      authorLogin: "ghost",
      authorId: 0,
      viaAppId: 777,
    });
    expect(await repository.getComment(6)).toBeNull();
    expect(server.seen.slice(0, 3).map(({ json }) => json)).toEqual([
      { content: "eyes" },
      { body: "hello" },
      { body: "again" },
    ]);
  });

  test("own ones are those of this App, by App or by bot, whatever they claim in their text", async () => {
    const body = [
      comment(1, bot),
      comment(2),
      comment(3, { performed_via_github_app: { id: 777 } }),
      comment(4, { performed_via_github_app: { id: 778 }, user: { login: "other[bot]", id: 9 } }),
      comment(5, { user: { login: "porter-dev", id: 10 }, body: "<!-- porter:task=x -->" }),
      comment(6, { user: null }),
    ];
    const { server, repository } = await startGitHub({ [COMMENTS]: { status: 200, body } });
    await using _ = server;
    expect((await repository.ownComments(7, 10)).map(({ id }) => id)).toEqual([3, 1]);
    expect((await repository.ownComments(7, 1)).map(({ id }) => id)).toEqual([3]);
  });

  test("the newest come from the last page, and 10 pages are enough", async () => {
    const reply = ({ url }: SeenRequest): Reply => {
      const page = Number(new URL(url, "http://x.invalid").searchParams.get("page"));
      const link = `<http://x.invalid/c?per_page=100&page=2>; rel="next", <http://x.invalid/c?per_page=100&page=30>; rel="last"`;
      return { status: 200, body: [comment(page, page === 25 || page === 2 ? bot : {})], headers: { link } };
    };
    const { server, repository } = await startGitHub({ [COMMENTS]: reply });
    await using _ = server;
    expect((await repository.ownComments(7, 1)).map(({ id }) => id)).toEqual([25]);
    expect(server.seen.map(({ url }) => new URL(url, "http://x.invalid").searchParams.get("page"))).toEqual([
      "1",
      "30",
      "29",
      "28",
      "27",
      "26",
      "25",
    ]);
    expect((await repository.ownComments(7, 2)).map(({ id }) => id)).toEqual([25]);
    expect(server.seen).toHaveLength(7 + 11);
  });
});

describe("labels", () => {
  const LABELS = `${REPO}/issues/7/labels`;
  const names = (...list: string[]): Reply => ({ status: 200, body: list.map((name) => ({ name })) });
  const added: Reply = { status: 200, body: [] };

  test("makes the missing label with its colour, adds it, then removes Porter's others and nothing else", async () => {
    const { server, repository } = await startGitHub({
      [`GET ${LABELS}`]: names("bug", "porter:queued", "Porter:Failed", "porter:own-idea"),
      [`POST ${REPO}/labels`]: { status: 201 },
      [`POST ${LABELS}`]: added,
      [`DELETE ${LABELS}/porter%3Aqueued`]: { status: 404, body: { message: "Label does not exist" } },
      [`DELETE ${LABELS}/Porter%3AFailed`]: { status: 200, body: [] },
    });
    await using _ = server;
    await repository.setPorterLabel(7, "porter:running");
    expect(callsOf(server.seen)).toEqual([
      `GET ${LABELS}?per_page=100`,
      `GET ${REPO}/labels/porter%3Arunning`,
      `POST ${REPO}/labels`,
      `POST ${LABELS}`,
      `DELETE ${LABELS}/porter%3Aqueued`,
      `DELETE ${LABELS}/Porter%3AFailed`,
    ]);
    expect(server.seen[2]?.json).toEqual({
      name: "porter:running",
      color: "fbca04",
      description: "Porter is working on this issue",
    });
    expect(server.seen[3]?.json).toEqual({ labels: ["porter:running"] });
  });

  test("writes nothing when it is right already, whatever the case", async () => {
    const { server, repository } = await startGitHub({ [`GET ${LABELS}`]: names("bug", "Porter:Running") });
    await using _ = server;
    await repository.setPorterLabel(7, "porter:running");
    expect(server.seen).toHaveLength(1);
  });

  test("leaves a label's colour to the people who changed it, and looks only once", async () => {
    const { server, github, repository } = await startGitHub({
      [`GET ${LABELS}`]: names(),
      [`GET ${REPO}/labels/porter%3Aqueued`]: { status: 200, body: { name: "porter:queued", color: "000000" } },
      [`POST ${LABELS}`]: added,
    });
    await using _ = server;
    await repository.setPorterLabel(7, "porter:queued");
    await github
      .repository({ id: 1, owner: "alice", name: "demo" }, INSTALLATION_TOKEN)
      .setPorterLabel(7, "porter:queued");
    expect(callsOf(server.seen).filter((call) => call.includes(`${REPO}/labels`))).toEqual([
      `GET ${REPO}/labels/porter%3Aqueued`,
    ]);
  });

  test("another reconcile that made the label first is no trouble; another refusal is", async () => {
    const exists: Reply = {
      status: 422,
      body: { message: "Validation Failed", errors: [{ resource: "Label", code: "already_exists", field: "name" }] },
    };
    const replies: Reply[] = [
      exists,
      { status: 422, body: { message: "Validation Failed", errors: [{ code: "invalid", field: "color" }] } },
    ];
    const { server, repository } = await startGitHub({
      [`GET ${LABELS}`]: names(),
      [`POST ${REPO}/labels`]: () => replies.shift() ?? "reset",
      [`POST ${LABELS}`]: added,
    });
    await using _ = server;
    await repository.setPorterLabel(7, "porter:success");
    expect(await githubFailureOf(repository.setPorterLabel(7, "porter:failed"))).toMatchObject({ kind: "invalid" });
  });

  test("null takes Porter's label away", async () => {
    const { server, repository } = await startGitHub({
      [`GET ${LABELS}`]: names("porter:queued"),
      [`DELETE ${LABELS}/porter%3Aqueued`]: added,
    });
    await using _ = server;
    await repository.setPorterLabel(7, null);
    expect(server.seen).toHaveLength(2);
  });
});
