import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { createGitHub } from "@/server/github/github";
import { GitHubError } from "@/server/github/port";
import { callsOf, githubFailureOf, INSTALLATION_TOKEN, NOW, startGitHub } from "@/server/testing/scripted-github";
import { startScriptedServer } from "@/server/testing/scripted-server";
import type { Reply } from "@/server/testing/scripted-server";

const GET = "GET /repos/alice/demo";
const demo = {
  id: 1,
  name: "demo",
  owner: { login: "alice" },
  private: false,
  default_branch: "main",
  archived: false,
};

test("every call says who asks, which version it speaks, and carries a 520 character token unchanged", async () => {
  const { server, repository } = await startGitHub({ [GET]: { status: 200, body: demo } });
  await using _ = server;
  await repository.get();
  expect(INSTALLATION_TOKEN).toHaveLength(520);
  expect(server.seen[0]?.headers).toMatchObject({
    authorization: `Bearer ${INSTALLATION_TOKEN}`,
    "user-agent": "porter",
    "x-github-api-version": "2022-11-28",
    accept: "application/vnd.github+json",
  });
});

const reset = (seconds: number) => String(NOW.getTime() / 1000 + seconds);
const failures: [string, Reply, object][] = [
  ["401", { status: 401, body: { message: "Bad credentials" } }, { kind: "unauthenticated" }],
  [
    "403 with Retry-After",
    { status: 403, headers: { "retry-after": "90" } },
    { kind: "limited", retryAfterMs: 90_000 },
  ],
  [
    "403 with a date",
    { status: 403, headers: { "retry-after": "Sun, 22 Nov 2026 09:00:30 GMT" } },
    { kind: "limited", retryAfterMs: 30_000 },
  ],
  [
    "403 with an absurd wait",
    { status: 403, headers: { "retry-after": "99999999" } },
    { kind: "limited", retryAfterMs: 7_200_000 },
  ],
  ["403 with a wait of 0", { status: 403, headers: { "retry-after": "0" } }, { kind: "limited", retryAfterMs: 1000 }],
  [
    "403 at the primary limit",
    { status: 403, headers: { "x-ratelimit-remaining": "0", "x-ratelimit-reset": reset(600) } },
    { kind: "limited", retryAfterMs: 600_000 },
  ],
  [
    "a secondary limit by its text",
    {
      status: 403,
      body: { message: "You have exceeded a secondary rate limit." },
      headers: { "x-ratelimit-remaining": "4000" },
    },
    { kind: "limited", retryAfterMs: 60_000 },
  ],
  ["429 without a word", { status: 429 }, { kind: "limited", retryAfterMs: 60_000 }],
  [
    "422 for haste",
    { status: 422, body: { message: "Validation Failed", errors: ["was submitted too quickly"] } },
    { kind: "limited" },
  ],
  [
    "a permission that the App lacks",
    {
      status: 403,
      body: { message: "Resource not accessible by integration" },
      headers: { "x-accepted-github-permissions": "issues=write" },
    },
    {
      kind: "lost",
      reason: "permission",
      message: expect.stringContaining("(needs issues=write)"),
    },
  ],
  [
    "an IP allow list",
    {
      status: 403,
      body: {
        message:
          "Although you appear to have the correct authorization credentials, the `acme` organization has an IP allow list enabled, and your IP address is not permitted to access this resource.",
      },
    },
    { kind: "lost", reason: "ip_allow_list" },
  ],
  [
    "an IP allow list in other words",
    { status: 403, body: { message: "Your IP is not on the organization's allow-list." } },
    { kind: "lost", reason: "ip_allow_list" },
  ],
  [
    "a permission that a GitHub App lacks",
    { status: 403, body: { message: "Resource not accessible by GitHub App" } },
    { kind: "lost", reason: "permission" },
  ],
  [
    "single sign-on by its header",
    {
      status: 403,
      body: { message: "Forbidden" },
      headers: { "x-github-sso": "required; url=https://github.test/sso" },
    },
    { kind: "lost", reason: "saml" },
  ],
  [
    "single sign-on by its text",
    {
      status: 403,
      body: {
        message:
          "Resource protected by organization SAML enforcement. You must grant your OAuth token access to this organization.",
      },
    },
    { kind: "lost", reason: "saml" },
  ],
  [
    "an archived repository",
    { status: 403, body: { message: "Repository was archived so is read-only." } },
    { kind: "lost", reason: "archived" },
  ],
  [
    "403 for no known reason",
    { status: 403, body: { message: "Must have admin rights to Repository." } },
    { kind: "lost", reason: "forbidden" },
  ],
  ["a page of somebody in between", { status: 403, body: "<html>Just a moment...</html>" }, { kind: "unavailable" }],
  [
    "403 with calls left",
    { status: 403, headers: { "x-ratelimit-remaining": "12" } },
    { kind: "lost", reason: "forbidden" },
  ],
  [
    "a locked issue",
    { status: 403, body: { message: "Unable to create comment because issue is locked." } },
    { kind: "lost", reason: "locked" },
  ],
  [
    "a suspended installation",
    { status: 403, body: { message: "This installation has been suspended" } },
    { kind: "lost", reason: "suspended" },
  ],
  ["404", { status: 404, body: { message: "Not Found" } }, { kind: "lost", reason: "not_found" }],
  ["404 for the App itself", { status: 404, body: { message: "Integration not found" } }, { kind: "unauthenticated" }],
  ["410", { status: 410, body: { message: "This issue was deleted" } }, { kind: "lost", reason: "gone" }],
  ["451", { status: 451 }, { kind: "lost", reason: "forbidden" }],
  [
    "422",
    {
      status: 422,
      body: {
        message: "Validation Failed",
        errors: [{ resource: "Label", field: "name", code: "already_exists" }, { message: "no" }, "text"],
      },
    },
    { kind: "invalid", errors: ["Label name already_exists", "no", "text"] },
  ],
  ["400", { status: 400, body: "nonsense" }, { kind: "invalid", errors: [] }],
  ["500", { status: 500, body: "<html>unicorn</html>" }, { kind: "unavailable" }],
  ["503", { status: 503 }, { kind: "unavailable" }],
  ["408", { status: 408 }, { kind: "unavailable" }],
  ["304", { status: 304 }, { kind: "unavailable" }],
  ["a reset connection", "reset", { kind: "unavailable" }],
  ["200 that is not JSON", { status: 200, body: "<html>captive portal</html>" }, { kind: "unavailable" }],
  [
    "200 without a field",
    { status: 200, body: { ...demo, owner: {} } },
    { kind: "unavailable", message: expect.stringContaining("owner.login") },
  ],
];
test.each(failures)("maps %s", async (_, reply, expected) => {
  const { server, repository } = await startGitHub({ [GET]: reply });
  await using __ = server;
  expect(await githubFailureOf(repository.get())).toMatchObject(expected);
});

