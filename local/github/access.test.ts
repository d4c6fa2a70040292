import { generateKeyPairSync } from "node:crypto";
import githubAppJwt from "universal-github-app-jwt";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { startTestGitHub, type TestGitHub } from "./testing.ts";

const repository = "/repos/octocat/hello-porter";
const badCredentials = { message: "Bad credentials", status: "401" };

let hub: TestGitHub;
beforeAll(async () => {
  hub = await startTestGitHub({
    users: [{ login: "helper" }],
    repositories: [
      { owner: "helper", name: "tools", private: true, collaborators: [{ login: "stranger", permission: "push" }] },
      { owner: "helper", name: "other", private: true },
    ],
    installations: [{ account: "helper", repositories: ["tools"] }],
  });
});
afterAll(() => hub.close());

async function control(path: string, body: unknown): Promise<number> {
  return (await hub.api("POST", `/_control/${path}`, { body })).status;
}

describe("tokens", () => {
  test("an unknown token is refused everywhere, /user included", async () => {
    for (const path of [
      "/user",
      repository,
      `${repository}/issues/1`,
      "/rate_limit",
      "/api/v3/user",
      "/installation/repositories",
    ]) {
      const answer = await hub.api("GET", path, { token: "gho_unknown" });
      expect(answer.status).toBe(401);
      expect(answer.body).toMatchObject(badCredentials);
    }
  });

  test("an installation token has GitHub's new long form and is among the tokens seen", async () => {
    const token = await hub.installationToken("octocat");
    expect(token).toMatch(/^ghs_4100_[\w-]+\.[\w-]+\.[\w-]+$/);
    expect(token).toMatch(/-/);
    expect(token.length).toBeGreaterThan(480);
    expect(token.length).toBeLessThan(560);
    expect(hub.github.tokensSeen()).toContain(token);
  });

  test("a revoked installation token is dead, for the API and for git", async () => {
    const token = await hub.installationToken("octocat");
    expect(await hub.git(["ls-remote", hub.cloneUrl("octocat/second-repo", token)])).toContain("refs/heads/main");
    expect((await hub.api("DELETE", "/installation/token", { token })).status).toBe(204);
    expect((await hub.api("GET", repository, { token })).status).toBe(401);
    expect((await hub.api("DELETE", "/installation/token", { token })).status).toBe(401);
    await expect(hub.git(["ls-remote", hub.cloneUrl("octocat/second-repo", token)])).rejects.toThrow(
      "Authentication failed",
    );
    expect(hub.github.tokensSeen()).toContain(token);
  });

  test("an installation token says when it ends, an hour from now, and does not outlive it", async () => {
    const { id } = z.object({ id: z.number() }).parse(hub.github.installations[0]);
    const answer = await hub.api("POST", `/app/installations/${id}/access_tokens`, { token: await hub.appJwt() });
    const issued = z.object({ token: z.string(), expires_at: z.string() }).parse(answer.body);
    const lifeMinutes = (Date.parse(issued.expires_at) - Date.now()) / 60_000;
    expect(lifeMinutes).toBeGreaterThan(59);
    expect(lifeMinutes).toBeLessThanOrEqual(60);
    expect(await control("tokens", { expire: "installations" })).toBe(204);
    expect((await hub.api("GET", repository, { token: issued.token })).status).toBe(401);
  });

  test("a narrowed token cannot do more than it was given", async () => {
    const token = await hub.installationToken("octocat", {
      repositories: ["hello-porter"],
      permissions: { contents: "read" },
    });
    expect((await hub.api("GET", `${repository}/contents/README.md`, { token })).status).toBe(200);
    const comment = await hub.api("POST", `${repository}/issues/1/comments`, { token, body: { body: "no" } });
    expect(comment.status).toBe(403);
    expect(comment.body).toMatchObject({ message: "Resource not accessible by integration" });
    expect((await hub.api("GET", "/repos/octocat/second-repo", { token })).status).toBe(404);
    const list = await hub.api("GET", "/installation/repositories", { token });
    expect(list.body).toMatchObject({ total_count: 1, repositories: [{ full_name: "octocat/hello-porter" }] });
  });

  test("more than the installation has cannot be asked for", async () => {
    const token = await hub.appJwt();
    const { id } = z.object({ id: z.number() }).parse(hub.github.installations[0]);
    for (const body of [{ permissions: { administration: "write" } }, { repositories: ["widgets"] }]) {
      const answer = await hub.api("POST", `/app/installations/${id}/access_tokens`, { token, body });
      expect(answer.status).toBe(422);
    }
    expect((await hub.api("POST", "/app/installations/99/access_tokens", { token })).status).toBe(404);
  });

  test("a person's paths are closed to an installation", async () => {
    const token = await hub.installationToken("octocat");
    expect((await hub.api("GET", "/user", { token })).status).toBe(403);
    expect((await hub.api("GET", "/user/installations", { token })).status).toBe(403);
  });

  test("a JWT of another key, or past its time, is refused", async () => {
    const { privateKey } = generateKeyPairSync("rsa", {
      modulusLength: 2048,
      publicKeyEncoding: { type: "spki", format: "pem" },
      privateKeyEncoding: { type: "pkcs8", format: "pem" },
    });
    const { id, privateKey: ours } = hub.github.app;
    const foreign = await githubAppJwt({ id, privateKey });
    const old = await githubAppJwt({ id, privateKey: ours, now: Math.floor(Date.now() / 1000) - 3_600 });
    const stranger = await githubAppJwt({ id: 1, privateKey: ours });
    expect((await hub.api("GET", "/app", { token: foreign.token })).status).toBe(401);
    expect((await hub.api("GET", "/app", { token: old.token })).status).toBe(401);
    expect((await hub.api("GET", "/app", { token: stranger.token })).status).toBe(404);
    const byClientId = await githubAppJwt({ id: hub.github.app.clientId, privateKey: ours });
    expect((await hub.api("GET", "/app", { token: byClientId.token })).status).toBe(200);
  });
});

