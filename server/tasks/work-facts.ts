import { isTerminal } from "@/lib/task";
import type { WorkFacts } from "@/lib/whereabouts";
import type { AppContext } from "@/server/context";
import type { AttemptRow, TaskRow } from "@/server/db/task-store";
import { branchUrl, compareUrl } from "./urls";

/** What Porter knows of where a task's work is, of its present run alone. */
export function workFacts(
  context: Pick<AppContext, "env">,
  { task, attempts }: { task: TaskRow; attempts: readonly AttemptRow[] },
): WorkFacts {
  // The last attempt of an earlier run may still have something to save: that is not told of this one.
  const current = attempts.find(({ attempt }) => attempt === task.attempt && attempt > task.earlierAttempts) ?? null;
  const branch = task.savedBranch;
  return {
    isSaving: isTerminal(task.status) && current !== null && owesLastWord(current),
    pull: task.prNumber === null || task.prUrl === null ? null : { number: task.prNumber, url: task.prUrl },
    branch:
      branch === null
        ? null
        : { name: branch, url: branchUrl(context, task, branch), compareUrl: compareUrl(context, task, branch) },
    set: null,
    refusal: null,
  };
}

/** A stopped attempt that had begun goes on for a while, to save its work; then its last word is carried over. */
const owesLastWord = ({ startedAt, endedAt, completion, completionAppliedAt }: AttemptRow): boolean =>
  startedAt !== null && (endedAt === null || (completion !== null && completionAppliedAt === null));
