import { expect, test } from "vitest";
import { createGitHubClient } from "@/server/github/github-client";
import { createGitHubReader } from "@/server/github/reader";
import { startScriptedServer, type Reply } from "@/server/testing/scripted-server";
import { githubFailureOf } from "@/server/testing/scripted-github";

async function reader(reply: Reply) {
  const server = await startScriptedServer(() => reply);
  const client = createGitHubClient({ apiUrl: server.url, fetch, now: () => new Date("2026-11-22T09:00:00Z") });
  return { server, reader: createGitHubReader(client, "fake-user-token") };
}

test("says what is fresh, where it goes on, and what GitHub still allows", async () => {
  const { server, reader: github } = await reader({
    status: 200,
    body: [{ id: 9, login: "acme", avatar_url: "https://avatars.githubusercontent.com/u/9", node_id: "x" }],
    headers: {
      etag: 'W/"abc"',
      link: '<https://api.github.test/user/orgs?page=3&per_page=50>; rel="next", <https://api.github.test/x>; rel="last"',
      "x-ratelimit-limit": "5000",
      "x-ratelimit-remaining": "4000",
      "x-ratelimit-used": "1000",
      "x-ratelimit-reset": "1795338000",
    },
  });
  await using _closed = server;
  expect(await github.ask<"orgs">({ kind: "orgs", page: 2 }, null)).toEqual({
    outcome: "fresh",
    value: [{ id: 9, login: "acme", avatarUrl: "https://avatars.githubusercontent.com/u/9" }],
    etag: 'W/"abc"',
    nextPage: 3,
    rateLimit: { resource: "core", limit: 5000, remaining: 4000, used: 1000, resetAt: "2026-11-22T09:00:00.000Z" },
  });
  expect(server.seen[0]).toMatchObject({ url: "/user/orgs?per_page=50&page=2" });
  expect(server.seen[0]?.headers).not.toHaveProperty("if-none-match");
});

test("names the answer that is known, and takes 304 for it", async () => {
  const { server, reader: github } = await reader({ status: 304, headers: { etag: 'W/"abc"' } });
  await using _closed = server;
  expect(await github.ask<"profile">({ kind: "profile" }, 'W/"abc"')).toEqual({
    outcome: "unchanged",
    rateLimit: null,
  });
  expect(server.seen[0]?.headers["if-none-match"]).toBe('W/"abc"');
  // Nobody asked whether something changed, so this is no answer.
  expect(await githubFailureOf(github.ask<"profile">({ kind: "profile" }, null))).toMatchObject({
    kind: "unavailable",
  });
});

test("takes nothing for an answer that is none", async () => {
  const { server, reader: github } = await reader({ status: 200, body: [{ login: 5 }] });
  await using _closed = server;
  expect(await githubFailureOf(github.ask<"orgs">({ kind: "orgs", page: 1 }, null))).toMatchObject({
    kind: "unavailable",
  });
});

test("leaves no room for a path or a qualifier in what people type", async () => {
  const { server, reader: github } = await reader({ status: 200, body: { items: [] } });
  await using _closed = server;
  const text = 'a repo:x/y "b" (c) OR org:z';
  await github.ask<"issue_search">({ kind: "issue_search", owner: "acme", name: "widgets", text, page: 1 }, null);
  const query = new URL(server.seen[0]?.url ?? "", server.url).searchParams.get("q");
  expect(query).toBe("repo:acme/widgets is:issue is:open in:title,body a repo x/y  b   c  or org z");
  await github.ask<"issue">({ kind: "issue", owner: "a/../b", name: "x", number: 1 }, null).catch(() => null);
  expect(server.seen[1]?.url).toBe("/repos/a%2F..%2Fb/x/issues/1");
});
