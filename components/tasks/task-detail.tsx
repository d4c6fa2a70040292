"use client";
import { useQuery } from "@tanstack/react-query";
import { useNow } from "@/components/layout/clock";
import { useTRPC } from "@/components/layout/trpc-provider";
import { Notice } from "@/components/ui/notice";
import { duration } from "@/lib/format";
import { isTerminal } from "@/lib/task";
import type { TaskView } from "@/lib/task-view";
import { elapsedMs, PHASE_WORDS, situation } from "@/lib/task-words";
import { Failure } from "./failure";
import { StatusBadge } from "./status-badge";
import { TaskActions } from "./task-actions";
import { TaskFacts } from "./task-facts";

const LIVE_MS = 1500;

/** One task, moving until it has ended. */
export function TaskDetail({ initial }: { initial: TaskView }) {
  const trpc = useTRPC();
  const options = { initialData: initial, refetchInterval: refetchEvery, structuralSharing: newer };
  const { data: task, isError } = useQuery(trpc.tasks.get.queryOptions({ id: initial.id }, options));
  const elapsed = elapsedMs(task, useNow());
  return (
    <article>
      {isError ? (
        <Notice tone="bad">Porter cannot be reached. This is what was known before; trying again.</Notice>
      ) : null}
      <div className="flex flex-wrap items-start gap-3">
        <div className="min-w-0 flex-1 basis-80">
          <h1 className="text-xl font-semibold break-words">{task.issueTitle}</h1>
          <p className="mt-1 text-sm text-neutral-600 dark:text-neutral-400">
            <a href={task.issueUrl} className="hover:underline">
              {task.repoOwner}/{task.repoName}#{task.issueNumber}
            </a>
          </p>
        </div>
        <TaskActions task={task} />
      </div>
      <p className="mt-4 flex flex-wrap items-center gap-x-3 gap-y-1 text-sm" aria-live="polite">
        <StatusBadge task={task} />
        {task.explanation === undefined ? <span>{situation(task)}</span> : null}
      </p>
      {task.status === "running" ? <Progress task={task} /> : null}
      <Failure task={task} />
      <Outcome task={task} />
      {elapsed === null ? null : (
        <p className="mt-3 text-sm text-neutral-600 tabular-nums dark:text-neutral-400">
          {isTerminal(task.status)
            ? `Took ${duration(elapsed)}`
            : `Running for ${duration(elapsed)} of ${task.timeoutMinutes} m`}
          {task.steps === 0 ? null : ` · ${task.steps} steps`}
        </p>
      )}
      <TaskFacts task={task} />
    </article>
  );
}

const refetchEvery = ({ state }: { state: { data?: TaskView | undefined } }) =>
  state.data !== undefined && isTerminal(state.data.status) ? (false as const) : LIVE_MS;

/** A poll that was under way when the task was stopped must not bring the old row back. */
function newer(known: unknown, fresh: unknown): unknown {
  const version = (row: unknown) =>
    typeof row === "object" && row !== null && "version" in row ? Number(row.version) : 0;
  return version(known) > version(fresh) ? known : fresh;
}

function Progress({ task }: { task: TaskView }) {
  return (
    <div className="mt-3">
      <progress
        value={task.progress}
        max={100}
        aria-label={PHASE_WORDS[task.phase]}
        className="h-1.5 w-full appearance-none overflow-hidden rounded [&::-moz-progress-bar]:bg-blue-600 [&::-webkit-progress-bar]:bg-neutral-200 [&::-webkit-progress-value]:bg-blue-600"
      />
      {situation(task) === PHASE_WORDS[task.phase] ? null : (
        <p className="text-xs text-neutral-600 dark:text-neutral-400">{PHASE_WORDS[task.phase]}</p>
      )}
    </div>
  );
}

/** What came of it: the pull request, or the work that was saved. */
function Outcome({ task }: { task: TaskView }) {
  const diff =
    task.filesChanged === undefined
      ? null
      : `${task.filesChanged} files, +${task.additions ?? 0} −${task.deletions ?? 0}`;
  return (
    <>
      {task.prUrl === undefined ? null : (
        <p className="mt-3 text-sm">
          <a href={task.prUrl} className="font-medium underline">
            Pull request #{task.prNumber}
            {task.prTitle === undefined ? null : `: ${task.prTitle}`}
          </a>
          {diff === null ? null : ` · ${diff}`}
        </p>
      )}
      {task.wipBranchUrl === undefined ? null : (
        <p className="mt-3 text-sm">
          Work so far is on{" "}
          <a href={task.wipBranchUrl} className="font-medium underline">
            {task.wipBranch}
          </a>
          .
        </p>
      )}
      {task.summary === undefined ? null : (
        <section
          aria-label="Summary"
          className="mt-3 rounded border border-neutral-200 p-3 text-sm break-words whitespace-pre-wrap dark:border-neutral-800"
        >
          {task.summary}
        </section>
      )}
    </>
  );
}
