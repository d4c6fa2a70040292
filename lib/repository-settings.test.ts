import fc from "fast-check";
import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { repositorySettingsSchema, repositorySettingsUpdateSchema } from "./repository-settings.ts";

const place = { owner: "acme", name: "widgets" };
const takes = (branchPrefix: string): boolean =>
  repositorySettingsUpdateSchema.safeParse({ ...place, branchPrefix }).success;

test("without a setting work is published at once, on Porter's own branches, without what GitHub runs, over each person's own network", () => {
  expect(repositorySettingsSchema.parse({})).toEqual({
    publish: "at_once",
    branchPrefix: "porter/",
    workflows: "held_back",
    network: null,
    networkNames: [],
    secretsApp: null,
    outsiders: null,
  });
});

test.each(["porter/", "bots/porter/", "porter-", "ai_", "a.b/", "x/y/z-"])("%j may begin a branch's name", (prefix) => {
  expect(takes(prefix)).toBe(true);
});

test.each([
  ["", "porter", "/", "/porter/", "a//", "../", "a/../", ".a/", "a./", "a..b/", "a.lock/", "-a/", "refs/", "HEAD/"],
  ["a b/", "a~/", "a^/", "a:/", "a?/", "a*/", "a[/", "a\\/", "a@{/", "a\n/", "é/", "\u200b/", `${"a".repeat(40)}/`],
])("git, or whoever reads it, takes none of these", (...prefixes) => {
  expect(prefixes.filter(takes)).toEqual([]);
});

test("git takes whatever is taken", () => {
  const piece = fc.constantFrom("a", "Z", "0", "-", "_", ".", "/", ".lock", "refs", "@", "{", "~");
  const prefixes = fc
    .sample(fc.array(piece, { minLength: 1, maxLength: 6 }), { numRuns: 4_000, seed: 20261130 })
    .map((parts) => parts.join(""))
    .filter(takes);
  const names = [...new Set(prefixes)].slice(0, 60).map((prefix) => `refs/heads/${prefix}task_0`);
  expect(names.length).toBeGreaterThan(20);
  const refused = names.filter((name) => spawnSync("git", ["check-ref-format", name]).status !== 0);
  expect(refused).toEqual([]);
});

test("an unknown setting is refused", () => {
  expect(repositorySettingsUpdateSchema.safeParse({ ...place, publishes: "at_once" }).success).toBe(false);
});
