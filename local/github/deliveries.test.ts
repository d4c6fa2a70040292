import { verify } from "@octokit/webhooks-methods";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { z } from "zod";
import { type Received, startTestGitHub, type TestGitHub } from "./testing.ts";

const repo = "octocat/hello-porter";
const guidPattern = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;
const listSchema = z.array(
  z.object({ id: z.number(), guid: z.string(), status: z.string(), status_code: z.number(), redelivery: z.boolean() }),
);

let hub: TestGitHub;
beforeAll(async () => {
  hub = await startTestGitHub();
});
afterAll(() => hub.close());
beforeEach(async () => {
  await hub.github.deliveriesSettled();
  hub.received.length = 0;
  hub.answerWith(202);
});

async function webhooks(count: number): Promise<Received[]> {
  const all = await hub.webhooks(count);
  await hub.github.deliveriesSettled();
  return all;
}

async function listed(query = ""): Promise<z.infer<typeof listSchema>> {
  const answer = await hub.api("GET", `/app/hook/deliveries${query}`, { token: await hub.appJwt() });
  return listSchema.parse(answer.body);
}

test("a comment arrives as GitHub's webhook: signed, named, with installation and sender", async () => {
  const comment = await hub.github.comment({ login: "octocat", repo, issue: 1, body: "@porter opencode — größe" });
  const [webhook] = await webhooks(1);
  expect(webhook?.headers).toMatchObject({
    "x-github-event": "issue_comment",
    "x-github-delivery": expect.stringMatching(guidPattern),
    "x-github-hook-id": expect.stringMatching(/^\d+$/),
    "x-github-hook-installation-target-type": "integration",
    "x-github-hook-installation-target-id": "4100",
    "user-agent": expect.stringMatching(/^GitHub-Hookshot\/[\da-f]{7}$/),
    "content-type": "application/json",
  });
  const signature = String(webhook?.headers["x-hub-signature-256"]);
  expect(await verify(hub.webhookSecret, webhook?.body ?? "", signature)).toBe(true);
  const octocat = hub.github.users.find(({ login }) => login === "octocat");
  const installation = hub.github.installations.find(({ account }) => account === "octocat");
  expect(webhook?.payload).toMatchObject({
    action: "created",
    comment: { id: comment.id, body: "@porter opencode — größe", user: { id: octocat?.id, type: "User" } },
    issue: { number: 1, title: "Add a French greeting", state: "open" },
    repository: { full_name: repo },
    sender: { id: octocat?.id, login: "octocat" },
    installation: { id: installation?.id },
  });
});

test("the App's own comments come back, from its bot; an edit says what it replaced", async () => {
  const token = await hub.installationToken("octocat");
  const created = await hub.api("POST", `/repos/${repo}/issues/2/comments`, { token, body: { body: "old" } });
  const { id } = z.object({ id: z.number() }).parse(created.body);
  await webhooks(1);
  await hub.api("PATCH", `/repos/${repo}/issues/comments/${id}`, { token, body: { body: "new" } });
  const [first, second] = await webhooks(2);
  expect(first?.payload).toMatchObject({ action: "created", sender: { login: "porter-local[bot]", type: "Bot" } });
  expect(second?.payload).toMatchObject({
    action: "edited",
    comment: { body: "new" },
    changes: { body: { from: "old" } },
  });
});

test("closing an issue arrives; what no installation covers, does not", async () => {
  const token = hub.userToken("octocat");
  await hub.api("PATCH", `/repos/${repo}/issues/2`, { token, body: { state: "closed" } });
  const [webhook] = await webhooks(1);
  expect(webhook?.headers["x-github-event"]).toBe("issues");
  expect(webhook?.payload).toMatchObject({ action: "closed", issue: { number: 2, state: "closed" } });
});