test("the message names call and request, is one line, and neither error nor cause shows the token", async () => {
  const body = { message: `no\nway ${"x".repeat(5000)}` };
  const { server, repository } = await startGitHub({
    [GET]: { status: 403, body, headers: { "x-github-request-id": "AB:CD" } },
  });
  await using _ = server;
  const error: unknown = await repository.get().catch((thrown: unknown) => thrown);
  if (!(error instanceof GitHubError)) throw new Error("no failure");
  expect(error.message).toMatch(/^GitHub answered 403 to GET \/repos\/alice\/demo: no way x+ \(request AB:CD\)$/);
  expect(error.message.length).toBeLessThan(600);
  expect(inspect(error, { depth: 20 })).not.toContain("ghs_777");
});

test("a broken connection's cause does not show the token either", async () => {
  const { server, repository } = await startGitHub({ [GET]: "reset" });
  await using _ = server;
  const error: unknown = await repository.get().catch((thrown: unknown) => thrown);
  expect(inspect(error, { depth: 20 })).not.toContain("ghs_777");
});

test("silence ends with the time-out that every call carries", async () => {
  await using server = await startScriptedServer(() => "hang");
  let signalled = false;
  const impatient: typeof fetch = (url, init) => {
    signalled = init?.signal instanceof AbortSignal;
    return fetch(url, { ...init, signal: AbortSignal.timeout(30) });
  };
  const github = createGitHub({
    apiUrl: server.url,
    appId: 1,
    appSlug: "x",
    privateKey: "",
    oauth: { webUrl: "https://github.example", clientId: "fake", clientSecret: "fake" },
    fetch: impatient,
    now: () => NOW,
  });
  expect(await githubFailureOf(github.user("fake").profile())).toMatchObject({ kind: "unavailable" });
  expect(signalled).toBe(true);
});

