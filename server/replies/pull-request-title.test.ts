import { describe, expect, it } from "vitest";
import { pullRequestTitle, type TitleHabit, titleHabit } from "./pull-request-title";

const conventional = ["fix(auth): a", "feat: b", "chore(deps)!: c"];
const plain = ["Add a", "Fix: b", "fixing c", "WIP: d"];

describe("a title follows the repository's habit", () => {
  it.each<[TitleHabit, string[]]>([
    [null, []],
    [null, ["fix: a", "feat: b"]],
    ["conventional", conventional],
    ["conventional", [...conventional, "Add d"]],
    ["plain", ["Add a", "Move b", "Bump c"]],
    ["plain", [...plain.slice(0, 1), ...plain.slice(2), "Add e"]],
    [null, ["fix: a", "Add b", "feat: c", "Add d"]],
  ])("%s of %j", (habit, titles) => {
    expect(titleHabit(titles)).toBe(habit);
  });

  it.each<[TitleHabit, string, string]>([
    ["conventional", "Fix the token race", "fix: fix the token race"],
    ["conventional", "Add a French greeting", "feat: add a French greeting"],
    ["conventional", "README says how", "chore: README says how"],
    ["conventional", "iOS crashes", "chore: iOS crashes"],
    ["conventional", "A lock", "chore: A lock"],
    ["conventional", "fix(auth): handle it", "fix(auth): handle it"],
    ["plain", "fix(auth): handle it", "Handle it"],
    ["plain", "feat!: getUser takes two", "getUser takes two"],
    ["plain", "Add it", "Add it"],
    [null, "fix: handle it", "fix: handle it"],
    [null, "Fix it", "Fix it"],
  ])("%s makes of %j", (habit, title, expected) => {
    expect(pullRequestTitle({ title, issueTitle: "x", issueNumber: 1, habit })).toBe(expected);
  });

  it.each<[string, string]>([
    ["fixes #1 for @octocat [skip ci]", "fixes #\u200b1 for @\u200boctocat (skip ci)"],
    ["fix: src/a.ts, closes octo/other#2", "fix: src/a.ts, closes octo/other#\u200b2"],
    ["a\u202eb\nc", "ab c"],
    ["x".repeat(200), `${"x".repeat(119)}…`],
    [" \u200b\n", "the issue's"],
  ])("%j calls nobody and is one line", (title, expected) => {
    expect(pullRequestTitle({ title, issueTitle: "the issue's", issueNumber: 1, habit: null })).toBe(expected);
  });
});
