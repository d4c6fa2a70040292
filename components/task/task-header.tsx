"use client";
import { ChevronDown, CircleDot, ExternalLink, RotateCw, Square } from "lucide-react";
import { useRouter } from "next/navigation";
import { useMemo } from "react";
import { useNow } from "@/components/layout/clock";
import { openPalette } from "@/components/layout/palette";
import { useLive } from "@/components/live/live-provider";
import { useKeys } from "@/components/tasks/list-keys";
import { neighboursOf } from "@/components/tasks/list-order";
import { StateIcon, TONE_TEXT } from "@/components/tasks/state-icon";
import { useTwoStep } from "@/components/tasks/use-two-step";
import { useTaskActions } from "@/components/tasks/use-task-actions";
import { Button, buttonLook } from "@/components/ui/button";
import { authorWords, type IssueAuthor, mayWrite } from "@/lib/issue-author";
import { positionInQueue } from "@/lib/queue";
import { stateOf, TASK_STATES } from "@/lib/task-state";
import { agentLine, canRetry, canStop, canTryAgain, situationLine } from "@/lib/task-words";
import type { Run } from "./use-run";

/** No word from the machine for this long is worth a colour. */
const QUIET_MS = 45_000;

/** Stays in sight: what it is, where it stands, what to do. */
export function TaskHeader({ run }: { run: Run }) {
  const { task } = run;
  const state = stateOf(task);
  const { word, tone } = TASK_STATES[state];
  const acts = useHeaderActions(run);
  return (
    <header className="sticky top-12 z-20 -mx-4 short:static -mt-5 border-b border-line bg-bg px-4 py-2.5">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <div className="flex min-w-0 flex-1 basis-80 items-center gap-3">
          <StateIcon task={task} size={20} />
          <div className="min-w-0">
            <h1 className="line-clamp-2 text-lg leading-6 font-semibold sm:line-clamp-1">{task.issueTitle}</h1>
            <p className="flex items-baseline gap-2 truncate text-xs text-soft">
              <span className={`font-medium ${TONE_TEXT[tone]}`}>{word}</span>
              <Situation run={run} />
              <span className="text-faint max-sm:hidden">
                {task.repoOwner}/{task.repoName}#{task.issueNumber} · {agentLine(task)}
              </span>
              <Stranger author={task.issueAuthor} />
            </p>
          </div>
        </div>
        <div className="flex items-center gap-2 max-sm:basis-full">
          <a href={task.issueUrl} className={buttonLook({ size: "sm" })}>
            <CircleDot aria-hidden />
            Issue
          </a>
          {task.prUrl === undefined ? null : (
            <a
              href={task.prUrl}
              className={buttonLook({ size: "sm", tone: task.status === "success" ? "primary" : "plain" })}
            >
              <ExternalLink aria-hidden />
              Pull request
            </a>
          )}
          {canStop(task) ? (
            <Button size="sm" tone={acts.isArmed ? "danger" : "plain"} disabled={acts.isPending} onClick={acts.stop}>
              <Square aria-hidden fill="currentColor" />
              {acts.isArmed ? "Really stop?" : "Stop"}
            </Button>
          ) : null}
          {canTryAgain(task) ? (
            <Button size="sm" tone="primary" disabled={acts.isPending} onClick={acts.retry}>
              <RotateCw aria-hidden />
              Try again
            </Button>
          ) : null}
          {canRetry(task) ? <RetryButtons acts={acts} /> : null}
        </div>
      </div>
    </header>
  );
}

/** An issue of somebody without write access is worth a second look at what its run did. */
const Stranger = ({ author }: { author: IssueAuthor | undefined }) =>
  author === undefined || mayWrite(author.role) ? null : (
    <span className="truncate text-waiting" title={`The issue is by ${authorWords(author)}`}>
      Issue by {author.login === null ? "an unknown author" : `@${author.login}`}, without write access
    </span>
  );

const RetryButtons = ({ acts }: { acts: ReturnType<typeof useHeaderActions> }) => (
  <span className="flex">
    <Button size="sm" tone="primary" disabled={acts.isPending} onClick={acts.retry} className="rounded-r-none">
      <RotateCw aria-hidden />
      {acts.isRetryArmed ? "There is work below. Run again?" : "Retry"}
    </Button>
    <Button
      size="sm"
      tone="primary"
      aria-label="Retry in another way"
      title="With another agent or other instructions"
      onClick={acts.retryOtherwise}
      className="rounded-l-none border-l-bg/25 px-1.5"
    >
      <ChevronDown aria-hidden />
    </Button>
  </span>
);

/** What goes on in a running task; amber when its machine went quiet. */
function Situation({ run: { task, attempts } }: { run: Run }) {
  const nowMs = useNow(5000);
  const { counts } = useLive();
  if (task.status !== "running" && task.status !== "queued") return null;
  const heard = attempts.at(-1)?.heartbeatAt;
  const isQuiet =
    task.status === "running" &&
    heard != null &&
    nowMs - Date.parse(heard) > QUIET_MS &&
    nowMs - Date.parse(task.updatedAt) > QUIET_MS;
  return (
    <span className={`truncate ${isQuiet ? "text-waiting" : ""}`}>
      {isQuiet
        ? "No word from the machine for a while; Porter looks after it"
        : situationLine(task, positionInQueue(task.id, counts))}
    </span>
  );
}

function useHeaderActions(run: Run) {
  const { task, work } = run;
  // A further run costs, and what the last one left is there without it.
  const hasWork = work?.isUnpublished === true;
  const actions = useTaskActions(run.take);
  const { armed, confirm } = useTwoStep();
  const acts = useMemo(
    () => ({
      stop: () => canStop(task) && confirm(task.id) && actions.stop([task]),
      retry: () =>
        (canRetry(task) || canTryAgain(task)) && (!hasWork || confirm(`retry ${task.id}`)) && actions.retry([task]),
      retryOtherwise: () =>
        openPalette({ retryOf: { ...task, owner: task.repoOwner, name: task.repoName, number: task.issueNumber } }),
    }),
    [task, hasWork, confirm, actions],
  );
  const router = useRouter();
  const keys = useMemo(() => {
    const go = (id: string | null) => id !== null && router.push(`/tasks/${id}`);
    return {
      "[": () => go(neighboursOf(task.id).before),
      "]": () => go(neighboursOf(task.id).after),
      s: acts.stop,
      r: acts.retry,
      o: () => location.assign(task.issueUrl),
      ...(task.prUrl === undefined ? {} : { p: () => location.assign(task.prUrl ?? "") }),
    };
  }, [acts, router, task.id, task.issueUrl, task.prUrl]);
  useKeys(keys);
  return {
    ...acts,
    isArmed: armed === task.id,
    isRetryArmed: armed === `retry ${task.id}`,
    isPending: actions.pending.has(task.id),
  };
}
