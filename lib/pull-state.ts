/** What a task's pull request is on GitHub, as Porter saw it last. */
export const PULL_STATES = ["open", "draft", "merged", "closed"] as const;
export type PullState = (typeof PULL_STATES)[number];
/** Of all checks of its newest commit, the worst; without checks there is no such word. */
export const PULL_CHECKS = ["passed", "failed", "running"] as const;
export type PullChecks = (typeof PULL_CHECKS)[number];
/** What its reviewers said last. */
export const PULL_REVIEWS = ["approved", "changes_requested"] as const;
export type PullReview = (typeof PULL_REVIEWS)[number];

type Seen = { state: "open" | "closed"; merged: boolean; draft: boolean };
export const pullStateOf = ({ state, merged, draft }: Seen): PullState =>
  merged ? "merged" : state === "closed" ? "closed" : draft ? "draft" : "open";

export const hasEndedPull = (state: PullState | null): boolean => state === "merged" || state === "closed";

/** Null: there are none, or the App may not see them. */
export function worstCheck(counts: { passed: number; failed: number; running: number } | null): PullChecks | null {
  if (counts === null) return null;
  if (counts.failed > 0) return "failed";
  if (counts.running > 0) return "running";
  return counts.passed > 0 ? "passed" : null;
}

/**
 * Of the reviews of a pull request, oldest first: each reviewer's last word counts, a comment is none, and one that was
 * dismissed is taken back. Words of bots are nobody's.
 */
export function reviewOf(
  reviews: readonly { reviewer: number | null; isBot: boolean; state: string }[],
): PullReview | null {
  const words = new Map<number, PullReview>();
  for (const { reviewer, isBot, state } of reviews) {
    if (reviewer === null || isBot) continue;
    if (state === "APPROVED") words.set(reviewer, "approved");
    else if (state === "CHANGES_REQUESTED") words.set(reviewer, "changes_requested");
    else if (state === "DISMISSED") words.delete(reviewer);
  }
  const all = [...words.values()];
  return all.includes("changes_requested") ? "changes_requested" : all.length > 0 ? "approved" : null;
}

type Shown = {
  prState?: PullState | null | undefined;
  prChecks?: PullChecks | null | undefined;
  prReview?: PullReview | null | undefined;
};
/** It is open, and its requester has something to do about it: `server/db/task-search.ts` says the same in SQL. */
export const pullNeedsSomebody = ({ prState, prChecks, prReview }: Shown): boolean =>
  prState === "open" && (prChecks === "failed" || prReview === "changes_requested");
