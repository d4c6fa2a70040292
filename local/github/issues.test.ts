import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { type ApiAnswer, startTestGitHub, type TestGitHub } from "./testing.ts";

const repository = "/repos/octocat/hello-porter";
const idSchema = z.object({ id: z.number() });

let hub: TestGitHub;
let token = "";
beforeAll(async () => {
  hub = await startTestGitHub();
  token = await hub.installationToken("octocat");
});
afterAll(() => hub.close());

function post(path: string, body: unknown, as = token): Promise<ApiAnswer> {
  return hub.api("POST", repository + path, { token: as, body });
}

async function newComment(body: string): Promise<number> {
  return idSchema.parse((await post("/issues/1/comments", { body })).body).id;
}

describe("issues and comments", () => {
  test("the seeded issues are there, with text to work on", async () => {
    const { body } = await hub.api("GET", `${repository}/issues/1`, { token });
    expect(body).toMatchObject({
      number: 1,
      title: "Add a French greeting",
      state: "open",
      user: { login: "octocat" },
    });
    expect((await hub.api("GET", `${repository}/issues/2`, { token })).status).toBe(200);
    expect((await hub.api("GET", `${repository}/issues/99`, { token })).status).toBe(404);
  });

  test("the next page of a list is reached by its link", async () => {
    const first = await hub.api("GET", `${repository}/issues?per_page=1`, { token });
    const next = /<([^>]+)>; rel="next"/.exec(first.headers.get("link") ?? "")?.[1] ?? "";
    expect(next.startsWith(hub.github.url)).toBe(true);
    const second = await hub.api("GET", next.slice(hub.github.url.length), { token });
    expect([first.body, second.body]).toMatchObject([[{ number: 2 }], [{ number: 1 }]]);
  });

  test("the App's comment is its bot's and names the App; every text is kept", async () => {
    const created = await post("/issues/1/comments", { body: "one" });
    expect(created.body).toMatchObject({
      user: { login: "porter-local[bot]", type: "Bot" },
      performed_via_github_app: { id: 4100, slug: "porter-local" },
    });
    const { id } = idSchema.parse(created.body);
    for (const body of ["two", "three"]) {
      const edited = await hub.api("PATCH", `${repository}/issues/comments/${id}`, { token, body: { body } });
      expect(edited.status).toBe(200);
    }
    const state = await hub.github.state();
    const comment = state.comments.find((each) => each.id === id);
    expect(comment).toMatchObject({ body: "three", edits: 2, versions: ["one", "two", "three"], issue: 1 });
  });

  test("an upload shows itself under a signed address in the text's HTML, and to no token", async () => {
    const content = Buffer.from("GIF89a.");
    const url = hub.github.upload({ content, kind: "gif" });
    const quoted = hub.github.upload({ content, kind: "gif" });
    const id = await newComment(`![shot](${url}) & ${quoted}`);
    const read = await hub.api("GET", `${repository}/issues/comments/${id}`, {
      token,
      headers: { accept: "application/vnd.github.html+json" },
    });
    const { body_html: html, ...rest } = z.looseObject({ body_html: z.string() }).parse(read.body);
    expect(rest).not.toHaveProperty("body");
    const [, address = ""] = /<img src="([^"]+)" alt="shot">/.exec(html) ?? [];
    expect(html.match(/<img/g)).toHaveLength(1);
    const shown = await fetch(address);
    expect([shown.headers.get("content-type"), Buffer.from(await shown.arrayBuffer())]).toEqual(["image/gif", content]);
    for (const other of [url, `${address}x`]) {
      const answer = await fetch(other, { headers: { authorization: `Bearer ${token}` } });
      expect(answer.status).toBe(404);
    }
  });

  test("people edit their own comments, not others'", async () => {
    const comment = await hub.github.comment({ login: "stranger", repo: "octocat/hello-porter", issue: 1, body: "hi" });
    const edit = (login: string): Promise<ApiAnswer> =>
      hub.api("PATCH", `${repository}/issues/comments/${comment.id}`, {
        token: hub.userToken(login),
        body: { body: "edited" },
      });
    expect((await edit("stranger")).status).toBe(200);
    expect((await edit("hubot-user")).status).toBe(403);
    expect((await edit("octocat")).status).toBe(200);
  });

  test("a blank comment and one over 65,536 characters are refused", async () => {
    expect((await post("/issues/1/comments", { body: "  " })).status).toBe(422);
    expect((await post("/issues/1/comments", { body: "x".repeat(65_537) })).status).toBe(422);
    expect((await post("/issues/1/comments", { body: "x".repeat(65_536) })).status).toBe(201);
    expect((await post("/issues/77/comments", { body: "x" })).status).toBe(404);
  });

  test("a locked issue takes no text and no reaction from the App, but comments of writers", async () => {
    const id = await newComment("before the lock");
    const lock = await hub.api("PUT", `${repository}/issues/1/lock`, { token: hub.userToken("octocat"), body: {} });
    expect(lock.status).toBe(204);
    const created = await post("/issues/1/comments", { body: "after" });
    expect(created.status).toBe(403);
    expect(created.body).toMatchObject({ message: "Unable to create comment because issue is locked." });
    expect((await hub.api("PATCH", `${repository}/issues/comments/${id}`, { token, body: { body: "x" } })).status).toBe(
      403,
    );
    expect((await post(`/issues/comments/${id}/reactions`, { content: "eyes" })).status).toBe(403);
    expect((await post("/issues/1/comments", { body: "mine" }, hub.userToken("octocat"))).status).toBe(201);
    expect((await post("/issues/1/comments", { body: "no" }, hub.userToken("stranger"))).status).toBe(403);
    await hub.api("DELETE", `${repository}/issues/1/lock`, { token: hub.userToken("octocat") });
    expect((await post("/issues/1/comments", { body: "open again" })).status).toBe(201);
  });
});

