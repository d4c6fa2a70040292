import type { AppContext } from "@/server/context";
import type { TaskRow } from "@/server/db/task-store";
import { GitHubError, type GitHubRepository } from "@/server/github/port";

/** GitHub mails nobody for an edited comment, but whoever is asked for a review. Nothing hangs on it, so it is asked once. */
export async function askForReview(
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
