"use client";
import { useQueryClient } from "@tanstack/react-query";
import Link from "next/link";
import { useCallback } from "react";
import { useTRPC } from "@/components/layout/trpc-provider";
import { useNow } from "@/components/layout/clock";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { durationText } from "@/lib/format";
import { stateOf, TASK_STATES } from "@/lib/task-state";
import type { TaskView } from "@/lib/task-view";
import { agentLine, elapsedMs, situationLine } from "@/lib/task-words";
import { FixWords } from "@/components/ui/fix-words";
import { useTaskActions } from "@/components/tasks/use-task-actions";
import { Why } from "./step-parts";

/** The row that the first mention turned into, moving until there is a pull request. */
export function FirstTask({ task }: { task: TaskView }) {
  const elapsed = elapsedMs(task, useNow());
  const { explanation } = task;
  const state = TASK_STATES[stateOf(task)];
  const trpc = useTRPC();
  const client = useQueryClient();
  // An ended task is asked for seldom: it has begun again.
  const look = useCallback(() => void client.invalidateQueries(trpc.tasks.list.pathFilter()), [client, trpc]);
  const actions = useTaskActions(look);
  const isOver = task.status !== "queued" && task.status !== "running";
  return (
    <>
      <Why>
        {task.status === "success"
          ? task.prUrl === undefined
            ? "The whole way works. The agent found nothing to change this time."
            : "The whole way works. Read the pull request, and merge it if you like it."
          : isOver
            ? "The mention arrived, but this run did not end in a pull request."
            : task.blockedReason === undefined
              ? "The mention arrived. This is what Porter is doing about it."
              : "The mention arrived and waits for you. It starts by itself then."}
      </Why>
      <article aria-label={task.issueTitle} className="mt-4 rounded-lg border border-line bg-raised p-4">
        <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <Badge tone={state.tone}>{state.word}</Badge>
          <Link href={`/tasks/${task.id}`} className="min-w-0 flex-1 basis-52 truncate font-medium hover:underline">
            {task.issueTitle}
          </Link>
          <span className="text-soft tabular">{elapsed === null ? null : durationText(elapsed)}</span>
        </div>
        <p className="mt-1 text-soft">
          {task.repoOwner}/{task.repoName}#{task.issueNumber} · {agentLine(task)}
        </p>
        {isOver ? null : (
          <progress
            value={task.progress}
            max={100}
            aria-label="Progress"
            className="mt-3 block h-1 w-full appearance-none overflow-hidden rounded-full bg-hover [&::-moz-progress-bar]:bg-running [&::-webkit-progress-bar]:bg-hover [&::-webkit-progress-value]:bg-running"
          />
        )}
        <output className="block mt-2 break-words">
          {explanation === undefined ? situationLine(task, task.queue) : explanation.sentence}{" "}
          {explanation?.fix == null ? null : <FixWords fix={explanation.fix} />}
        </output>
      </article>
      <div className="mt-4 flex flex-wrap gap-2">
        {task.status === "failed" || task.status === "timed_out" ? (
          <Button
            tone="primary"
            size="lg"
            disabled={actions.pending.has(task.id)}
            onClick={() => actions.retry([task])}
          >
            Try again
          </Button>
        ) : null}
        {task.prUrl === undefined ? null : (
          <Button asChild tone="primary" size="lg">
            <a href={task.prUrl}>Open pull request #{task.prNumber}</a>
          </Button>
        )}
        <Button
          asChild
          size="lg"
          tone={task.prUrl === undefined && !isOver && task.blockedReason === undefined ? "primary" : "plain"}
        >
          <Link href={`/tasks/${task.id}`}>
            {isOver || task.blockedReason !== undefined ? "Look at the run" : "Watch it live"}
          </Link>
        </Button>
        <Button asChild size="lg" tone="quiet">
          <Link href="/tasks">All tasks</Link>
        </Button>
      </div>
    </>
  );
}
