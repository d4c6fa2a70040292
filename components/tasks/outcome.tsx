import type { QueuePosition } from "@/lib/queue";
import { withoutFullStop } from "@/lib/sentence";
import type { TaskView } from "@/lib/task-view";
import { situationLine } from "@/lib/task-words";

type Ended = Pick<
  TaskView,
  "prUrl" | "prNumber" | "wipBranch" | "wipBranchUrl" | "additions" | "deletions" | "filesChanged"
>;

/** `+84 −12`, in the colours that everybody knows from diffs. */
export const DiffStat = ({ additions = 0, deletions = 0 }: Pick<TaskView, "additions" | "deletions">) => (
  <span className="tabular whitespace-nowrap">
    <span className="text-good">+{additions}</span> <span className="text-bad">−{deletions}</span>
  </span>
);

/** Where the work is: the pull request, or the branch with what was saved. Null when there is none. */
export function WorkLink({ task }: { task: Ended }) {
  const stat =
    task.additions === undefined && task.deletions === undefined ? null : (
      <DiffStat additions={task.additions} deletions={task.deletions} />
    );
  if (task.prUrl !== undefined)
    return (
      <>
        <a href={task.prUrl} className="font-medium text-ink hover:underline">
          PR #{task.prNumber}
        </a>
        {stat}
      </>
    );
  if (task.wipBranchUrl === undefined) return null;
  return (
    <>
      <a href={task.wipBranchUrl} title={task.wipBranch} className="text-ink hover:underline">
        work saved
      </a>
      {stat}
    </>
  );
}

/** What goes on, how it ended or what it waits for, in a few words. */
export function shortSituation(task: Parameters<typeof situationLine>[0], queue: QueuePosition | null = null): string {
  const words =
    task.blockedReason === undefined ? situationLine(task, queue) : (task.explanation?.sentence ?? situationLine(task));
  return withoutFullStop(words);
}
