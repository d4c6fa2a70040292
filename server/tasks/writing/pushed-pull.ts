import { findingSentences } from "@/lib/review/findings";
import { type PushedToo, withPushedToo } from "@/server/replies/pushed-too";
import type { KeptJudgement } from "@/lib/change-set-judgement";
import type { TaskRow } from "@/server/db/task-store";
import type { GitHubRepository } from "@/server/github/port";

type Found = Pick<KeptJudgement, "draft" | "look">;
type Pull = Awaited<ReturnType<GitHubRepository["getPullRequest"]>>;

/**
 * The task's pull request before more is pushed to it; null: there is none. Where what comes should not be merged
 * without a look it becomes a draft first, so that nobody and nothing merges it in between. Where GitHub makes no draft
 * of it, its text says it still, as when it is opened.
 */
export async function beforePush(input: {
  repository: GitHubRepository;
  task: TaskRow;
  fresh: Found;
}): Promise<Pull | null> {
  const { repository, task, fresh } = input;
  if (task.prNumber === null) return null;
  const pull = await repository.getPullRequest(task.prNumber);
  if (pull.state === "closed" || pull.draft || fresh.draft.length === 0) return pull;
  return { ...pull, draft: await repository.makeDraft(pull.number) };
}

type Pushed = Omit<PushedToo, "draftReasons" | "notices"> & Found;

/** Its text says what was pushed since, and what was found in it. */
export async function afterPush(input: { repository: GitHubRepository; pull: Pull; pushed: Pushed }): Promise<void> {
  const { repository, pull, pushed } = input;
  const { draft, look, ...rest } = pushed;
  const told = { ...rest, draftReasons: findingSentences(draft), notices: findingSentences(look) };
  const body = withPushedToo(pull.body, told);
  if (body !== pull.body) await repository.setPullRequestBody(pull.number, body);
}
