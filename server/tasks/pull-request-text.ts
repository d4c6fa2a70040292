import { z } from "zod";
import type { CompleteRequest } from "@/lib/agent-protocol";
import { keptJudgementSchema } from "@/lib/change-set-judgement";
import { makesDraft, noteSentence } from "@/lib/change-set-notes";
import { heldBackSchema, heldBackSentences } from "@/lib/held-back";
import { readJson } from "@/lib/json";
import { findingSentences } from "@/lib/review/findings";
import type { DiffStats } from "@/server/commands/figures";
import { renderPullRequest } from "@/server/commands/pull-request";
import { titleHabit } from "@/server/commands/pull-request-title";
import type { AppContext } from "@/server/context";
import type { ChangeSetRow } from "@/server/db/change-set-store";
import type { AttemptRow, TaskRow } from "@/server/db/task-store";
import { GitHubError, type GitHubRepository } from "@/server/github/port";
import { runUrl } from "./urls";

type Asked = {
  repository: GitHubRepository;
  task: TaskRow;
  attempt: AttemptRow;
  completion: CompleteRequest;
  base: string;
  /** What was written, where Porter wrote it; null: the machine pushed, and its word is all there is. */
  set: ChangeSetRow | null;
};

/** What a pull request says, and whether it is a draft. GitHub is asked side by side; no answer is needed. */
export async function pullRequestText(
  context: AppContext,
  asked: Asked,
): Promise<{ title: string; body: string; draft: boolean }> {
  const { repository, task, attempt, completion, base, set } = asked;
  const [manners, changed] = await Promise.all([
    unlessRefused(context, repository.pullManners()),
    unlessRefused(context, repository.compare(base, attempt.branch)),
  ]);
  const review = reviewOf(completion, set);
  const text = renderPullRequest({
    taskId: task.id,
    issueNumber: task.issueNumber,
    issueTitle: task.issueTitle,
    agent: task.agent,
    model: task.model,
    requester: task.createdBy,
    runUrl: runUrl(context, task.id),
    title: completion.title ?? null,
    habit: titleHabit(manners?.titles ?? []),
    template: manners?.template ?? null,
    changed: figuresOf(changed),
    tookMs: task.startedAt === null ? null : context.clock.now().getTime() - Date.parse(task.startedAt),
    costUsd: completion.usage?.costUsd ?? null,
    summary: completion.summary ?? null,
    checks: completion.checks,
    heldBackPatch: completion.heldBackPatch ?? null,
    ...review,
  });
  return { ...text, draft: review.isDraft };
}

/** What is nice to have is not worth a pull request. */
async function unlessRefused<T>(context: AppContext, asked: Promise<T>): Promise<T | null> {
  try {
    return await asked;
  } catch (error) {
    if (!(error instanceof GitHubError)) throw error;
    context.log.info("pull_request.unknown", { message: error.failure.message });
    return null;
  }
}

type Compared = Awaited<ReturnType<GitHubRepository["compare"]>>;

/** Figures of a part of the files would be wrong ones. */
function figuresOf(compared: Compared): DiffStats | null {
  if (compared === null || !compared.isWhole || compared.files.length === 0) return null;
  const { files } = compared;
  const sum = (key: "additions" | "deletions") => files.reduce((total, file) => total + file[key], 0);
  return { files: files.length, additions: sum("additions"), deletions: sum("deletions") };
}

type Review = { isDraft: boolean; draftReasons: string[]; notices: string[]; heldBack: string[] };

/** Of a set, Porter's own findings; the machine's sentences say the same of it, or what nobody checked. */
function reviewOf(completion: CompleteRequest, set: ChangeSetRow | null): Review {
  if (set?.judgement == null) {
    const { draftReasons, notices } = completion;
    return { isDraft: draftReasons.length > 0, draftReasons, notices, heldBack: [] };
  }
  const judgement = readJson(keptJudgementSchema, set.judgement);
  const heldBack = readJson(z.array(heldBackSchema), set.heldBack ?? "[]");
  const notes = completion.notes ?? [];
  const draftReasons = [
    ...findingSentences(judgement.draft),
    ...notes.filter(makesDraft).map(noteSentence),
    ...(heldBack.some(({ reason }) => reason.kind === "workflow")
      ? ["Files that GitHub runs by itself are held back."]
      : []),
  ];
  return {
    isDraft: judgement.isDraft || draftReasons.length > 0,
    draftReasons,
    notices: [...findingSentences(judgement.look), ...notes.filter((note) => !makesDraft(note)).map(noteSentence)],
    heldBack: heldBackSentences(heldBack),
  };
}
