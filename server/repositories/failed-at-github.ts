import type { Failed } from "@/lib/obligations";
import type { GitHubError } from "@/server/github/port";
import { OverBudget } from "./content-budget";

/** What GitHub's answer means for the next try of something that is owed there. */
export function failedAtGitHub(error: GitHubError): Failed {
  const { message } = error;
  // Porter's own limit ends by itself.
  if (error instanceof OverBudget) return { message, waitMs: error.retryAfterMs, isFree: true };
  switch (error.failure.kind) {
    case "limited":
      return { message, waitMs: error.failure.retryAfterMs };
    case "lost":
    case "invalid":
      return { message, isRefused: true };
    default:
      return { message };
  }
}
