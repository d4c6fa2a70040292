import { GitHubError } from "@/server/github/port";

/** What GitHub was asked to make and did not answer may still be made, and be missing in its lists, for so long. */
export const CONSISTENT_AFTER_MS = 60_000;

/** Nobody knows whether a comment was made: before `CONSISTENT_AFTER_MS` have passed it is not asked for again. */
export class Unanswered extends GitHubError {}

/** Makes a comment. Throws `Unanswered` where GitHub does not say whether it did, else `GitHubError`. */
export async function makeComment<T>(create: () => Promise<T>): Promise<T> {
  try {
    return await create();
  } catch (error) {
    // A no is an answer.
    if (!(error instanceof GitHubError) || error.failure.kind !== "unavailable") throw error;
    throw new Unanswered(error.failure, error);
  }
}
