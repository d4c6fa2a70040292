import { createRequire } from "node:module";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { AppError } from "@/server/errors";
import { projectIssueComment, projectIssues, projectPullEvent } from "@/server/github/webhook-payloads";

const require = createRequire(import.meta.url);
const catalogue = z.array(z.object({ name: z.string(), examples: z.array(z.record(z.string(), z.unknown())) }));
const examplesOf = (event: string, edition = "api.github.com") =>
  catalogue
    .parse(require(`@octokit/webhooks-examples/${edition}/index.json`))
    .filter((definition) => definition.name === event)
    .flatMap((definition) => definition.examples);

const PULL_EVENTS = ["pull_request", "pull_request_review", "check_suite", "status"] as const;
const editions = ["api.github.com", "ghes-31", "ghes-32", "ghes-33", "ghes-34", "ghes-35"];

const payload = {
  action: "created",
  installation: { id: 5 },
  repository: {
    id: 1,
    name: "demo",
    owner: { login: "alice" },
    private: true,
    default_branch: "trunk",
    archived: true,
  },
  issue: {
    number: 7,
    title: "T",
    body: null,
    state: "closed",
    locked: true,
    pull_request: { url: "u" },
    user: { id: 4, login: "carol", type: "User" },
  },
  comment: { id: 9, body: "@porter", created_at: "2026-11-22T09:00:00Z", performed_via_github_app: { id: 777 } },
  sender: { id: 3, login: "bob", type: "Bot" },
};

describe("published examples", () => {
  test.each(editions)("every issue_comment of %s is understood", (edition) => {
    const examples = examplesOf("issue_comment", edition);
    expect(examples.length).toBeGreaterThan(0);
    for (const example of examples) {
      const event = projectIssueComment(example);
      expect(event).toMatchObject({
        action: example["action"],
        viaAppId: null,
        issue: { isPullRequest: false, state: "open" },
      });
      expect(event.comment.body).not.toBe("");
      expect(Date.parse(event.comment.createdAt)).not.toBeNaN();
    }
  });
  test.each(editions)("every issues event of %s is understood", (edition) => {
    const examples = examplesOf("issues", edition);
    expect(examples.length).toBeGreaterThan(0);
    for (const example of examples) {
      const event = projectIssues(example);
      expect(event.action).toBe(example["action"]);
      expect(event.repository.owner).not.toBe("");
      expect(event.sender.type).toBe("User");
    }
  });
  test.each(PULL_EVENTS)("every %s event says which pull requests it is about", (name) => {
    const examples = editions.flatMap((edition) => examplesOf(name, edition));
    expect(examples.length).toBeGreaterThan(0);
    for (const example of examples) {
      const { numbers, headSha, repositoryId } = projectPullEvent(name, example);
      expect(repositoryId).toBeGreaterThan(0);
      expect(numbers.length + (headSha === null ? 0 : 1)).toBe(1);
    }
  });
  test("who caused something to a pull request may be gone", () => {
    const [example] = examplesOf("pull_request");
    const { sender: _sender, ...rest } = example ?? {};
    for (const ghost of [rest, { ...rest, sender: null }])
      expect(projectPullEvent("pull_request", ghost).actorLogin).toBeNull();
  });
  test("some name an installation and some do not", () => {
    const ids = examplesOf("issue_comment").map((example) => projectIssueComment(example).installationId);
    expect(ids).toContain(null);
    expect(ids.some((id) => id !== null)).toBe(true);
  });
});

