import { z } from "zod";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startLocalGitHub, type StartedGitHub } from "@/server/testing/local-github";
import { callsOf, githubFailureOf, startGitHub } from "@/server/testing/scripted-github";

const comments = (nodes: unknown[], totalCount = nodes.length) => ({ totalCount, nodes });
const said = (id: number, rest: Record<string, unknown> = {}) => ({
  fullDatabaseId: String(id),
  createdAt: "2026-11-20T10:00:00Z",
  lastEditedAt: null,
  isMinimized: false,
  body: "Yes.",
  author: { __typename: "User", login: "mona", databaseId: 7 },
  ...rest,
});
const linked = (number: number, nameWithOwner = "Alice/Demo") => ({
  number,
  title: `Issue ${number}`,
  state: "OPEN",
  repository: { nameWithOwner },
});
const answerOf = (issue: unknown) => ({
  status: 200,
  body: { data: { repository: { isPrivate: true, nameWithOwner: "alice/demo", issue } } },
});
const refusal = (type: string | undefined) => ({
  status: 200,
  body: { data: null, errors: [{ ...(type === undefined ? {} : { type }), message: "no" }] },
});

describe("the thread of an issue", () => {
  test("is one question: its newest comments, and the issues that are linked to it", async () => {
    const { server, repository } = await startGitHub({
      "POST /graphql": answerOf({
        comments: comments(
          [
            said(4_000_000_001, { author: null }),
            null,
            said(4_000_000_002, { author: { __typename: "Bot", login: "ci" } }),
          ],
          104,
        ),
        parent: linked(3),
        subIssues: { nodes: [linked(4), null] },
        blockedBy: { nodes: [linked(5, "acme/other")] },
      }),
    });
    await using _ = server;
    const thread = await repository.thread(12);
    expect(thread).toMatchObject({ isPrivate: true, untold: 102 });
    expect(thread.comments.map(({ id, author }) => [id, author])).toEqual([
      [4_000_000_001, null],
      [4_000_000_002, { login: "ci", id: null, isBot: true }],
    ]);
    expect(thread.linked.map(({ relation, number, elsewhere }) => [relation, number, elsewhere])).toEqual([
      ["parent", 3, null],
      ["sub-issue", 4, null],
      ["blocked by", 5, "acme/other"],
    ]);
    expect(callsOf(server.seen)).toEqual(["POST /graphql"]);
  });

  test.each([undefined, "FORBIDDEN", "NOT_FOUND"])(
    "goes without linked issues where they are refused: %s",
    async (type) => {
      const { server, repository } = await startGitHub({
        "POST /graphql": ({ json }) => {
          const { query } = z.object({ query: z.string() }).parse(json);
          return query.includes("blockedBy") ? refusal(type) : answerOf({ comments: comments([said(1)]) });
        },
      });
      await using _ = server;
      expect(await repository.thread(12)).toMatchObject({ comments: [{ id: 1 }], linked: [] });
    },
  );

  test.each<[string, unknown]>([
    ["another form", { comments: { nodes: "none" } }],
    ["an id that is no number", { comments: comments([said(1, { fullDatabaseId: "x" })]) }],
    ["no such issue", null],
  ])("%s is a failure", async (_, issue) => {
    const { server, repository } = await startGitHub({ "POST /graphql": answerOf(issue) });
    await using __ = server;
    expect((await githubFailureOf(repository.thread(12))).kind).toMatch(/unavailable|lost/);
  });
});

describe("who may write", () => {
  const ask = async (count: number) => {
    const all = Array.from({ length: count }, (_, index) => ({ id: index + 1, permissions: { push: true } }));
    const started = await startGitHub({
      "GET /repos/alice/demo/collaborators": ({ url }) => {
        const page = Number(new URL(url, "http://x").searchParams.get("page"));
        return { status: 200, body: all.slice((page - 1) * 100, page * 100) };
      },
    });
    await using _ = started.server;
    const writers = await started.repository.writers();
    const again = await started.repository.writers();
    return { writers, again, calls: callsOf(started.server.seen) };
  };

  test.each([
    [0, 0, 1],
    [99, 99, 1],
    [100, 100, 3],
    [299, 299, 3],
    [450, 300, 3],
  ])("%i people: %i are known after %i calls, and asked once in five minutes", async (count, known, pages) => {
    const { writers, again, calls } = await ask(count);
    expect([writers.size, again === writers, calls.length]).toEqual([known, true, pages]);
    expect(calls[0]).toBe("GET /repos/alice/demo/collaborators?permission=push&per_page=100&page=1");
  });

  test("roles are GitHub's flags, and who has none of them is not on the list", async () => {
    const { server, repository } = await startGitHub({
      "GET /repos/alice/demo/collaborators": {
        status: 200,
        body: [
          { id: 1, permissions: { admin: true, maintain: true, push: true } },
          { id: 2, permissions: { maintain: true, push: true } },
          { id: 3, permissions: { push: true } },
          { id: 4, permissions: { triage: true, pull: true } },
          { id: 5 },
        ],
      },
    });
    await using _ = server;
    expect([...(await repository.writers())]).toEqual([
      [1, "admin"],
      [2, "maintain"],
      [3, "write"],
    ]);
  });
});

describe("the local GitHub", () => {
  let hub: StartedGitHub;
  beforeAll(async () => {
    hub = await startLocalGitHub();
  });
  afterAll(() => hub.close());

  test("answers both by its published types", async () => {
    const comment = (body: string) =>
      fetch(`${hub.url}/repos/octocat/hello-porter/issues/1/comments`, {
        method: "POST",
        headers: { authorization: `Bearer ${hub.ownerToken}`, "content-type": "application/json" },
        body: JSON.stringify({ body }),
      });
    await comment("The decision is B.");
    const [thread, writers] = await Promise.all([hub.repository.thread(1), hub.repository.writers()]);
    const decision = thread.comments.at(-1);
    expect(decision).toMatchObject({ body: "The decision is B.", lastEditedAt: null, author: { login: "octocat" } });
    expect(writers.get(decision?.author?.id ?? 0)).toBe("admin");
  });
});
