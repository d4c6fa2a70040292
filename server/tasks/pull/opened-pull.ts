import { pullStateOf } from "@/lib/pull-state";
import type { TaskPatch } from "@/server/db/task-store";
import type { PullRequest } from "@/server/github/port";
import { firstLookAt } from "./next-look";

/** What a task keeps of a pull request that was opened, or found open, for it. */
export const openedPull = (pull: PullRequest, { head, now }: { head: string; now: Date }): TaskPatch => ({
  prNumber: pull.number,
  prUrl: pull.url,
  prTitle: pull.title,
  prDraft: pull.draft,
  prState: pullStateOf(pull),
  prHeadSha: head,
  prChecks: null,
  prReview: null,
  prMergedBy: null,
  prEndedAt: null,
  prLookAt: firstLookAt(now),
});
