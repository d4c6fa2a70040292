import type { WorkFacts } from "../work-location.ts";
import type { WorkRefusal } from "../work-refusal.ts";

/** One refusal of each kind: a kind without its line does not compile. */
const REFUSALS: { [K in WorkRefusal["kind"]]: Extract<WorkRefusal, { kind: K }> } = {
  waits_for_click: { kind: "waits_for_click" },
  rules: { kind: "rules", rules: ["Commits must have verified signatures.", "Found 2 violations", "c", "d", "e"] },
  push_protection: {
    kind: "push_protection",
    secrets: [
      {
        what: "Amazon AWS Access Key ID",
        address: "https://github.test/o/r/security/secret-scanning/unblock-secret/1",
      },
      { what: "@octocat's key", address: null },
    ],
  },
  permission: { kind: "permission", permission: "workflows" },
  branch_moved: { kind: "branch_moved", branch: "porter/x" },
  branch_blocked: { kind: "branch_blocked", by: "porter" },
  base_gone: { kind: "base_gone" },
  tree_differs: { kind: "tree_differs" },
  too_large: { kind: "too_large", bytes: 63 * 1024 ** 2, paths: 7200 },
  cannot_be_judged: { kind: "cannot_be_judged" },
  broken: { kind: "broken" },
  deleted: { kind: "deleted" },
  secrets_unknown: { kind: "secrets_unknown" },
  all_held_back: { kind: "all_held_back" },
  still_held_back: { kind: "still_held_back" },
  pull_request_closed: { kind: "pull_request_closed" },
  pull_request_permission: { kind: "pull_request_permission", permission: "pull_requests" },
  pull_request_refused: { kind: "pull_request_refused", errors: ["A pull request already exists for x."] },
  github: { kind: "github", message: "Server Error" },
};
const EVERY_REFUSAL: readonly (WorkRefusal | null)[] = [null, ...Object.values(REFUSALS)];

const PULL = { number: 12, url: "https://github.test/o/r/pull/12" };
const BRANCH = {
  name: "porter/task_0123456789abcdefghij",
  url: "https://github.test/o/r/tree/porter",
  compareUrl: "https://github.test/o/r/compare/porter",
};
const KEPT_UNTIL = "2026-12-30T00:00:00.000Z";
const set = (files: number, heldBack: number, more: Partial<NonNullable<WorkFacts["set"]>> = {}) => ({
  files,
  heldBack,
  whyBundle: null,
  isThere: true,
  keptUntil: KEPT_UNTIL,
  ...more,
});
const SETS: readonly WorkFacts["set"][] = [
  null,
  set(0, 0),
  set(3, 0),
  set(3, 2),
  set(0, 2),
  set(0, 0, { whyBundle: { kind: "too_large", bytes: 63 * 1024 ** 2, paths: 7200 } }),
  set(3, 0, { whyBundle: { kind: "base_unknown" } }),
  set(3, 1, { whyBundle: { kind: "cannot_be_judged" } }),
  set(3, 1, { whyBundle: { kind: "secrets_unknown" } }),
  set(3, 2, { isThere: false }),
  set(0, 2, { isThere: false }),
];

/** Every combination of what can be known of where a task's work is. */
export const EVERY_WORK: readonly WorkFacts[] = [true, false].flatMap((isSaving) =>
  [null, PULL].flatMap((pull) =>
    [null, BRANCH].flatMap((branch) =>
      SETS.flatMap((one) => EVERY_REFUSAL.map((refusal) => ({ isSaving, pull, branch, set: one, refusal }))),
    ),
  ),
);
