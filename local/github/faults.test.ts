import { request } from "node:http";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { startTestGitHub, type TestGitHub } from "./testing.ts";

const repository = "/repos/octocat/hello-porter";

let hub: TestGitHub;
let token = "";
beforeAll(async () => {
  hub = await startTestGitHub();
  token = await hub.installationToken("octocat");
});
afterAll(() => hub.close());
afterEach(() => hub.github.setFaults([]));

async function get(path: string): Promise<number> {
  return (await hub.api("GET", path, { token })).status;
}

test("a fault hits the requests it matches, as often as told, with its own headers and body", async () => {
  hub.github.setFaults([
    {
      match: { method: "GET", path: "/issues/1$" },
      status: 403,
      headers: { "retry-after": "60" },
      body: { message: "You have exceeded a secondary rate limit." },
      times: 2,
    },
  ]);
  expect(await get(`${repository}/issues/2`)).toBe(200);
  const limited = await hub.api("GET", `${repository}/issues/1`, { token });
  expect(limited.status).toBe(403);
  expect(limited.headers.get("retry-after")).toBe("60");
  expect(limited.body).toMatchObject({ message: expect.stringContaining("secondary rate limit") });
  expect([await get(`${repository}/issues/1`), await get(`${repository}/issues/1`)]).toEqual([403, 200]);
  expect((await hub.github.state()).faults).toEqual({ hits: 2, waiting: 0 });
});

test("an answer lost afterwards leaves what was done", async () => {
  const fault = { match: { method: "POST", body: "only once" }, status: 502, when: "after" };
  expect((await hub.api("POST", "/_control/faults", { body: fault })).status).toBe(204);
  const lost = await hub.api("POST", `${repository}/issues/1/comments`, { token, body: { body: "only once" } });
  expect(lost.status).toBe(502);
  const { comments } = await hub.github.state();
  expect(comments.filter(({ body }) => body === "only once")).toHaveLength(1);
});

test("an answer lost before leaves nothing done", async () => {
  hub.github.setFaults([{ match: { method: "POST", path: "/comments$" }, status: 500 }]);
  const refused = await hub.api("POST", `${repository}/issues/1/comments`, { token, body: { body: "never" } });
  expect(refused.status).toBe(500);
  const { comments } = await hub.github.state();
  expect(comments.filter(({ body }) => body === "never")).toEqual([]);
});

test("a reset cuts the connection, a delay only delays, and git can fail too", async () => {
  hub.github.setFaults([
    { match: { path: "/rate_limit" }, reset: true },
    { match: { path: "/rate_limit" }, delayMs: 300 },
    { match: { path: "git-upload-pack" }, status: 503 },
  ]);
  await expect(get("/rate_limit")).rejects.toThrow();
  const started = performance.now();
  expect(await get("/rate_limit")).toBe(200);
  expect(performance.now() - started).toBeGreaterThan(280);
  await expect(hub.git(["ls-remote", hub.cloneUrl("octocat/hello-porter", token)])).rejects.toThrow("503");
});

test("faults are cleared by the control API", async () => {
  const fault = { match: {}, status: 500, times: 100 };
  await hub.api("POST", "/_control/faults", { body: [fault] });
  expect(await get("/rate_limit")).toBe(500);
  expect((await hub.api("DELETE", "/_control/faults")).status).toBe(204);
  expect(await get("/rate_limit")).toBe(200);
});

/** fetch does not let a test choose the host header. */
function statusWithHost(host: string): Promise<number | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<number | undefined>();
  request(`${hub.github.url}/_control/state`, { headers: { host } }, (response) => {
    response.resume();
    resolve(response.statusCode);
  })
    .on("error", reject)
    .end();
  return promise;
}

test("the control API is closed to web pages and says what is wrong with an order", async () => {
  expect(await statusWithHost("evil.example")).toBe(403);
  expect(await statusWithHost("127.0.0.1:1234")).toBe(200);
  const form = await hub.api("POST", "/_control/comment", { body: {}, headers: { "content-type": "text/plain" } });
  expect(form.status).toBe(415);
  const wrong = await hub.api("POST", "/_control/comment", { body: { login: "octocat" } });
  expect(wrong.status).toBe(400);
  expect(wrong.body).toMatchObject({ message: expect.stringContaining("repo") });
  expect((await hub.api("POST", "/_control/nothing", { body: {} })).status).toBe(404);
});

test("the state tells everything a test looks at", async () => {
  const body = { login: "octocat", repo: "octocat/hello-porter", issue: 2, body: "look" };
  const posted = await hub.api("POST", "/_control/comment", { body });
  expect(posted.status).toBe(201);
  await hub.api("POST", `${repository}/issues/2/labels`, { token, body: { labels: ["porter:queued"] } });
  const state = await hub.api("GET", "/_control/state");
  expect(state.body).toMatchObject({
    issues: expect.arrayContaining([expect.objectContaining({ number: 2, labels: ["porter:queued"] })]),
    comments: expect.arrayContaining([expect.objectContaining({ body: "look", versions: ["look"], edits: 0 })]),
    references: expect.arrayContaining([expect.objectContaining({ ref: "refs/heads/main" })]),
    labels: [{ repository: "octocat/hello-porter", name: "porter:queued" }],
  });
});

test("a person can read an issue and a repository in a browser", async () => {
  const issue = await hub.api("GET", "/octocat/hello-porter/issues/1");
  expect(issue.headers.get("content-type")).toContain("text/html");
  expect(issue.body).toContain("Add a French greeting");
  const repositoryPage = await hub.api("GET", "/octocat/hello-porter");
  expect(repositoryPage.body).toContain("git clone");
});
