import { describe, expect, test } from "vitest";
import { type BranchRule, type Planned, ruleWords, unmetRules } from "./branch-rules.ts";

const planned: Planned = {
  branch: "porter/task_0123456789abcdefghij",
  trailers: ["Co-authored-by: mona <1+mona@users.noreply.github.com>", "Porter-Task: task_0123456789abcdefghij"],
  authorEmail: "1+porter[bot]@users.noreply.github.com",
  committerEmail: "noreply@github.com",
  signs: null,
};
type Pattern = NonNullable<BranchRule["pattern"]>;
const rule = (type: string, pattern?: Partial<Pattern>): BranchRule => ({
  type,
  rulesetId: 1,
  checks: [],
  sparesNew: false,
  pattern: pattern ? { name: null, negate: false, operator: "regex", pattern: "", ...pattern } : null,
});
const isUnmet = (one: BranchRule, more: Partial<Planned> = {}): boolean =>
  unmetRules([one], { ...planned, ...more }).length > 0;

describe("a rule that no run can keep to is known before the run", () => {
  test.each<[string, BranchRule, Partial<Planned>?]>([
    ["no new branches", rule("creation")],
    ["commits by pull requests alone", rule("pull_request")],
    ["checks that have passed", { ...rule("required_status_checks"), checks: ["ci"] }],
    ["workflows that have passed", { ...rule("workflows"), checks: ["ci.yml"] }],
    ["deployments that are done", { ...rule("required_deployments"), checks: ["staging"] }],
    ["signatures, where GitHub did not sign", rule("required_signatures"), { signs: false }],
    ["another beginning", rule("branch_name_pattern", { operator: "starts_with", pattern: "feature/" })],
    ["another end", rule("branch_name_pattern", { operator: "ends_with", pattern: "-x" })],
    ["another word", rule("branch_name_pattern", { operator: "contains", pattern: "jira" })],
    ["another form", rule("branch_name_pattern", { pattern: "^(feature|fix)/[a-z]+$" })],
    ["not this one", rule("branch_name_pattern", { negate: true, operator: "starts_with", pattern: "porter/" })],
    ["another author", rule("commit_author_email_pattern", { operator: "ends_with", pattern: "@acme.example" })],
    ["another committer", rule("committer_email_pattern", { pattern: "@acme\\.example$" })],
    ["a sign-off", rule("commit_message_pattern", { pattern: "^Signed-off-by: .+ <.+>$" })],
    ["a sign-off by its word", rule("commit_message_pattern", { operator: "contains", pattern: "Signed-off-by:" })],
    [
      "no co-authors",
      rule("commit_message_pattern", { negate: true, operator: "contains", pattern: "Co-authored-by" }),
    ],
  ])("%s", (_name, one, more) => {
    expect(isUnmet(one, more)).toBe(true);
  });

  test.each<[string, BranchRule, Partial<Planned>?]>([
    ["what is kept to", rule("branch_name_pattern", { pattern: "^(feature|porter)/[a-z0-9_-]+$" })],
    [
      "a prefix that is set",
      rule("branch_name_pattern", { operator: "starts_with", pattern: "bots/" }),
      { branch: "bots/x" },
    ],
    ["signatures, where GitHub signed", rule("required_signatures"), { signs: true }],
    ["signatures, where nobody knows", rule("required_signatures")],
    ["a form that the agent may keep to", rule("commit_message_pattern", { pattern: "^[A-Z]+-\\d+ " })],
    [
      "a word that the agent may leave out",
      rule("commit_message_pattern", { negate: true, operator: "contains", pattern: "WIP" }),
    ],
    ["an expression that is none", rule("branch_name_pattern", { pattern: "(?<" })],
    ["an expression that might take long", rule("branch_name_pattern", { pattern: "^(?:a+)+$" })],
    ["many stars", rule("branch_name_pattern", { pattern: ".*.*.*.*x" })],
    ["an operator that nobody knows", rule("branch_name_pattern", { operator: "sounds_like", pattern: "x" })],
    ["no pattern at all", rule("branch_name_pattern")],
    ["checks that a new branch is spared", { ...rule("required_status_checks"), checks: ["ci"], sparesNew: true }],
    ["checks of which none is named", rule("required_status_checks")],
    ["a rule of what is there already", rule("update")],
    ["a rule of going away", rule("deletion")],
    ["a rule of going back", rule("non_fast_forward")],
    ["a rule of merges", rule("required_linear_history")],
    ["a rule that nobody knows", rule("full_moon")],
  ])("not: %s", (_name, one, more) => {
    expect(isUnmet(one, more)).toBe(false);
  });
});

test("a rule is said by its name", () => {
  const starts = rule("branch_name_pattern", { name: "Team prefix", operator: "starts_with", pattern: "feature/" });
  const checks = { ...rule("required_status_checks"), checks: ["ci", "lint"] };
  expect(
    [starts, checks, rule("creation"), rule("commit_message_pattern", { negate: true, pattern: "x" })].map(ruleWords),
  ).toEqual([
    'branch_name_pattern "Team prefix": names of branches must begin with feature/',
    "required_status_checks: a branch of this name may only be made once these checks have passed: ci, lint",
    "creation: nobody may make a branch of this name",
    "commit_message_pattern: texts of commits must not match x",
  ]);
});
