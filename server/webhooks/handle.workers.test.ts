import examples from "@octokit/webhooks-examples";
import { Webhooks } from "@octokit/webhooks";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { testContext, testEnv } from "@/server/testing/test-context";
import { receiveWebhook } from "./handle";

const SECRET = "fake-webhook-secret-of-the-tests";
const PREVIOUS = "fake-webhook-secret-of-before";
const context = testContext({
  env: testEnv({ GITHUB_WEBHOOK_SECRET: SECRET, GITHUB_WEBHOOK_SECRET_PREVIOUS: PREVIOUS, GITHUB_APP_ID: "1" }),
});

/** A payload that GitHub's community publishes, with our words in its comment. */
function published(body: string, commentId = Math.floor(Math.random() * 1e9)): string {
  const event = examples.find((candidate) => candidate.name === "issue_comment");
  const example = event?.examples.find((candidate) => "action" in candidate && candidate.action === "created");
  const payload = z
    .looseObject({ comment: z.looseObject({ body: z.string(), id: z.number() }) })
    .parse(structuredClone(example));
  payload.comment.body = body;
  payload.comment.id = commentId;
  return JSON.stringify(payload);
}

async function deliver(
  raw: string,
  options: { headers?: Record<string, string>; secret?: string; sent?: string } = {},
) {
  const signature = await new Webhooks({ secret: options.secret ?? SECRET }).sign(raw);
  const headers = {
    "x-github-event": "issue_comment",
    "x-github-delivery": crypto.randomUUID(),
    "x-hub-signature-256": signature,
    ...options.headers,
  };
  return receiveWebhook(
    new Request("https://porter.test/api/webhooks/github", { method: "POST", body: options.sent ?? raw, headers }),
    context,
  );
}

