import { z } from "zod";
import { whyBundleSchema } from "@/lib/change-set-judgement";
import { heldBackSchema } from "@/lib/held-back";
import { stillHeldBack } from "@/lib/held-back-words";
import { tryJson } from "@/lib/json";
import { isTerminal } from "@/lib/task";
import type { WorkFacts } from "@/lib/work-location";
import { workRefusalSchema } from "@/lib/work-refusal";
import { writeProgressSchema } from "@/lib/write-progress";
import type { AppContext } from "@/server/context";
import type { ChangeSetRow } from "@/server/db/change-set-store";
import type { AttemptRow, TaskRow } from "@/server/db/task-store";
import { branchUrl, compareUrl } from "../urls";

type Known = { task: TaskRow; attempts: readonly AttemptRow[]; sets: readonly ChangeSetRow[] };

/** What Porter knows of where a task's work is, of its present run alone. */
export function workFacts(context: Pick<AppContext, "env">, { task, attempts, sets }: Known): WorkFacts {
  // The last attempt of an earlier run may still have something to save: that is not told of this one.
  const current = attempts.find(({ attempt }) => attempt === task.attempt && attempt > task.earlierAttempts) ?? null;
  const set = newestWork(sets.filter(({ attempt }) => attempt > task.earlierAttempts));
  const branch = set?.writtenHead == null ? task.savedBranch : set.writtenBranch;
  return {
    isSaving: isTerminal(task.status) && current !== null && owesLastWord(current),
    pull: task.prNumber === null || task.prUrl === null ? null : { number: task.prNumber, url: task.prUrl },
    branch:
      branch === null
        ? null
        : { name: branch, url: branchUrl(context, task, branch), compareUrl: compareUrl(context, task, branch) },
    set: set === null ? null : setFacts(set),
    refusal: tryJson(workRefusalSchema, set?.refusal ?? "null") ?? null,
  };
}

/** The newest whole set that holds something: a later attempt may have come to nothing. */
export function newestWork(sets: readonly ChangeSetRow[]): ChangeSetRow | null {
  const whole = sets.filter(({ wholeAt }) => wholeAt !== null);
  const newest = [...new Map(whole.map((set) => [set.attempt, set])).values()];
  return newest.findLast((set) => holdsWork(setFacts(set))) ?? newest.at(-1) ?? null;
}

const holdsWork = ({ files, heldBack, whyBundle }: NonNullable<WorkFacts["set"]>): boolean =>
  files > 0 || heldBack > 0 || whyBundle !== null;

const setFacts = (set: ChangeSetRow): NonNullable<WorkFacts["set"]> => ({
  files: set.files ?? 0,
  heldBack: stillHeldBack(
    tryJson(z.array(heldBackSchema), set.heldBack ?? "[]") ?? [],
    tryJson(writeProgressSchema, set.writeProgress ?? "null")?.pushedToo ?? [],
  ).length,
  whyBundle: tryJson(whyBundleSchema, set.whyBundle ?? "null") ?? null,
  isThere: set.removedAt === null,
  keptUntil: set.expiresAt,
});

/** A stopped attempt that had begun goes on for a while, to save its work; then its last word is carried over. */
const owesLastWord = ({ startedAt, endedAt, completion, completionAppliedAt }: AttemptRow): boolean =>
  startedAt !== null && (endedAt === null || (completion !== null && completionAppliedAt === null));
