/**
 * What came of an attempt, by the names of its columns (server/db/schema/outcome.ts). Each list that tells a task
 * somewhere (the view, the export) says of every one of these where it tells it, or that it does not: a name more here
 * does not compile until they all have said so.
 */
export const OUTCOME_FIELDS = [
  "steps",
  "lastStep",
  "commits",
  "filesChanged",
  "additions",
  "deletions",
  "headSha",
  "savedBranch",
  "summary",
  "logTail",
  "costUsd",
  "budgetUsd",
  "inputTokens",
  "outputTokens",
  "callbackAttempts",
  "callbackMaxAttempts",
  "callbackLastHttpCode",
] as const;
export type OutcomeField = (typeof OUTCOME_FIELDS)[number];
