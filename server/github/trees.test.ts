import { expect, test } from "vitest";
import { EMPTY_TREE } from "@/server/github/trees";
import { callsOf, githubFailureOf, startGitHub } from "@/server/testing/scripted-github";

const GIT = "/repos/alice/demo/git";
const id = (digit: string): string => digit.repeat(40);
const file = (path: string, mode = "100644") => ({ path, mode, type: "blob", sha: id("a") });
const folder = (path: string, sha: string) => ({ path, mode: "040000", type: "tree", sha });
const answer = (tree: object[], truncated = false) => ({ status: 200, body: { sha: id("1"), truncated, tree } });

test("reads the files of a tree, with the modes that git gives them today", async () => {
  const tree = [file("a"), folder("b", id("2")), file("b/run", "100755"), file("b/old", "100664"), file("l", "120000")];
  const { server, repository } = await startGitHub({
    [`GET ${GIT}/trees/${id("1")}`]: answer([...tree, { path: "sub", mode: "160000", type: "commit", sha: id("c") }]),
  });
  await using _ = server;
  expect([...((await repository.treeFiles(id("1"))) ?? [])].map(([path, { mode }]) => [path, mode])).toEqual([
    ["a", "100644"],
    ["b/run", "100755"],
    ["b/old", "100644"],
    ["l", "120000"],
    ["sub", "160000"],
  ]);
  expect(callsOf(server.seen)).toEqual([`GET ${GIT}/trees/${id("1")}?recursive=1`]);
});

test("reads folder by folder what GitHub cuts off", async () => {
  const { server, repository } = await startGitHub({
    [`GET ${GIT}/trees/${id("1")}`]: ({ url }) =>
      url.includes("recursive")
        ? answer([file("a")], true)
        : answer([file("a"), folder("b", id("2")), folder("c", id("3"))]),
    [`GET ${GIT}/trees/${id("2")}`]: ({ url }) =>
      url.includes("recursive") ? answer([], true) : answer([folder("deep", id("3"))]),
    [`GET ${GIT}/trees/${id("3")}`]: answer([file("x/y")]),
  });
  await using _ = server;
  const files = await repository.treeFiles(id("1"));
  expect(new Set(files?.keys())).toEqual(new Set(["a", "b/deep/x/y", "c/x/y"]));
});

test("does not take a part for the whole", async () => {
  const { server, repository } = await startGitHub({
    [`GET ${GIT}/trees/${id("1")}`]: answer([file("a")], true),
    [`GET ${GIT}/trees/${id("2")}`]: ({ url }) =>
      url.includes("recursive")
        ? answer([], true)
        : answer(Array.from({ length: 200 }, (_, at) => folder(`f${at}`, id("3")))),
    [`GET ${GIT}/trees/${id("3")}`]: answer([file("x")]),
  });
  await using _ = server;
  expect(await repository.treeFiles(id("1"))).toBeNull();
  expect(await repository.treeFiles(id("2"))).toBeNull();
  expect(server.seen.length).toBeLessThan(80);
});

test("knows the tree of nothing, and a commit that is not there", async () => {
  const { server, repository } = await startGitHub({
    [`GET ${GIT}/commits/${id("5")}`]: { status: 200, body: { sha: id("5"), tree: { sha: id("1") } } },
  });
  await using _ = server;
  expect(await repository.treeFiles(EMPTY_TREE)).toEqual(new Map());
  expect(await githubFailureOf(repository.treeFiles(id("1")))).toMatchObject({ kind: "lost", reason: "not_found" });
  expect(await repository.treeOf(id("5"))).toBe(id("1"));
  expect(await repository.treeOf(id("6"))).toBeNull();
});
