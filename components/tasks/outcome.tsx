import type { PullChecks, PullState } from "@/lib/pull-state";
import type { QueuePosition } from "@/lib/queue";
import { withoutFullStop } from "@/lib/sentence";
import type { TaskView } from "@/lib/task-view";
import { situationLine } from "@/lib/task-words";

type Ended = Pick<
  TaskView,
  | "prState"
  | "prChecks"
  | "prReview"
  | "prUrl"
  | "prNumber"
  | "wipBranch"
  | "wipBranchUrl"
  | "additions"
  | "deletions"
  | "filesChanged"
>;

/** `+84 −12`, in the colours that everybody knows from diffs. */
export const DiffStat = ({ additions = 0, deletions = 0 }: Pick<TaskView, "additions" | "deletions">) => (
  <span className="tabular whitespace-nowrap">
    <span className="text-good">+{additions}</span> <span className="text-bad">−{deletions}</span>
  </span>
);

const PULL_LOOK: Record<PullState, { word: string; look: string }> = {
  // What everybody expects of a pull request needs no word.
  open: { word: "", look: "" },
  draft: { word: "draft", look: "text-soft" },
  merged: { word: "merged", look: "text-merged" },
  closed: { word: "closed", look: "text-soft" },
};
const CHECKS_LOOK: Record<PullChecks, { word: string; look: string }> = {
  passed: { word: "checks passed", look: "text-good" },
  failed: { word: "checks failed", look: "text-bad" },
  running: { word: "checks running", look: "text-running" },
};

/** What it is by now, and what is to be done about it; nothing of one that simply waits. */
function PullWords({ task: { prState, prChecks, prReview } }: { task: Ended }) {
  if (prState === undefined) return null;
  const { word, look } = PULL_LOOK[prState];
  if (prState === "merged" || prState === "closed") return <span className={look}>{word}</span>;
  const checks = prChecks === undefined ? null : CHECKS_LOOK[prChecks];
  return (
    <>
      {word === "" ? null : <span className={look}>{word}</span>}
      {checks === null ? null : <span className={checks.look}>{checks.word}</span>}
      {prReview === "changes_requested" ? <span className="text-waiting">changes requested</span> : null}
    </>
  );
}

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
        <PullWords task={task} />
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
