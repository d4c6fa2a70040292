import type { CompleteRequest } from "@/lib/agent-protocol";
import type { ChangeSetRow } from "@/server/db/change-set-store";
import type { AttemptRow, TaskRow } from "@/server/db/task-store";
import { type PullRequest, GitHubError, type GitHubRepository } from "@/server/github/port";
import { accessTo } from "@/server/repositories/access";
import { withRepository } from "@/server/repositories/github-access";
import { pullRequestText } from "./pull-request-text";
import type { AppContext } from "@/server/context";

export type PullRequestToOpen = {
  task: TaskRow;
  attempt: AttemptRow;
  branch: string;
  /** The machine's words for people. */
  completion: CompleteRequest;
  /** What Porter wrote there; null: somebody pushed it by hand. */
  set: ChangeSetRow | null;
};

/**
 * The pull request of a branch, found by its head first, so that a second call never opens a second one. The create's own
 * answer is the success: nothing that GitHub says of it afterwards takes that back. @throws GitHubError
 */
export async function openPullRequest(
  context: AppContext,
  { task, branch, ...of }: PullRequestToOpen,
): Promise<PullRequest> {
  return withRepository(context, accessTo(task, { userId: task.userId }), async (repository) => {
    const found = await repository.findPullRequest(branch);
    // Somebody closed it over other work: this work is in none.
    const isOfOther = found?.state === "closed" && of.set?.writtenHead != null && found.headSha !== of.set.writtenHead;
    const known = isOfOther ? null : found;
    // Whoever opened it may not have come so far as to ask.
    if (known?.state === "open") await askForReview(context, { repository, task, number: known.number });
    if (known !== null) return known;
    const base = task.baseBranch ?? (await repository.get()).defaultBranch;
    const text = await pullRequestText(context, { repository, task, branch, base, ...of });
    const made = await repository.createPullRequest({ head: branch, base, ...text });
    await askForReview(context, { repository, task, number: made.number });
    return made;
  });
}

/** GitHub mails nobody for an edited comment, but whoever is asked for a review. Nothing hangs on it, so it is asked once. */
async function askForReview(
  context: AppContext,
  { repository, task, number }: { repository: GitHubRepository; task: TaskRow; number: number },
): Promise<void> {
  try {
    if (await repository.requestReview(number, task.createdBy)) return;
    context.log.info("review.not_taken", { taskId: task.id, number });
  } catch (error) {
    if (!(error instanceof GitHubError)) throw error;
    context.log.info("review.not_asked", { taskId: task.id, number, message: error.failure.message });
  }
}
