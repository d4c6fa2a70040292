import { Webhooks } from "@octokit/webhooks";
import examples from "@octokit/webhooks-examples";
import { describe, expect, it } from "vitest";
import { GitHubError } from "@/server/github/port";
import { reconcile, sweepDueRows } from "@/server/reconcile/reconcile";
import { aPerson, createPipe, type Pipe } from "@/server/testing/pipe";
import { mentionsOf } from "@/server/testing/stored";
import { receiveWebhook } from "./handle";

// What GitHub may send and nobody expects: strange texts, deliveries in the wrong order, every published payload.

const SECRET = "fake-webhook-secret-of-the-tests";
let counter = 81_000;
const next = () => (counter += 1);

async function deliverRaw(pipe: Pipe, event: string, raw: string) {
  const signature = await new Webhooks({ secret: SECRET }).sign(raw);
  const headers = {
    "x-github-event": event,
    "x-github-delivery": crypto.randomUUID(),
    "x-hub-signature-256": signature,
  };
  const request = new Request("https://porter.test/api/webhooks/github", { method: "POST", body: raw, headers });
  const env = { ...pipe.context.env, GITHUB_WEBHOOK_SECRET: SECRET };
  const answer = await receiveWebhook(request, { ...pipe.context, env });
  for (const work of answer.work) await reconcile(pipe.context, work);
  return answer;
}
const deliver = (pipe: Pipe, event: string, payload: object) => deliverRaw(pipe, event, JSON.stringify(payload));

async function aPlace(pipe: Pipe) {
  const person = { id: next(), login: `person-${counter}`, type: "User" };
  await aPerson(pipe, person);
  const place = { repository: next(), issue: next(), installation: next(), person };
  pipe.github.state.locations.set(place.repository, { owner: "acme", name: "widgets" });
  return place;
}
type Place = Awaited<ReturnType<typeof aPlace>>;
const envelope = ({ installation, repository, person }: Place, action: string) => ({
  action,
  installation: { id: installation, account: { login: "acme" } },
  repository: {
    id: repository,
    name: "widgets",
    owner: { login: "acme" },
    private: false,
    default_branch: "main",
  },
  sender: person,
});
type Texts = { title?: string; body?: string | null; comment?: string | null; id?: number };
const comment = (place: Place, { title = "T", body = "", comment: text = "@porter", id = next() }: Texts = {}) => ({
  ...envelope(place, "created"),
  issue: { number: place.issue, title, body },
  comment: { id, body: text, created_at: "2026-11-22T12:00:00Z" },
});
const tasksOf = (pipe: Pipe, { repository, issue }: Place) =>
  pipe.context.db.tasks.ofIssue(repository, issue, ["queued", "running", "success", "failed", "timed_out"]);
const gone = (reason: "not_found" | "gone") => new GitHubError({ kind: "lost", reason, message: reason });

describe("texts", () => {
  const full = (text: string) => text.repeat(Math.ceil(65_536 / text.length)).slice(0, 65_536);
  it.each<[string, Texts]>([
    ["no text at all", { title: "", body: null }],
    ["65,536 characters", { title: "x".repeat(256), body: full("word "), comment: `${full("w").slice(60)}\n@porter` }],
    ["emoji only", { title: "👩‍👩‍👧‍👦", body: full("👩‍👩‍👧‍👦"), comment: `@porter ${"🚀".repeat(3000)}` }],
    ["right to left", { title: "\u202Eשלום עולם", body: full("مرحبا \u2067"), comment: "@porter \u202Eתקן את זה" }],
    ["NUL", { title: "a\0b", body: "\0".repeat(500), comment: "@porter fix\0it" }],
    ["lone surrogates", { title: "a\uD800b", body: full("\uDC00"), comment: "@porter \uD83D fix" }],
    ["line ends of all kinds", { body: "a\r\nb\rc\u2028d\u0085", comment: "hello\r\n@porter fix\rit\u2029now" }],
  ])("%s make one task with a prompt and a comment that are valid and bounded", async (_, texts) => {
    const pipe = createPipe();
    const place = await aPlace(pipe);
    expect((await deliver(pipe, "issue_comment", comment(place, texts))).body).toEqual({ outcome: "mentions" });
    const [task, ...more] = await tasksOf(pipe, place);
    expect([task?.status, more]).toEqual(["running", []]);
    expect(task?.branch).toMatch(/^porter\/task_[a-z0-9]{20}$/);
    for (const text of [task?.prompt, task?.issueTitle, task?.issueBody, task?.instructions]) {
      expect(text?.isWellFormed()).toBe(true);
      expect(text).not.toContain("\0");
      expect(text?.length).toBeLessThanOrEqual(200_000);
    }
    const [tracking, ...others] = pipe.github.state.comments.filter((each) => each.issueNumber === place.issue);
    expect(others).toEqual([]);
    expect(tracking?.body.length).toBeLessThan(60_000);
    expect(tracking?.body.isWellFormed()).toBe(true);
  });

  it.each(["", null, "@porter-bot hello", "thanks @porter for this"])("%j start nothing", async (text) => {
    const pipe = createPipe();
    const place = await aPlace(pipe);
    expect((await deliver(pipe, "issue_comment", comment(place, { comment: text }))).body).toEqual({
      outcome: "no_command",
    });
    expect(await tasksOf(pipe, place)).toEqual([]);
  });

  it("of a thousand commands in one comment start five and are answered once for the rest", async () => {
    const pipe = createPipe();
    const place = await aPlace(pipe);
    const id = next();
    await deliver(pipe, "issue_comment", comment(place, { id, comment: "@porter one\n".repeat(1000) }));
    const outcomes = (await mentionsOf(place.repository, id)).map((row) => row?.outcome);
    expect(outcomes.filter((outcome) => outcome === "task")).toHaveLength(5);
    expect(outcomes.filter((outcome) => outcome !== "task")).toEqual(["too_many_commands"]);
    expect((await tasksOf(pipe, place)).filter(({ status }) => status === "running")).toHaveLength(5);
  });
});

