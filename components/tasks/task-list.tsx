"use client";
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { Time, useNow } from "@/components/layout/clock";
import { useTRPC } from "@/components/layout/trpc-provider";
import { Notice } from "@/components/ui/notice";
import { duration } from "@/lib/format";
import { isTerminal } from "@/lib/task";
import type { TaskView } from "@/lib/task-view";
import { agentLine, elapsedMs, situation } from "@/lib/task-words";
import { StatusBadge } from "./status-badge";

const LIVE_MS = 1500;
/** New mentions come in while nothing runs, too. */
const IDLE_MS = 10_000;

type Page = { tasks: TaskView[]; nextCursor: string | null };

/** One page of the user's tasks. `cursor` undefined: the newest, which move by themselves. */
export function TaskList({ initial, cursor }: { initial: Page; cursor?: string }) {
  const trpc = useTRPC();
  const { data, isError } = useQuery(
    trpc.tasks.list.queryOptions(
      { cursor },
      {
        initialData: initial,
        refetchInterval: ({ state }) =>
          state.data?.tasks.some((task) => !isTerminal(task.status)) ? LIVE_MS : IDLE_MS,
      },
    ),
  );
  if (data.tasks.length === 0) return <Empty first={cursor === undefined} />;
  return (
    <>
      {isError ? (
        <Notice tone="bad">Porter cannot be reached. This is what was known before; trying again.</Notice>
      ) : null}
      <ul className="divide-y divide-neutral-200 border-y border-neutral-200 dark:divide-neutral-800 dark:border-neutral-800">
        {data.tasks.map((task) => (
          <TaskRow key={task.id} task={task} />
        ))}
      </ul>
      <nav aria-label="Pages" className="mt-4 flex gap-4 text-sm">
        {cursor === undefined ? null : (
          <Link href="/tasks" className="underline">
            Newest
          </Link>
        )}
        {data.nextCursor === null ? null : (
          <Link href={`/tasks?cursor=${encodeURIComponent(data.nextCursor)}`} className="underline">
            Older
          </Link>
        )}
      </nav>
    </>
  );
}

function TaskRow({ task }: { task: TaskView }) {
  const elapsed = elapsedMs(task, useNow());
  return (
    <li className="flex flex-wrap items-baseline gap-x-3 gap-y-1 py-2.5 text-sm">
      <span className="w-24 shrink-0">
        <StatusBadge task={task} />
      </span>
      <span className="min-w-0 flex-1 basis-72">
        <Link href={`/tasks/${task.id}`} className="font-medium hover:underline">
          {task.issueTitle}
        </Link>{" "}
        <span className="text-neutral-600 dark:text-neutral-400">
          {task.repoOwner}/{task.repoName}#{task.issueNumber}
        </span>
        <span className="block truncate text-neutral-600 dark:text-neutral-400">{situation(task)}</span>
      </span>
      <span className="text-neutral-600 tabular-nums dark:text-neutral-400">
        {agentLine(task)}
        {elapsed === null ? null : ` · ${duration(elapsed)}`} · <Time at={task.createdAt} />
      </span>
      {task.prUrl === undefined ? null : (
        <a href={task.prUrl} className="underline">
          PR #{task.prNumber}
        </a>
      )}
    </li>
  );
}

function Empty({ first }: { first: boolean }) {
  if (!first) return <p className="text-sm">There is nothing older.</p>;
  return (
    <div className="rounded border border-dashed border-neutral-300 px-4 py-8 text-center text-sm dark:border-neutral-700">
      <p className="font-medium">No tasks yet</p>
      <p className="mt-2">
        Comment <code className="rounded bg-neutral-100 px-1.5 py-0.5 dark:bg-neutral-800">@porter opencode</code> on an
        issue of a repository that has Porter installed, and it appears here.
      </p>
      <p className="mt-2">
        First time?{" "}
        <Link href="/settings" className="underline">
          Save your model key and Fly token
        </Link>
        .
      </p>
    </div>
  );
}