test("a comment on a pull request is marked as one", async () => {
  const token = hub.userToken("octocat");
  const file = { message: "m", content: Buffer.from("x").toString("base64"), branch: "side" };
  const main = await hub.api("GET", `/repos/${repo}/git/ref/heads/main`, { token });
  const { object } = z.object({ object: z.object({ sha: z.string() }) }).parse(main.body);
  await hub.api("POST", `/repos/${repo}/git/refs`, { token, body: { ref: "refs/heads/side", sha: object.sha } });
  await hub.api("PUT", `/repos/${repo}/contents/x.txt`, { token, body: file });
  const pull = await hub.api("POST", `/repos/${repo}/pulls`, {
    token,
    body: { title: "t", head: "side", base: "main" },
  });
  const { number } = z.object({ number: z.number() }).parse(pull.body);
  await hub.github.comment({ login: "octocat", repo, issue: number, body: "@porter claude" });
  const all = await webhooks(2);
  expect(all.map(({ headers }) => headers["x-github-event"])).toEqual(["pull_request", "issue_comment"]);
  expect(all[1]?.payload).toMatchObject({
    issue: { number, pull_request: { html_url: expect.stringContaining("/pull/") } },
  });
});

test("a failed delivery is listed with its status and can be redelivered with the same guid", async () => {
  hub.answerWith(503);
  await hub.github.comment({ login: "octocat", repo, issue: 1, body: "fails" });
  await webhooks(1);
  const [failed] = await listed("?status=failure&per_page=1");
  expect(failed).toMatchObject({ status_code: 503, status: "Invalid HTTP Response: 503", redelivery: false });
  hub.answerWith(202);
  const path = `/app/hook/deliveries/${failed?.id}/attempts`;
  expect((await hub.api("POST", path, { token: await hub.appJwt() })).status).toBe(202);
  const [first, second] = await webhooks(2);
  expect(second?.headers["x-github-delivery"]).toBe(first?.headers["x-github-delivery"]);
  expect(second?.body).toBe(first?.body);
  const [again] = await listed();
  expect(again).toMatchObject({ guid: failed?.guid, redelivery: true, status: "OK", status_code: 202 });
  expect(again?.id).not.toBe(failed?.id);
});

test("a lost delivery is recorded without a status code and never sent", async () => {
  expect((await hub.api("POST", "/_control/lose", { body: { count: 1 } })).status).toBe(204);
  await hub.github.comment({ login: "octocat", repo, issue: 1, body: "lost" });
  await hub.github.comment({ login: "octocat", repo, issue: 1, body: "found" });
  const all = await webhooks(1);
  expect(all.map(({ payload }) => payload)).toMatchObject([{ comment: { body: "found" } }]);
  expect(new Set((await listed("?per_page=2")).map((each) => each.status_code))).toEqual(new Set([0, 202]));
});

test("one delivery can be sent twenty times at once, with its own or with fresh ids", async () => {
  await hub.github.comment({ login: "octocat", repo, issue: 1, body: "storm" });
  await webhooks(1);
  const guids = (): Set<unknown> => new Set(hub.received.map(({ headers }) => headers["x-github-delivery"]));
  await hub.api("POST", "/_control/deliver", { body: { times: 20 } });
  await webhooks(21);
  expect(guids().size).toBe(1);
  await hub.api("POST", "/_control/deliver", { body: { times: 3, guid: "fresh" } });
  await webhooks(24);
  expect(guids().size).toBe(4);
});

test("the list of deliveries is paged by cursor, and only the App may read it", async () => {
  const answer = await hub.api("GET", "/app/hook/deliveries?per_page=1", { token: await hub.appJwt() });
  const next = /<(.+)>; rel="next"/.exec(answer.headers.get("link") ?? "")?.[1] ?? "";
  const [first] = listSchema.parse(answer.body);
  const [second] = await listed(new URL(next).search);
  expect(second?.id).toBeLessThan(first?.id ?? 0);
  expect((await hub.api("GET", "/app/hook/deliveries", { token: hub.userToken("octocat") })).status).toBe(401);
});