test("takes exactly the fields it names, and an empty body for null", () => {
  const { comment, issue, sender } = projectIssueComment({ ...payload, extra: "x" });
  expect(projectIssueComment({ ...payload, extra: "x" })).toEqual({
    action: "created",
    installationId: 5,
    repository: { id: 1, name: "demo", owner: "alice", private: true, defaultBranch: "trunk", archived: true },
    issue: {
      number: 7,
      title: "T",
      body: "",
      state: "closed",
      locked: true,
      isPullRequest: true,
      author: { id: 4, login: "carol" },
    },
    comment: { id: 9, body: "@porter", createdAt: "2026-11-22T09:00:00Z" },
    sender: { id: 3, login: "bob", type: "Bot" },
    viaAppId: 777,
  });
  expect([comment.body, issue.isPullRequest, sender.type]).toEqual(["@porter", true, "Bot"]);
});

test.each([null, undefined, {}, { login: "carol" }, { id: "4", login: "carol" }, "carol"])(
  "takes %j for an author whom nobody knows",
  (user) => {
    const event = projectIssueComment({ ...payload, issue: { ...payload.issue, user } });
    expect(event.issue.author).toBeNull();
  },
);

test("reads issues.closed", () => {
  expect(projectIssues({ ...payload, action: "closed" })).toMatchObject({
    action: "closed",
    issue: { state: "closed" },
    installationId: 5,
  });
});

/** Every path to a leaf or object of the payload that must be there. */
const REQUIRED = [
  "action",
  "repository",
  "repository.id",
  "repository.name",
  "repository.owner.login",
  "repository.private",
  "repository.default_branch",
  "issue",
  "issue.number",
  "issue.title",
  "comment",
  "comment.id",
  "comment.created_at",
  "sender",
  "sender.id",
  "sender.login",
  "sender.type",
];
function without(path: string, replacement?: unknown): unknown {
  const copy: Record<string, unknown> = structuredClone(payload);
  const keys = path.split(".");
  const last = keys.pop() ?? "";
  let parent = copy;
  for (const key of keys) parent = parent[key] as Record<string, unknown>;
  if (replacement === undefined) delete parent[last];
  else parent[last] = replacement;
  return copy;
}
function refusal(value: unknown): AppError {
  try {
    projectIssueComment(value);
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error("was accepted");
}

test.each(REQUIRED)("names %s when it is missing or of another type", (path) => {
  for (const value of [without(path), without(path, null), without(path, [])]) {
    const error = refusal(value);
    expect(error.code).toBe("bad_request");
    expect(error.field?.startsWith(path)).toBe(true);
    expect(error.message).toContain(path);
  }
});

test.each([null, undefined, 0, "text", [], true])("refuses %j as a payload", (value) => {
  expect(refusal(value).message).toContain("issue_comment payload");
});

test("ids that a number cannot hold are refused, not rounded", () => {
  expect(refusal(without("comment.id", 2 ** 53)).field).toBe("comment.id");
  expect(refusal(without("sender.id", -1)).field).toBe("sender.id");
});

test("lone surrogates and NUL never reach a column", () => {
  const hostile = JSON.parse('{"t":"a\\u0000b\\ud800c\\udfff","b":"\\udc00\\u0000"}') as { t: string; b: string };
  const event = projectIssueComment({
    ...payload,
    issue: { ...payload.issue, title: hostile.t, body: hostile.b },
    comment: { ...payload.comment, body: hostile.t },
  });
  expect(event.issue.title).toBe("a\uFFFDb\uFFFDc\uFFFD");
  expect(event.issue.body).toBe("\uFFFD\uFFFD");
  expect(event.comment.body).toBe("a\uFFFDb\uFFFDc\uFFFD");
});

test("property: any text comes out well-formed, without NUL, at its length, and else unchanged", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "grapheme" }), (raw, plain) => {
      const event = projectIssueComment({
        ...payload,
        comment: { ...payload.comment, body: raw },
        issue: { ...payload.issue, body: plain },
      });
      expect(event.comment.body.isWellFormed()).toBe(true);
      expect(event.comment.body).not.toContain("\0");
      expect(event.comment.body).toHaveLength(raw.length);
      expect(event.issue.body).toBe(plain.replaceAll("\0", "\uFFFD"));
    }),
  );
});
