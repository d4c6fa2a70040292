import type { FailureCode } from "@/lib/failures";
import type { GitHubFailure, LossReason } from "@/server/github/port";

/** Exhaustive: a new reason has to say what people are told. */
const OF_LOSS: Record<LossReason, FailureCode> = {
  no_access: "access_lost",
  suspended: "access_lost",
  ip_allow_list: "github_ip_allow_list",
  saml: "github_saml",
  permission: "github_permission",
  archived: "repository_archived",
  forbidden: "github_refused",
  not_found: "github_refused",
  gone: "github_refused",
  locked: "github_refused",
};

/** What a failure of GitHub means to the person whose command or task it ends. */
export function refusalOf(failure: GitHubFailure): FailureCode {
  switch (failure.kind) {
    case "lost":
      return OF_LOSS[failure.reason];
    case "limited":
      return "github_limited";
    case "unavailable":
      return "github_unavailable";
    case "invalid":
      return "github_refused";
    case "unauthenticated":
      return "internal";
  }
}
