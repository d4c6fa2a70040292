import { describe, expect, test } from "vitest";
import { readIssueReference, taskRequestSchema } from "./task-request.ts";

const GITHUB = "https://github.com";
const place = { owner: "acme", name: "wid.gets", number: 12 };

describe("the issue", () => {
  test.each([
    { repository: "acme/wid.gets", issueNumber: 12 },
    { repository: "acme/wid.gets#12" },
    { repository: "acme/wid.gets#12", issueNumber: 12 },
    { repository: "https://github.com/acme/wid.gets/issues/12" },
    { repository: "https://github.com/acme/wid.gets/issues/12/#issuecomment-5" },
    { repository: "https://github.com/acme/wid.gets", issueNumber: 12 },
  ])("is read from %j", (request) => expect(readIssueReference(request, GITHUB)).toEqual(place));

  test.each([
    { repository: "acme/wid.gets" },
    { repository: "acme" },
    { repository: "acme/wid.gets#13", issueNumber: 12 },
    { repository: "https://evil.example/acme/wid.gets/issues/12" },
    { repository: "https://github.com.evil.example/acme/wid.gets/issues/12" },
    { repository: "https://github.com/acme/wid.gets/pull/12" },
    { repository: "acme/wid.gets/../x#12" },
    { repository: "acme/wid.gets#0" },
  ])("is not guessed from %j", (request) => expect(readIssueReference(request, GITHUB)).toBe(null));
});

test("agents go by either name, priorities by name or number", () => {
  const read = (more: object) => taskRequestSchema.parse({ repository: "a/b#1", ...more });
  expect(read({ agent: "claude-code", priority: 3 })).toMatchObject({ agent: "claude", priority: "high" });
  expect(read({})).toEqual({ repository: "a/b#1", agent: null, instructions: "" });
});

test.each([
  ["agent", { agent: "gemini" }],
  ["model", { model: "a model; rm -rf" }],
  ["baseBranch", { baseBranch: "../main" }],
  ["priority", { priority: 4 }],
  ["issueNumber", { issueNumber: 0 }],
])("a wrong %s is refused by its name", (field, more) => {
  const parsed = taskRequestSchema.safeParse({ repository: "a/b#1", ...more });
  expect(parsed.error?.issues[0]?.path[0]).toBe(field);
});

describe("a budget that is asked for", () => {
  const read = (budget: unknown) => taskRequestSchema.safeParse({ repository: "o/n#1", budget });

  test("is a number of dollars, or what one types in a comment", () => {
    for (const budget of [2.5, "2.50", "$2.50"]) expect(read(budget).data?.budget).toBe(2.5);
    for (const budget of [undefined, null]) expect(read(budget).success).toBe(true);
  });

  test.each([0, -1, 2.505, "lots", "0", true, {}])("is not %j, and the answer names the field", (budget) => {
    const { error } = read(budget);
    expect(error?.issues[0]?.path).toEqual(["budget"]);
  });
});
