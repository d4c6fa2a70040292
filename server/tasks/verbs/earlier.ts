import type { AppContext } from "@/server/context";
import type { EarlierExchange } from "@/server/prompts/build";

/**
 * What the issue's newest runs asked back, oldest first: what a person asks for now is the answer to the last of these
 * questions. Nothing once a later run has ended otherwise or is under way.
 */
export async function earlierExchanges(
  context: AppContext,
  issue: { repositoryId: number; issueNumber: number },
): Promise<EarlierExchange[]> {
  const newest = await context.db.tasks.lastEnds(issue.repositoryId, issue.issueNumber);
  const until = newest.findIndex(({ failureCode }) => failureCode !== "agent_asks");
  return newest
    .slice(0, until === -1 ? newest.length : until)
    .map(({ instructions, errorMessage }) => ({ instructions, question: errorMessage ?? "" }))
    .toReversed();
}
