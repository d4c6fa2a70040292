import { describe, expect, test } from "vitest";
import { pullStateOf, reviewOf, worstCheck } from "./pull-state.ts";

const by = (reviewer: number | null, state: string, isBot = false) => ({ reviewer, state, isBot });

describe("what reviewers said last", () => {
  test.each([
    ["nobody said anything", [], null],
    ["one approved", [by(1, "APPROVED")], "approved"],
    ["one changed their mind", [by(1, "CHANGES_REQUESTED"), by(1, "APPROVED")], "approved"],
    ["a comment takes nothing back", [by(1, "CHANGES_REQUESTED"), by(1, "COMMENTED")], "changes_requested"],
    ["one of two wants changes", [by(1, "CHANGES_REQUESTED"), by(2, "APPROVED")], "changes_requested"],
    ["a dismissed one is taken back", [by(1, "CHANGES_REQUESTED"), by(1, "DISMISSED")], null],
    ["a bot's word is nobody's", [by(1, "CHANGES_REQUESTED", true)], null],
    ["nor is that of a deleted account", [by(null, "APPROVED")], null],
    ["nor one that is not sent yet, nor a word of later", [by(1, "PENDING"), by(2, "CELEBRATED")], null],
  ] as const)("%s", (_case, reviews, said) => {
    expect(reviewOf(reviews)).toBe(said);
  });
});

test.each([
  [null, null],
  [{ passed: 0, failed: 0, running: 0 }, null],
  [{ passed: 2, failed: 0, running: 0 }, "passed"],
  [{ passed: 2, failed: 0, running: 1 }, "running"],
  [{ passed: 2, failed: 1, running: 1 }, "failed"],
] as const)("of checks the worst counts: %j", (counts, worst) => {
  expect(worstCheck(counts)).toBe(worst);
});

test.each([
  [{ state: "open", merged: false, draft: false }, "open"],
  [{ state: "open", merged: false, draft: true }, "draft"],
  [{ state: "closed", merged: false, draft: true }, "closed"],
  [{ state: "closed", merged: true, draft: false }, "merged"],
] as const)("a pull request is one thing: %j", (seen, state) => {
  expect(pullStateOf(seen)).toBe(state);
});