describe("reactions", () => {
  test("the same reaction twice is one, told apart by 201 and 200", async () => {
    const id = await newComment("react to me");
    const path = `/issues/comments/${id}/reactions`;
    const first = await post(path, { content: "eyes" });
    const second = await post(path, { content: "eyes" });
    expect([first.status, second.status]).toEqual([201, 200]);
    expect(second.body).toEqual(first.body);
    expect((await post(path, { content: "eyes" }, hub.userToken("stranger"))).status).toBe(201);
    expect((await post(path, { content: "nonsense" })).status).toBe(422);
    const comment = await hub.api("GET", `${repository}/issues/comments/${id}`, { token });
    expect(comment.body).toMatchObject({ reactions: { total_count: 2, eyes: 2, rocket: 0 } });
    const reaction = idSchema.parse(first.body);
    const remove = (as: string): Promise<ApiAnswer> =>
      hub.api("DELETE", `${repository}${path}/${reaction.id}`, { token: as });
    expect((await remove(hub.userToken("hubot-user"))).status).toBe(403);
    expect((await remove(token)).status).toBe(204);
    const left = await hub.api("GET", `${repository}${path}?content=eyes`, { token });
    expect(left.body).toMatchObject([{ user: { login: "stranger" } }]);
  });

  test("nothing can be reacted to that does not exist", async () => {
    expect((await post("/issues/comments/99999/reactions", { content: "eyes" })).status).toBe(404);
    expect((await post("/issues/99/reactions", { content: "eyes" })).status).toBe(404);
    expect((await post("/issues/2/reactions", { content: "rocket" })).status).toBe(201);
  });
});

describe("labels", () => {
  test("a second label of a name is refused as GitHub words it", async () => {
    const label = { name: "porter:success", color: "0e8a16" };
    expect((await post("/labels", label)).status).toBe(201);
    const again = await post("/labels", { ...label, name: "Porter:Success" });
    expect(again.status).toBe(422);
    expect(again.body).toMatchObject({
      message: "Validation Failed",
      errors: [{ resource: "Label", code: "already_exists", field: "name" }],
    });
  });

  test("labels are added and taken off by those who may", async () => {
    expect((await post("/issues/2/labels", { labels: ["porter:failed"] }, hub.userToken("stranger"))).status).toBe(403);
    expect((await post("/issues/2/labels", { labels: ["porter:failed", "bug"] })).status).toBe(200);
    const remove = (): Promise<ApiAnswer> =>
      hub.api("DELETE", `${repository}/issues/2/labels/porter%3Afailed`, { token });
    expect((await remove()).body).toMatchObject([{ name: "bug" }]);
    const again = await remove();
    expect(again.status).toBe(404);
    expect(again.body).toMatchObject({ message: "Label does not exist" });
  });
});
