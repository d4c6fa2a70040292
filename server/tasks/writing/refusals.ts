import type { WhyBundle } from "@/lib/change-set-judgement";
import type { FailureCode } from "@/lib/failures";
import type { WorkRefusal } from "@/lib/work-refusal";
import type { AppContext } from "@/server/context";
import type { GitHubFailure, RuleRefusal } from "@/server/github/port";

/** Why a set is not written that could not be judged, or that is for download alone. */
export const refusalOfJudging = (why: WhyBundle): WorkRefusal =>
  why.kind === "base_unknown" ? { kind: "base_gone" } : why;

/** What a task that ends with it is told to be. Exhaustive: a new reason has to say it. */
const CODES: Record<WorkRefusal["kind"], FailureCode> = {
  waits_for_click: "waits_for_click",
  rules: "push_rejected",
  push_protection: "push_rejected",
  permission: "github_permission",
  branch_moved: "push_rejected",
  branch_blocked: "push_rejected",
  base_gone: "not_written",
  tree_differs: "not_written",
  too_large: "not_written",
  cannot_be_judged: "not_written",
  broken: "not_written",
  deleted: "not_written",
  secrets_unknown: "not_written",
  all_held_back: "not_written",
  still_held_back: "not_written",
  pull_request_closed: "not_written",
  pull_request_permission: "github_permission",
  pull_request_refused: "pull_request_refused",
  github: "push_rejected",
};
export const codeOfRefusal = ({ kind }: WorkRefusal): FailureCode => CODES[kind];

type RepositoryName = { repoOwner: string; repoName: string };
const cut = (text: string): string => text.slice(0, 500);

/** What GitHub's rules have against it, with the page on which somebody may let each secret pass. */
function ofRules(
  context: Pick<AppContext, "env">,
  { repoOwner, repoName }: RepositoryName,
  by: RuleRefusal,
): WorkRefusal {
  if (by.secrets.length === 0) return { kind: "rules", rules: by.rules.map(cut) };
  const at = `${context.env.GITHUB_URL}/${repoOwner}/${repoName}/security/secret-scanning/unblock-secret/`;
  const secrets = by.secrets.map(({ what, placeholder }) => ({
    what,
    address: placeholder === "" ? null : at + encodeURIComponent(placeholder),
  }));
  return { kind: "push_protection", secrets };
}

/** Names of the permissions that would do: of "contents=write; workflows=write" the first that is not there yet. */
function permissionIn(needs: string | undefined, otherwise: string): string {
  const [name = ""] = (needs ?? "").split(/[;,]/).map((part) => part.trim().split("=")[0] ?? "");
  return (name === "" ? otherwise : name).slice(0, 100);
}

/**
 * Why the branch is not there, where GitHub's answer says it; null: it says nothing that will hold, or nothing of the
 * branch. `workflows`: what was written has files that GitHub itself runs.
 */
export function refusalOfWriting(
  context: Pick<AppContext, "env">,
  repository: RepositoryName,
  { failure, workflows }: { failure: GitHubFailure; workflows: boolean },
): WorkRefusal | null {
  if (failure.kind === "invalid" && failure.refusedBy !== undefined)
    return ofRules(context, repository, failure.refusedBy);
  if (failure.kind !== "lost" || failure.reason !== "permission") return null;
  return { kind: "permission", permission: workflows ? "workflows" : permissionIn(failure.needs, "contents") };
}

/** Why there is no pull request of a branch that is there. */
export function refusalOfPullRequest(failure: GitHubFailure): WorkRefusal {
  if (failure.kind === "lost" && failure.reason === "permission")
    return { kind: "pull_request_permission", permission: permissionIn(failure.needs, "pull_requests") };
  if (failure.kind === "invalid") return { kind: "pull_request_refused", errors: failure.errors.slice(0, 10).map(cut) };
  // What can be said of it is said by its code; GitHub's own words stand folded.
  if (failure.kind === "lost") return { kind: "pull_request_refused", errors: [] };
  return { kind: "github", message: cut(failure.message) };
}
