import { expect, test } from "vitest";
import { readPasted } from "./issue-reference";

const GITHUB = "https://github.com";
const issue = { kind: "issue", issue: { owner: "octocat", name: "hello-porter", number: 12 } };

test.each([
  "https://github.com/octocat/hello-porter/issues/12",
  "  https://github.com/octocat/hello-porter/issues/12?x=1#issuecomment-99 ",
  "https://github.com/octocat/hello-porter/issues/12/",
  "http://github.com/octocat/hello-porter/issues/12",
  "https://www.github.com/octocat/hello-porter/issues/12",
  "HTTPS://GitHub.com/octocat/hello-porter/issues/12",
  "github.com/octocat/hello-porter/issues/12",
  "www.github.com/octocat/hello-porter/issues/12#issue-1",
  "<https://github.com/octocat/hello-porter/issues/12>",
  "octocat/hello-porter#12",
])("reads the issue of %s", (text) => {
  expect(readPasted(text, GITHUB)).toEqual(issue);
});

test("reads the issues of the GitHub that Porter works with, and of no other", () => {
  const path = "octocat/hello-porter/issues/12";
  expect(readPasted(`http://127.0.0.1:4000/${path}`, "http://127.0.0.1:4000")).toEqual(issue);
  for (const address of [`https://ghe.example/${path}`, `https://github.com.evil.example/${path}`])
    expect(readPasted(address, GITHUB), address).toEqual({
      kind: "refused",
      sentence: "This is not an address of github.com.",
    });
});

test.each([
  "https://github.com/octocat/hello-porter/pull/12",
  "https://github.com/octocat/hello-porter/pull/12/files#diff-1",
  "github.com/octocat/hello-porter/pull/12#issuecomment-9",
])("says that %s is a pull request", (text) => {
  expect(readPasted(text, GITHUB)).toMatchObject({ kind: "refused", sentence: expect.stringMatching(/pull request/) });
});

test.each([
  "https://github.com/octocat/hello-porter",
  "https://github.com/octocat/hello-porter.git",
  "https://github.com/octocat/hello-porter/issues?q=is%3Aopen",
  "github.com/octocat/hello-porter/",
  "https://github.com/octocat/hello-porter/issues/12abc",
])("reads the repository of %s", (text) => {
  expect(readPasted(text, GITHUB)).toEqual({ kind: "repository", repository: "octocat/hello-porter" });
});

test.each([
  "",
  "octocat/hello-porter",
  "#12",
  "https://github.com/octocat/hello-porter/issues/0",
  "see https://github.com/octocat/hello-porter/issues/12",
  "https://gitlab.example/octocat/hello-porter",
  "https://",
  "github",
])("takes %j for a search", (text) => {
  expect(readPasted(text, GITHUB)).toBeNull();
});