test("an installation finds a person by their number", async () => {
  const token = await hub.installationToken("octocat");
  const { id } = z.object({ id: z.number() }).parse((await hub.api("GET", "/users/stranger", { token })).body);
  expect((await hub.api("GET", `/user/${id}`, { token })).body).toMatchObject({ id, login: "stranger" });
  expect((await hub.api("GET", "/user/999999", { token })).status).toBe(404);
});

describe("who may see what", () => {
  test("a person sees the installations they can reach, and their repositories", async () => {
    const listed = async (login: string): Promise<unknown> => {
      const { body } = await hub.api("GET", "/user/installations", { token: hub.userToken(login) });
      const schema = z.object({ installations: z.array(z.object({ account: z.object({ login: z.string() }) })) });
      return schema.parse(body).installations.map(({ account }) => account.login);
    };
    expect(await listed("octocat")).toEqual(["octocat"]);
    expect(await listed("hubot-user")).toEqual(["hubot-user"]);
    expect(await listed("stranger")).toEqual(["helper"]);
    const helper = hub.github.installations.find(({ account }) => account === "helper");
    const path = `/user/installations/${helper?.id}/repositories`;
    const own = await hub.api("GET", path, { token: hub.userToken("helper") });
    expect(own.body).toMatchObject({
      total_count: 1,
      repositories: [{ full_name: "helper/tools", permissions: { admin: true } }],
    });
    const invited = await hub.api("GET", path, { token: hub.userToken("stranger") });
    expect(invited.body).toMatchObject({ repositories: [{ permissions: { admin: false, push: true } }] });
    expect((await hub.api("GET", path, { token: hub.userToken("octocat") })).status).toBe(404);
  });

  test("the permission endpoint says read, none, write or admin, and 404 for nobody", async () => {
    const ask = async (full: string, login: string, token: string): Promise<unknown> =>
      (await hub.api("GET", `/repos/${full}/collaborators/${login}/permission`, { token })).body;
    const token = await hub.installationToken("octocat");
    expect(await ask("octocat/hello-porter", "octocat", token)).toMatchObject({
      permission: "admin",
      role_name: "admin",
    });
    expect(await ask("octocat/hello-porter", "stranger", token)).toMatchObject({
      permission: "read",
      user: { login: "stranger", role_name: "read" },
    });
    expect(await ask("octocat/second-repo", "stranger", token)).toMatchObject({ permission: "none" });
    expect(await ask("octocat/hello-porter", "nobody-here", token)).toMatchObject({ status: "404" });
    const helper = await hub.installationToken("helper");
    expect(await ask("helper/tools", "stranger", helper)).toMatchObject({ permission: "write" });
    expect(await ask("octocat/hello-porter", "octocat", hub.userToken("stranger"))).toMatchObject({ status: "403" });
  });

  test("a private repository does not exist for others, by name and by id", async () => {
    const second = hub.github.repositories.find(({ name }) => name === "second-repo");
    for (const path of [
      "/repos/octocat/second-repo",
      `/repositories/${second?.id}`,
      "/repos/octocat/second-repo/issues",
    ]) {
      expect((await hub.api("GET", path, { token: hub.userToken("octocat") })).status).toBe(200);
      expect((await hub.api("GET", path, { token: hub.userToken("stranger") })).status).toBe(404);
    }
  });

  test("the Enterprise prefix and other spellings reach the same repository", async () => {
    const token = hub.userToken("octocat");
    const plain = await hub.api("GET", repository, { token });
    const prefixed = await hub.api("GET", "/api/v3/repos/OctoCat/Hello-Porter", { token });
    expect(prefixed.body).toEqual(plain.body);
  });

  test("a suspended installation gives no tokens and its old ones end; a deleted one is gone", async () => {
    const helper = hub.github.installations.find(({ account }) => account === "helper");
    const token = await hub.installationToken("helper");
    const jwt = await hub.appJwt();
    const path = `/app/installations/${helper?.id}/access_tokens`;
    expect(await control("installations", { id: helper?.id, action: "suspend" })).toBe(204);
    expect((await hub.api("GET", "/repos/helper/tools", { token })).status).toBe(401);
    expect((await hub.api("POST", path, { token: jwt })).status).toBe(403);
    expect(await control("installations", { id: helper?.id, action: "unsuspend" })).toBe(204);
    expect((await hub.api("POST", path, { token: jwt })).status).toBe(201);
    expect(await control("installations", { id: helper?.id, action: "deleted" })).toBe(204);
    expect((await hub.api("POST", path, { token: jwt })).status).toBe(404);
    expect((await hub.api("GET", "/repos/helper/tools/installation", { token: jwt })).status).toBe(404);
    const events = (await hub.webhooks(3)).map(({ headers, payload }) => [headers["x-github-event"], payload.action]);
    expect(events).toEqual([
      ["installation", "suspend"],
      ["installation", "unsuspend"],
      ["installation", "deleted"],
    ]);
  });
});

describe("what every answer carries", () => {
  test("an ETag, with 304 for who has the newest, and rate-limit headers that count", async () => {
    const token = hub.userToken("octocat");
    const first = await hub.api("GET", repository, { token });
    const etag = first.headers.get("etag") ?? "";
    expect(etag).toMatch(/^W\/"/);
    const again = await hub.api("GET", repository, { token, headers: { "if-none-match": etag } });
    expect(again.status).toBe(304);
    const used = (answer: { headers: Headers }): number => Number(answer.headers.get("x-ratelimit-used"));
    expect(used(again)).toBe(used(first));
    expect(used(await hub.api("GET", repository, { token }))).toBe(used(first) + 1);
    expect(first.headers.get("x-ratelimit-limit")).toBe("5000");
    expect(first.headers.get("x-oauth-scopes")).toContain("repo");
  });
});