describe("the webhook", () => {
  it("accepts a published payload with a command and records its mention", async () => {
    const answer = await deliver(published("@porter opencode please"));
    expect(answer).toMatchObject({ status: 202, body: { outcome: "mentions" } });
    const [work] = answer.work;
    expect(await context.db.mentions.get(work?.id ?? "")).toMatchObject({
      status: "pending",
      actorLogin: "Codertocat",
    });
  });

  it("records every command of one comment", async () => {
    const answer = await deliver(published("@porter opencode one\n@porter claude two"));
    expect(answer.work.filter((work) => work.kind === "mention")).toHaveLength(2);
  });

  it("refuses a missing, a foreign and an altered signature", async () => {
    const raw = published("@porter");
    expect((await deliver(raw, { headers: { "x-hub-signature-256": "" } })).status).toBe(401);
    expect((await deliver(raw, { secret: "fake-webhook-secret-of-nobody" })).status).toBe(401);
    expect((await deliver(raw, { sent: `${raw} ` })).status).toBe(401);
  });

  it("accepts the secret before while it is rotated", async () => {
    expect((await deliver(published("@porter"), { secret: PREVIOUS })).status).toBe(202);
  });

  it("is no service without a secret", async () => {
    const without = testContext({ env: testEnv() });
    const request = new Request("https://porter.test/api/webhooks/github", { method: "POST", body: "{}" });
    expect((await receiveWebhook(request, without)).status).toBe(503);
  });

  it("refuses another App's delivery and a body over 5 MB", async () => {
    const headers = { "x-github-hook-installation-target-type": "integration" };
    const target = "x-github-hook-installation-target-id";
    expect((await deliver("{}", { headers: { ...headers, [target]: "2" } })).status).toBe(401);
    expect((await deliver("{}", { headers: { ...headers, [target]: "1" } })).status).toBe(202);
    expect((await deliver(`"${"x".repeat(5 * 1024 * 1024)}"`)).status).toBe(413);
  });

  it("answers twenty equal deliveries with one claim", async () => {
    const raw = published("@porter opencode");
    const headers = { "x-github-delivery": crypto.randomUUID() };
    const answers = await Promise.all(Array.from({ length: 20 }, () => deliver(raw, { headers })));
    expect(answers.map((answer) => answer.status)).toEqual(Array.from({ length: 20 }, () => 202));
    expect(answers.filter((answer) => answer.body["duplicate"] !== true)).toHaveLength(1);
    expect(answers.flatMap((answer) => answer.work)).toHaveLength(1);
  });

  it("ignores what bots say, edits, and events it does not know", async () => {
    const bot = published("@porter opencode").replaceAll('"type":"User"', '"type":"Bot"');
    expect((await deliver(bot)).body).toEqual({ outcome: "ignored_bot" });
    const edited = published("@porter opencode").replace('"action":"created"', '"action":"edited"');
    expect((await deliver(edited)).work).toEqual([]);
    expect((await deliver("{}", { headers: { "x-github-event": "star" } })).body).toEqual({ outcome: "ignored" });
    expect((await deliver("{}", { headers: { "x-github-event": "ping" } })).body).toEqual({ outcome: "pong" });
  });

  it("records a signed delivery that cannot be read with its reason, and answers 202", async () => {
    const id = crypto.randomUUID();
    const answer = await deliver("no json", { headers: { "x-github-delivery": id } });
    expect(answer).toMatchObject({ status: 202, body: { outcome: "unreadable" } });
    expect((await context.db.deliveries.get(id))?.facts).toBe('{"problem":"the body is no JSON"}');
    expect((await deliver("{}")).body).toEqual({ outcome: "unreadable" });
  });

  const FORM = "application/x-www-form-urlencoded";
  const form = (json: string) => new URLSearchParams({ payload: json }).toString();
  const marked = (text: string) => `\uFEFF${text}`;
  const said = "@porter opencode 100% + ümlaut & 🚀";
  it.each<[string, string, (json: string) => string]>([
    ["a form", FORM, form],
    ["a form, its type with a parameter and in capitals", `${FORM.toUpperCase()}; charset=utf-8`, form],
    ["a form with other fields", FORM, (json) => `other=1&${form(json)}&payload=2`],
    ["JSON with a byte order mark", "application/json", marked],
    ["a form with a byte order mark inside", FORM, (json) => form(marked(json))],
    ["a form with a byte order mark before it", FORM, (json) => marked(form(json))],
    ["JSON without a type", "text/plain;charset=UTF-8", (json) => json],
    ["a form without its type", "text/plain;charset=UTF-8", form],
    ["JSON under the type of a form", FORM, (json) => json],
  ])("reads a delivery that came as %s, signed as it was sent", async (_, type, pack) => {
    const answer = await deliver(pack(published(said)), { headers: { "content-type": type } });
    expect(answer).toMatchObject({ status: 202, body: { outcome: "mentions" } });
    const row = await context.db.mentions.get(answer.work[0]?.id ?? "");
    expect(row?.command).toContain("100% + ümlaut & 🚀");
  });

  it("compares the bytes as they came: what reads the same is not the same", async () => {
    const raw = published("@porter opencode \ufffd");
    const bytes = new TextEncoder().encode(raw);
    // The replacement character stands for each of these for a reader that forgives.
    const at = bytes.indexOf(0xef);
    const broken = new Uint8Array([...bytes.subarray(0, at), 0xff, ...bytes.subarray(at + 3)]);
    expect(new TextDecoder().decode(broken)).toBe(raw);
    const signature = await new Webhooks({ secret: SECRET }).sign(raw);
    const send = (body: BodyInit, signed: string) =>
      receiveWebhook(
        new Request("https://porter.test/api/webhooks/github", {
          method: "POST",
          body,
          headers: {
            "x-hub-signature-256": signed,
            "x-github-event": "issue_comment",
            "x-github-delivery": crypto.randomUUID(),
          },
        }),
        context,
      );
    expect((await send(broken, signature)).status).toBe(401);
    const key = await crypto.subtle.importKey(
      "raw",
      new TextEncoder().encode(SECRET),
      { name: "HMAC", hash: "SHA-256" },
      false,
      ["sign"],
    );
    const own = [...new Uint8Array(await crypto.subtle.sign("HMAC", key, broken))];
    const hex = own.map((byte) => byte.toString(16).padStart(2, "0")).join("");
    expect((await send(broken, `sha256=${hex}`)).body).toEqual({ outcome: "unreadable" });
    expect((await send(raw, signature.toUpperCase())).status).toBe(401);
  });

  it("refuses a form that is signed by what is in it", async () => {
    const raw = published(said);
    const answer = await deliver(raw, { sent: form(raw), headers: { "content-type": FORM } });
    expect(answer.status).toBe(401);
  });

  it("records a form without a payload as unreadable", async () => {
    const answer = await deliver("other=1", { headers: { "content-type": FORM } });
    expect(answer.body).toEqual({ outcome: "unreadable" });
  });

  it("starts nothing for a comment that any App made in a person's name", async () => {
    for (const app of [1, 2, 99_999, "id-as-text", {}, false]) {
      const payload = z.looseObject({ comment: z.looseObject({}) }).parse(JSON.parse(published("@porter opencode")));
      payload.comment.performed_via_github_app = typeof app === "number" ? { id: app, slug: "x" } : app;
      const answer = await deliver(JSON.stringify(payload));
      // What has no App's form is not read as if there were none.
      expect([answer.body, answer.work]).toEqual([
        { outcome: typeof app === "number" ? "ignored_app" : "unreadable" },
        [],
      ]);
    }
  });
});
