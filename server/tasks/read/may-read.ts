import type { TaskView } from "@/lib/task-view";
import type { AppContext } from "@/server/context";
import type { TaskRow } from "@/server/db/task-store";
import { GitHubError } from "@/server/github/port";
import { accessTo } from "@/server/repositories/access";
import { readsRepository } from "@/server/repositories/gate";

/** `outcome`: how it ended, when, and what it cost; neither the prompt, nor the log, nor the changes. */
export type ReadAccess = "all" | "outcome" | "nothing";
type Read = Pick<
  TaskRow,
  "userId" | "repositoryId" | "repoOwner" | "repoName" | "installationId" | "createdBy" | "permittedAt"
>;

const READS = "reads:";
/** So long GitHub's answer counts; while GitHub cannot be asked, a yes of the last day does. */
const COUNTS_FOR_MS = 10 * 60_000;
const IN_DOUBT_MS = 24 * 3600_000;

/**
 * What a person may read of a task: the one place that says so. It is its requester's, and whole for as long as they can
 * read the repository on GitHub; what is in it is the repository's.
 */
export async function mayRead(context: AppContext, viewer: { userId: number }, task: Read): Promise<ReadAccess> {
  if (viewer.userId !== task.userId) return "nothing";
  const age = (at: string | null) => (at === null ? Infinity : context.clock.now().getTime() - Date.parse(at));
  // Who may write may read; of a task that runs GitHub is asked every few minutes.
  if (age(task.permittedAt) <= COUNTS_FOR_MS) return "all";
  const question = `${READS}${task.repositoryId}`;
  const kept = await context.db.githubAnswers.get(viewer.userId, question);
  const isYes = kept?.answer === "true";
  if (kept !== null && age(kept.askedAt) <= COUNTS_FOR_MS) return isYes ? "all" : "outcome";
  try {
    const may = await readsRepository(context, accessTo(task), { userId: viewer.userId, login: task.createdBy });
    const now = context.clock.now();
    const row = { userId: viewer.userId, question, etag: "", answer: String(may), askedAt: now.toISOString() };
    await context.db.githubAnswers.put(row, new Date(now.getTime() - IN_DOUBT_MS).toISOString());
    return may ? "all" : "outcome";
  } catch (error) {
    if (!(error instanceof GitHubError)) throw error;
    const isDoubt = error.failure.kind !== "lost";
    return isDoubt && isYes && kept !== null && age(kept.askedAt) <= IN_DOUBT_MS ? "all" : "outcome";
  }
}

/** Repositories of which GitHub said last that this person cannot read them: for lists, which ask nothing. */
export async function lostRepositories(context: AppContext, viewer: { userId: number }): Promise<Set<number>> {
  const questions = await context.db.githubAnswers.answered(viewer.userId, READS, "false");
  return new Set(questions.map((question) => Number(question.slice(READS.length))));
}

/** What is left of a view for somebody who sees the outcome alone. */
export function outcomeOf<View extends Partial<TaskView>>(view: View): View & { isOutcomeOnly: true } {
  const { setUp: _setUp, summary: _summary, logTail: _tail, lastStep: _step, errorMessage: _message, ...told } = view;
  // What came of the pull request is the outcome; who did it is the repository's.
  const { prMergedBy: _by, ...rest } = told;
  const hidden = { ...("issueBody" in view ? { issueBody: "", instructions: "" } : {}), isOutcomeOnly: true } as const;
  return { ...rest, ...hidden } as View & { isOutcomeOnly: true };
}
