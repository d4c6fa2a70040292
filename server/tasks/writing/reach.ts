import type { WorkRefusal } from "@/lib/work-refusal";
import type { AppContext } from "@/server/context";
import type { TaskRow } from "@/server/db/task-store";
import { GitHubError, type GitHubGitData, type GitHubRepository } from "@/server/github/port";
import { accessTo } from "@/server/repositories/access";
import { withGitData, withRepository } from "@/server/repositories/github-access";
import { refusalOfWriting } from "./refusals";

export type WriteClients = { git: GitHubGitData; repository: GitHubRepository };

/**
 * Runs `write` with what reads and writes the repository of a task or a command; a permanent refusal of GitHub's is its
 * answer.
 */
export async function reachToWrite<T>(
  context: AppContext,
  task: Pick<TaskRow, "installationId" | "repositoryId" | "repoOwner" | "repoName">,
  { workflows, write }: { workflows: boolean; write: (hands: WriteClients) => Promise<T> },
): Promise<T | { is: "refused"; refusal: WorkRefusal }> {
  const access = accessTo(task);
  try {
    return await withRepository(context, access, (repository) =>
      withGitData(context, access, { workflows, use: (git) => write({ git, repository }) }),
    );
  } catch (error) {
    if (!(error instanceof GitHubError)) throw error;
    const refusal = refusalOfWriting(context, task, { failure: error.failure, workflows });
    if (refusal === null) throw error;
    return { is: "refused", refusal };
  }
}