describe("every payload that GitHub's community publishes", () => {
  const read = ["issue_comment", "issues", "repository", "installation", "installation_repositories"];
  it.each(examples.map(({ name }) => name))("%s is taken, and understood where it is read", async (name) => {
    const pipe = createPipe();
    const published: object[] = examples.find((event) => event.name === name)?.examples ?? [];
    for (const payload of published) {
      const answer = await deliver(pipe, name, payload);
      expect(answer.status).toBe(202);
      if (read.includes(name)) expect(answer.body).not.toMatchObject({ outcome: "unreadable" });
    }
  });
});

describe("order", () => {
  it("the same comment under another delivery id is a duplicate", async () => {
    const pipe = createPipe();
    const place = await aPlace(pipe);
    const payload = comment(place, { comment: "@porter one\n@porter claude two" });
    expect((await deliver(pipe, "issue_comment", payload)).body).toEqual({ outcome: "mentions" });
    expect(await deliver(pipe, "issue_comment", payload)).toMatchObject({ body: { duplicate: true }, work: [] });
    expect(await tasksOf(pipe, place)).toHaveLength(2);
  });

  it("an issue that was deleted before its comment arrives: the task ends as soon as GitHub says so", async () => {
    let isGone = false;
    const pipe = createPipe({
      github: {
        before(call) {
          if (isGone && (call === "createComment" || call === "setPorterLabel")) throw gone("gone");
        },
      },
    });
    const place = await aPlace(pipe);
    isGone = true;
    const payload = comment(place);
    await deliver(pipe, "issues", { ...envelope(place, "deleted"), issue: payload.issue });
    pipe.clock.advance(1000);
    await deliver(pipe, "issue_comment", payload);
    pipe.clock.advance(61_000);
    await sweepDueRows(pipe.context);
    expect(await tasksOf(pipe, place)).toMatchObject([{ status: "failed", failureCode: "issue_closed" }]);
    const [task] = await tasksOf(pipe, place);
    const report = await pipe.context.db.obligations.get(task?.id ?? "", "report");
    expect(report).toMatchObject({ dueAt: null, gaveUpReason: "lost: gone" });
    const own = pipe.machines.machines.filter(({ taskId }) => taskId === task?.id);
    expect(own.map(({ state }) => state)).toEqual(own.map(() => "destroyed"));
  });

  it("an App that was removed before the comment arrives: the reason is recorded, nothing starts", async () => {
    let isRemoved = false;
    const pipe = createPipe({
      github: {
        before(call) {
          if (isRemoved && call === "createInstallationToken") throw gone("not_found");
        },
      },
    });
    const place = await aPlace(pipe);
    isRemoved = true;
    await deliver(pipe, "installation", envelope(place, "deleted"));
    const payload = comment(place);
    await deliver(pipe, "issue_comment", payload);
    const found = await mentionsOf(place.repository, payload.comment.id);
    expect(found).toMatchObject([{ status: "ignored", outcome: "access_lost" }]);
    expect(await pipe.context.db.obligations.of(found[0]?.id ?? "")).toEqual([]);
    expect(await tasksOf(pipe, place)).toEqual([]);
  });

  it("a repository that was deleted before the comment arrives: the same", async () => {
    const pipe = createPipe({
      github: {
        before(call) {
          if (call === "permissionOf") throw gone("not_found");
        },
      },
    });
    const place = await aPlace(pipe);
    pipe.github.state.locations.delete(place.repository);
    await deliver(pipe, "repository", envelope(place, "deleted"));
    const payload = comment(place);
    await deliver(pipe, "issue_comment", payload);
    expect(await mentionsOf(place.repository, payload.comment.id)).toMatchObject([{ outcome: "access_lost" }]);
  });

  it("an issue's end stops every task of it, also where there are more than one read answers", async () => {
    const pipe = createPipe();
    const place = await aPlace(pipe);
    for (let round = 0; round < 3; round++)
      await deliver(pipe, "issue_comment", comment(place, { comment: "@porter one\n".repeat(20) }));
    pipe.clock.advance(1000);
    await deliver(pipe, "issues", { ...envelope(place, "transferred"), issue: comment(place).issue });
    const { repository: repositoryId, issue: issueNumber } = place;
    expect(await pipe.context.db.githubLocations.open({ repositoryId, issueNumber })).toEqual([]);
  });
});
