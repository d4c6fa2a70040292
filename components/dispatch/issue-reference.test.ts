import { expect, test } from "vitest";
import { issueReference } from "./issue-reference";

test.each([
  "https://github.com/octocat/hello-porter/issues/12",
  "  https://github.com/octocat/hello-porter/issues/12?x=1#issuecomment-99 ",
  "http://127.0.0.1:4000/octocat/hello-porter/issues/12/",
  "octocat/hello-porter#12",
])("reads the issue of %s", (text) => {
  expect(issueReference(text)).toEqual({ owner: "octocat", name: "hello-porter", number: 12 });
});

test.each([
  "",
  "octocat/hello-porter",
  "#12",
  "https://github.com/octocat/hello-porter/pull/12",
  "https://github.com/octocat/hello-porter/issues/0",
  "https://github.com/octocat/hello-porter/issues/12abc",
  "see https://github.com/octocat/hello-porter/issues/12",
])("takes %j for a search", (text) => {
  expect(issueReference(text)).toBeNull();
});
