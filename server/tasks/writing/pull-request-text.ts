import { z } from "zod";
import type { CompleteRequest } from "@/lib/agent-protocol";
import { keptJudgementSchema } from "@/lib/change-set-judgement";
import { makesDraft, noteSentence } from "@/lib/change-set-notes";
import { heldBackSchema } from "@/lib/held-back";
import { heldBackSentences, stillHeldBack } from "@/lib/held-back-words";
import { readJson, tryJson } from "@/lib/json";
import { findingSentences } from "@/lib/review/findings";
import { writeProgressSchema } from "@/lib/write-progress";
import type { DiffStats } from "@/server/replies/figures";
import { renderPullRequest } from "@/server/replies/pull-request";
import { titleHabit } from "@/server/replies/pull-request-title";
import type { AppContext } from "@/server/context";
import type { ChangeSetRow } from "@/server/db/change-set-store";
import type { AttemptRow, TaskRow } from "@/server/db/task-store";
import { GitHubError, type GitHubRepository } from "@/server/github/port";
import { reportOf } from "../attempt/network";
import { runUrl } from "../urls";

type Asked = {
  repository: GitHubRepository;
  task: TaskRow;
  attempt: AttemptRow;
  branch: string;
  completion: CompleteRequest;
  base: string;
  /** What was written; null: somebody pushed it by hand, and nobody has looked at it. */
  set: ChangeSetRow | null;
};

/** What a pull request says, and whether it is a draft. GitHub is asked side by side; no answer is needed. */
export async function pullRequestText(
  context: AppContext,
  asked: Asked,
): Promise<{ title: string; body: string; draft: boolean }> {
  const { repository, task, attempt, branch, completion, base, set } = asked;
  const [manners, changed] = await Promise.all([
    unlessRefused(context, repository.pullManners()),
    unlessRefused(context, repository.compare(base, branch)),
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
    publicUrl: context.env.PUBLIC_URL,
    network: reportOf(attempt),
    title: completion.title ?? null,
    habit: titleHabit(manners?.titles ?? []),
    template: manners?.template ?? null,
    changed: figuresOf(changed),
    tookMs: task.startedAt === null ? null : endedAt(context, task) - Date.parse(task.startedAt),
    costUsd: completion.spent?.costUsd ?? null,
    summary: completion.summary ?? null,
    checks: completion.checks,
    heldBackPatch: completion.heldBackPatch ?? null,
    ...review,
  });
  return { ...text, draft: review.isDraft };
}

/** A click long after the run makes it no longer. */
const endedAt = (context: AppContext, { completedAt }: TaskRow): number =>
  completedAt === null ? context.clock.now().getTime() : Date.parse(completedAt);

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

const HAND_PUSHED: Review = {
  isDraft: true,
  draftReasons: ["This branch was pushed by hand: Porter did not write it and has looked at nothing of it."],
  notices: [],
  heldBack: [],
};

/** Porter's own findings alone. A machine's notes can make a draft of it, never take that back. */
function reviewOf(completion: CompleteRequest, set: ChangeSetRow | null): Review {
  if (set?.judgement == null) return HAND_PUSHED;
  const judgement = readJson(keptJudgementSchema, set.judgement);
  const pushedToo = tryJson(writeProgressSchema, set.writeProgress ?? "null")?.pushedToo ?? [];
  const heldBack = stillHeldBack(readJson(z.array(heldBackSchema), set.heldBack ?? "[]"), pushedToo);
  const notes = completion.notes ?? [];
  const draftReasons = [
    ...findingSentences(judgement.draft),
    ...notes.filter(makesDraft).map(noteSentence),
    ...(heldBack.some(({ reason }) => reason.kind === "workflow")
      ? ["Files that GitHub runs by itself are held back."]
      : []),
    ...(completion.outcome === "partial" ? ["The run did not end as it should, so this may be unfinished."] : []),
  ];
  return {
    isDraft: judgement.isDraft || draftReasons.length > 0,
    draftReasons,
    notices: [...findingSentences(judgement.look), ...notes.filter((note) => !makesDraft(note)).map(noteSentence)],
    heldBack: heldBackSentences(heldBack),
  };
}
