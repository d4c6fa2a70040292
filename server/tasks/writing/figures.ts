import type { AppContext } from "@/server/context";
import type { ChangeSetRow } from "@/server/db/change-set-store";
import type { OutcomePatch, TaskRow } from "@/server/db/task-store";
import { GitHubError, type GitHubRepository } from "@/server/github/port";
import { accessTo } from "@/server/repositories/access";
import { withRepository } from "@/server/repositories/github-access";

type Of = { set: ChangeSetRow | null; pull: number | null; head: string };

/**
 * How much was changed, as GitHub counts it; what it does not tell just now is the set's own count, or not known. That
 * GitHub does not answer is never the end of work that is written.
 */
export async function figuresOf(context: AppContext, task: TaskRow, of: Of): Promise<OutcomePatch> {
  const own = { headSha: of.head, commits: of.set?.commits ?? null, filesChanged: of.set?.files ?? null };
  try {
    return { ...own, ...(await withRepository(context, accessTo(task), (repository) => counted(repository, of))) };
  } catch (error) {
    if (!(error instanceof GitHubError)) throw error;
    context.log.info("completion.no_figures", { taskId: task.id, kind: error.failure.kind });
    return own;
  }
}

async function counted(repository: GitHubRepository, { set, pull, head }: Of): Promise<OutcomePatch> {
  const found = pull === null ? null : await ofPull(repository, pull);
  if (found !== null) return found;
  const compared = set?.base == null ? null : await repository.compare(set.base, head);
  if (compared === null || !compared.isWhole) return {};
  const sum = (key: "additions" | "deletions") => compared.files.reduce((total, file) => total + file[key], 0);
  return { filesChanged: compared.files.length, additions: sum("additions"), deletions: sum("deletions") };
}

/** One that was made a moment ago may not be found yet. */
async function ofPull(repository: GitHubRepository, number: number): Promise<OutcomePatch | null> {
  try {
    const { commits, changedFiles: filesChanged, additions, deletions } = await repository.getPullRequest(number);
    return { commits, filesChanged, additions, deletions };
  } catch (error) {
    if (error instanceof GitHubError && error.failure.kind === "lost") return null;
    throw error;
  }
}
