import { afterFailure, type Obligation } from "@/lib/obligations";
import { hasEndedPull, pullStateOf, worstCheck } from "@/lib/pull-state";
import type { AppContext } from "@/server/context";
import type { SeenPull } from "@/server/db/pull-store";
import type { TaskRow } from "@/server/db/task-store";
import { GitHubError } from "@/server/github/port";
import { accessTo } from "@/server/repositories/access";
import { withRepository } from "@/server/repositories/github-access";
import type { TaskSnapshot } from "../owed";
import { failedOf } from "../postpone-obligation";
import { nextLookAt } from "./next-look";

/**
 * Asks GitHub what a task's pull request is now, and keeps it. Deliveries only say that it is time to ask: one that
 * comes twice, late or in another order changes nothing.
 */
export async function lookAtPull(context: AppContext, { task }: TaskSnapshot, row?: Obligation): Promise<void> {
  const { prNumber } = task;
  if (prNumber === null) return;
  const now = context.clock.now();
  try {
    const found = await askAbout(context, task, prNumber);
    const next = nextLookAt({ ...found, openedAt: task.completedAt ?? task.updatedAt }, now.getTime());
    const isNews = SHOWN.some((field) => found[field] !== task[field]);
    const isTold = hasEndedPull(found.prState) !== hasEndedPull(task.prState) || found.prMergedBy !== task.prMergedBy;
    await context.db.pulls.seen(task, found, { next, isNews, isTold, now: now.toISOString() });
    // The issue is told by the same round that looks: it reads the task again.
  } catch (error) {
    if (!(error instanceof GitHubError)) throw error;
    const before = { subject: task.id, kind: "look_at_pull", tries: row?.tries ?? 0 } as const;
    const owedSince = Date.parse(task.prLookAt ?? task.updatedAt);
    await context.db.obligations.put(afterFailure(before, failedOf(error), { now: now.getTime(), owedSince }));
  }
}

const SHOWN = ["prState", "prChecks", "prReview", "prMergedBy", "prEndedAt"] as const;

function askAbout(context: AppContext, task: TaskRow, number: number): Promise<SeenPull> {
  return withRepository(context, accessTo(task), async (repository) => {
    const pull = await repository.getPullRequest(number);
    const prState = pullStateOf(pull);
    const isOpen = !hasEndedPull(prState);
    const [checks, prReview] = isOpen
      ? await Promise.all([repository.checksOf(pull.headSha), repository.reviewOf(number)])
      : [null, null];
    return {
      prState,
      prDraft: pull.draft,
      prHeadSha: pull.headSha,
      prChecks: worstCheck(checks),
      prReview,
      prMergedBy: pull.mergedBy,
      prEndedAt: pull.endedAt,
    };
  });
}
