import { describe, expect, test } from "vitest";
import { callsOf, githubFailureOf, INSTALLATION_TOKEN, startGitHub } from "@/server/testing/scripted-github";
import type { Reply } from "@/server/testing/scripted-server";

const app = { id: 777, slug: "porter-dev", name: "Porter" };

describe("identity", () => {
  test("is looked up once, the App by its JWT, the bot by the installation token", async () => {
    const { server, github } = await startGitHub({
      "GET /app": { status: 200, body: app },
      "GET /users/porter-dev%5Bbot%5D": { status: 200, body: { login: "porter-dev[bot]", id: 4242 } },
    });
    await using _ = server;
    const identity = { appId: 777, slug: "porter-dev", botLogin: "porter-dev[bot]", botId: 4242 };
    expect(await github.app.identity(INSTALLATION_TOKEN)).toEqual(identity);
    expect(await github.app.identity()).toEqual(identity);
    expect(server.seen).toHaveLength(2);
    expect(server.seen[0]?.headers.authorization).toMatch(/^Bearer [\w-]+\.[\w-]+\.[\w-]+$/);
    expect(server.seen[1]?.headers.authorization).toBe(`Bearer ${INSTALLATION_TOKEN}`);
  });

  test("without a token asks for the bot as nobody, because GitHub takes no JWT there", async () => {
    const { server, github } = await startGitHub({ "GET /app": { status: 200, body: app } });
    await using _ = server;
    expect(await github.app.identity()).toMatchObject({ botLogin: "porter-dev[bot]", botId: 0 });
    expect(server.seen[1]?.headers.authorization).toBeUndefined();
  });

  test("a bot that cannot be read now has id 0 and is asked for again", async () => {
    const replies: Reply[] = [{ status: 429 }, { status: 200, body: { login: "porter-dev[bot]", id: 4242 } }];
    const { server, github } = await startGitHub({
      "GET /app": { status: 200, body: app },
      "GET /users/porter-dev%5Bbot%5D": () => replies.shift() ?? "reset",
    });
    await using _ = server;
    expect((await github.app.identity()).botId).toBe(0);
    expect((await github.app.identity()).botId).toBe(4242);
  });
});

describe("installations", () => {
  test("tells the installation of a repository, null when the App is not there", async () => {
    const { server, github } = await startGitHub({
      "GET /repos/alice/demo/installation": { status: 200, body: { id: 100, account: { login: "alice" } } },
      "GET /repos/acme/big/installation": { status: 200, body: { id: 101, account: { slug: "acme-enterprise" } } },
    });
    await using _ = server;
    expect(await github.app.installationForRepository({ owner: "alice", name: "demo" })).toEqual({
      id: 100,
      account: "alice",
    });
    expect(await github.app.installationForRepository({ owner: "acme", name: "big" })).toEqual({
      id: 101,
      account: "acme-enterprise",
    });
    expect(await github.app.installationForRepository({ owner: "alice", name: "other" })).toBeNull();
  });

  test("finds a repository by its id under today's name", async () => {
    const body = { id: 1, name: "renamed", owner: { login: "bob" }, private: true, default_branch: "main" };
    const { server, github } = await startGitHub({ "GET /repositories/1": { status: 200, body } });
    await using _ = server;
    expect(await github.app.repositoryById(1, INSTALLATION_TOKEN)).toEqual({ owner: "bob", name: "renamed" });
    expect(await github.app.repositoryById(2, INSTALLATION_TOKEN)).toBeNull();
  });
});