describe("redirects", () => {
  test("a renamed repository is found, also by a POST, which stays a POST with its body", async () => {
    const { server, repository } = await startGitHub({
      "POST /repos/alice/demo/issues/7/comments": {
        status: 307,
        headers: { location: "/repositories/1/issues/7/comments" },
      },
      "POST /repositories/1/issues/7/comments": { status: 201, body: { id: 5, html_url: "https://github.example/c" } },
    });
    await using _ = server;
    expect(await repository.createComment(7, "text")).toEqual({ id: 5, url: "https://github.example/c" });
    expect(server.seen[1]).toMatchObject({ method: "POST", json: { body: "text" } });
    expect(server.seen[1]?.headers.authorization).toBe(`Bearer ${INSTALLATION_TOKEN}`);
  });

  test("no token and no request goes to another origin", async () => {
    await using other = await startScriptedServer(() => ({ status: 200, body: demo }));
    const { server, repository } = await startGitHub({
      [GET]: { status: 301, headers: { location: `${other.url}/repositories/1` } },
    });
    await using _ = server;
    expect(await githubFailureOf(repository.get())).toMatchObject({ kind: "unavailable" });
    expect(other.seen).toEqual([]);
  });

  test("a circle ends", async () => {
    const { server, repository } = await startGitHub({
      [GET]: { status: 301, headers: { location: "/repos/alice/demo" } },
    });
    await using _ = server;
    expect(await githubFailureOf(repository.get())).toMatchObject({ kind: "unavailable" });
    expect(server.seen).toHaveLength(4);
  });
});

describe("hostile values", () => {
  test("a name cannot leave its path segment", async () => {
    const { server, github, repository } = await startGitHub({});
    await using _ = server;
    for (const name of ["..", ".", ""]) {
      const lost = github.repository({ id: 1, owner: "alice", name }, "fake");
      expect(await githubFailureOf(lost.get())).toMatchObject({ kind: "lost", reason: "not_found" });
    }
    expect(server.seen).toHaveLength(0);
    expect(await repository.permissionOf("a/../b?x#y:z{q}")).toEqual({ permission: "none", userId: null });
    expect(callsOf(server.seen)).toEqual([
      "GET /repos/alice/demo/collaborators/a%2F..%2Fb%3Fx%23y%3Az%7Bq%7D/permission",
    ]);
  });

  test("text with lone surrogates, NUL or octokit's own number form arrives as valid JSON", async () => {
    const { server, repository } = await startGitHub({
      "PATCH /repos/alice/demo/issues/comments/5": { status: 200, body: {} },
    });
    await using _ = server;
    for (const [sent, received] of [
      ["a\ud800b\0c", "a\uFFFDb\uFFFDc"],
      ["123n", "123n"],
      ["👩‍💻 żółć {owner}", "👩‍💻 żółć {owner}"],
    ] as const) {
      await repository.updateComment(5, sent);
      expect(server.seen.at(-1)?.json).toEqual({ body: received });
    }
  });
});