describe("installation tokens", () => {
  const answer = { token: INSTALLATION_TOKEN, expires_at: "2026-11-22T10:00:00Z", permissions: { contents: "write" } };
  const PATH = "POST /app/installations/100/access_tokens";

  test("are narrowed to the repositories and permissions asked for", async () => {
    const { server, github } = await startGitHub({ [PATH]: { status: 201, body: answer } });
    await using _ = server;
    const token = await github.app.createInstallationToken({
      installationId: 100,
      repositoryIds: [1],
      permissions: { contents: "write" },
    });
    expect(token).toEqual({ token: INSTALLATION_TOKEN, expiresAt: "2026-11-22T10:00:00Z" });
    await github.app.createInstallationToken({
      installationId: 100,
      repositoryIds: null,
      permissions: { issues: "write" },
    });
    expect(server.seen.map(({ json }) => json)).toEqual([
      { permissions: { contents: "write" }, repository_ids: [1] },
      { permissions: { issues: "write" } },
    ]);
  });

  test("for no repository are not asked for, because GitHub would answer one for all", async () => {
    const { server, github } = await startGitHub({ [PATH]: { status: 201, body: answer } });
    await using _ = server;
    const call = github.app.createInstallationToken({ installationId: 100, repositoryIds: [], permissions: {} });
    expect(await githubFailureOf(call)).toMatchObject({ kind: "invalid" });
    expect(server.seen).toHaveLength(0);
  });

  test.each<[number, object]>([
    [404, { kind: "lost", reason: "not_found" }],
    [403, { kind: "lost", reason: "suspended" }],
    [422, { kind: "invalid" }],
    [401, { kind: "unauthenticated" }],
  ])("%s says what it means", async (status, expected) => {
    const { server, github } = await startGitHub({
      [PATH]: { status, body: { message: "This installation has been suspended" } },
    });
    await using _ = server;
    const call = github.app.createInstallationToken({ installationId: 100, repositoryIds: [1], permissions: {} });
    expect(await githubFailureOf(call)).toMatchObject(expected);
  });

  test("are revoked with themselves; a token that is dead already is revoked", async () => {
    const replies: Reply[] = [{ status: 204 }, { status: 401, body: { message: "Bad credentials" } }, { status: 500 }];
    const { server, github } = await startGitHub({ "DELETE /installation/token": () => replies.shift() ?? "reset" });
    await using _ = server;
    await github.app.revokeInstallationToken(INSTALLATION_TOKEN);
    await github.app.revokeInstallationToken(INSTALLATION_TOKEN);
    expect(await githubFailureOf(github.app.revokeInstallationToken(INSTALLATION_TOKEN))).toMatchObject({
      kind: "unavailable",
    });
    expect(server.seen[0]?.headers.authorization).toBe(`Bearer ${INSTALLATION_TOKEN}`);
  });
});

describe("failed deliveries", () => {
  const delivery = (id: number | string, guid: string, rest: object) => ({
    id,
    guid,
    event: "issue_comment",
    delivered_at: "2026-11-22T08:30:00Z",
    status_code: 200,
    ...rest,
  });
  test("are those whose every attempt failed, once each, since the given time, over all pages", async () => {
    const first = [
      delivery(16, "healed", { status_code: 202 }),
      delivery(15, "dead", { status_code: 503 }),
      delivery(14, "silent", { status_code: 0 }),
      delivery(13, "silent", { status_code: null }),
    ];
    const second = [
      delivery(12, "healed", { status_code: 500 }),
      delivery(11, "wordless", { status_code: undefined }),
      delivery(10, "too-old", { status_code: 500, delivered_at: "2026-11-22T07:59:59Z" }),
    ];
    const { server, github } = await startGitHub({
      "GET /app/hook/deliveries": ({ url }) => {
        if (url.includes("cursor="))
          return { status: 200, body: second, headers: { link: `<http://x.invalid/?cursor=third>; rel="next"` } };
        return {
          status: 200,
          body: first,
          headers: { link: `<http://x.invalid/app/hook/deliveries?per_page=100&cursor=v1_2>; rel="next"` },
        };
      },
    });
    await using _ = server;
    const { failed, isComplete } = await github.app.listFailedDeliveries("2026-11-22T08:00:00Z");
    expect(isComplete).toBe(true);
    expect(failed.map(({ id, guid, statusCode }) => [id, guid, statusCode])).toEqual([
      ["15", "dead", 503],
      ["14", "silent", null],
      ["11", "wordless", null],
    ]);
    expect(callsOf(server.seen)).toEqual([
      "GET /app/hook/deliveries?per_page=100",
      "GET /app/hook/deliveries?per_page=100&cursor=v1_2",
    ]);
  });

  test("keep an id that a JavaScript number cannot hold", async () => {
    const text = JSON.stringify([delivery(1, "wide", { status_code: 500 })]).replace(
      '"id":1,',
      '"id":2305843009213693953,',
    );
    const { server, github } = await startGitHub({
      "GET /app/hook/deliveries": {
        status: 200,
        body: text,
        headers: { "content-type": "application/json; charset=utf-8" },
      },
      "POST /app/hook/deliveries/2305843009213693953/attempts": { status: 202 },
    });
    await using _ = server;
    const [failed] = (await github.app.listFailedDeliveries("2026-11-22T08:00:00Z")).failed;
    expect(failed?.id).toBe("2305843009213693953");
    await github.app.redeliver(failed?.id ?? "");
  });
});

test("a person's token tells whose it is", async () => {
  const { server, github } = await startGitHub({
    "GET /user": { status: 200, body: { id: 3, login: "Bob", name: null, avatar_url: "a" } },
  });
  await using _ = server;
  expect(await github.user("gho_fake").profile()).toEqual({ id: 3, login: "Bob", name: null, avatarUrl: "a" });
  expect(server.seen[0]?.headers.authorization).toBe("Bearer gho_fake");
});
