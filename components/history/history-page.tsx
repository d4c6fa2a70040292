"use client";
import { Download } from "lucide-react";
import Link from "next/link";
import { useRef } from "react";
import { Time } from "@/components/layout/clock";
import { useLive } from "@/components/live/live-provider";
import { Elapsed } from "@/components/tasks/elapsed";
import { FilterBar, pathOf } from "@/components/tasks/filter-bar";
import { shortSituation, WorkLink } from "@/components/tasks/outcome";
import { StateIcon } from "@/components/tasks/state-icon";
import { NoMatch } from "@/components/tasks/empty-list";
import { NewPill } from "@/components/tasks/new-pill";
import { useIdle } from "@/components/tasks/use-idle";
import { buttonLook } from "@/components/ui/button";
import { AGENTS } from "@/lib/agents";
import { costText } from "@/lib/format";
import type { TaskRowView } from "@/lib/live";
import { isNarrow, type TaskFilter, writeFilter } from "@/lib/task-filter";
import type { TaskPage, TaskStats } from "@/lib/task-pages";
import { stateOf, TASK_STATES } from "@/lib/task-state";
import { CostByDay, MedianByAgent, TasksByDay } from "./charts";
import { allDays, totalsOf } from "./days";
import { EndedFilters } from "./ended-filters";
import { useFreshHistory } from "./use-fresh-history";

type HistoryProps = { filter: TaskFilter; page: TaskPage; stats: TaskStats; isLater: boolean; nowMs: number };

/** What ended: sums first, then every task of the filter. */
export function HistoryPage({ filter, page, stats, isLater, nowMs }: HistoryProps) {
  const { counts } = useLive();
  const list = useRef<HTMLDivElement>(null);
  const { waiting, refresh } = useFreshHistory({ filter, tasks: page.tasks, isLater }, useIdle(list));
  const isEmpty = stats.days.length === 0;
  return (
    <>
      <div className="mb-5 flex flex-wrap items-center gap-x-4 gap-y-2 max-xl:[&>search]:order-last max-xl:[&>search]:basis-full sm:[&_label:has([data-filter])]:w-44">
        <h1 className="text-lg leading-8 font-semibold">History</h1>
        <FilterBar
          filter={filter}
          repositories={counts.repositories}
          more={(go) => <EndedFilters filter={filter} go={go} />}
        />
        <a
          href={`/api/tasks/export.csv?${writeFilter(filter)}`}
          download
          className={buttonLook({ className: "ml-auto" })}
        >
          <Download aria-hidden />
          CSV
        </a>
      </div>
      {isEmpty ? null : <Sums filter={filter} stats={stats} nowMs={nowMs} />}
      <div ref={list} className="relative">
        <NewPill waiting={waiting} onAdmit={refresh} />
        {page.tasks.length > 0 ? (
          <TaskTable tasks={page.tasks} />
        ) : isNarrow(filter) || isLater ? (
          <NoMatch clearPath="/history" />
        ) : (
          <p className="py-16 text-center text-soft">
            Nothing has ended yet. What ends stays here with its outcome and cost.
          </p>
        )}
      </div>
      <nav aria-label="Pages" className="flex gap-4 py-3 text-soft">
        {isLater ? (
          <Link href={pathOf("/history", filter)} prefetch={false} className="hover:text-ink">
            Newest
          </Link>
        ) : null}
        {page.nextCursor === null ? null : (
          <Link
            href={withCursor(pathOf("/history", filter), page.nextCursor)}
            prefetch={false}
            className="hover:text-ink"
          >
            Older
          </Link>
        )}
      </nav>
    </>
  );
}

const withCursor = (path: string, cursor: string) =>
  `${path}${path.includes("?") ? "&" : "?"}cursor=${encodeURIComponent(cursor)}`;

function Sums({ filter, stats, nowMs }: { filter: TaskFilter; stats: TaskStats; nowMs: number }) {
  const days = allDays(stats.days, filter, nowMs);
  const totals = totalsOf(stats.days);
  const figures = [
    ["Tasks", totals.tasks.toLocaleString("en")],
    ["Success rate", totals.rate === null ? "none" : `${Math.round(totals.rate * 100)} %`],
    ["Pull requests", totals.success.toLocaleString("en")],
    ["Cost", costText(totals.costUsd)],
  ] as const;
  return (
    <>
      <dl className="mb-6 grid grid-cols-2 gap-x-10 gap-y-3 border-y border-line py-4 sm:flex">
        {figures.map(([name, value]) => (
          <div key={name}>
            <dt className="text-xs text-faint">{name}</dt>
            <dd className="text-xl font-semibold tabular">{value}</dd>
          </div>
        ))}
      </dl>
      <div className="mb-8 grid gap-x-10 gap-y-8 lg:grid-cols-[2fr_1fr_1fr]">
        <TasksByDay days={days} />
        <CostByDay days={days} />
        <MedianByAgent agents={stats.agents} />
      </div>
    </>
  );
}

const TaskTable = ({ tasks }: { tasks: TaskRowView[] }) => (
  <table className="w-full table-fixed">
    <caption className="sr-only">Tasks that have ended, newest first</caption>
    {/* Here, not on the head's cells: a head of which half has come would have other columns. */}
    <colgroup>
      <col />
      <col className="w-56 max-md:hidden" />
      <col className="w-28 max-lg:hidden" />
      <col className="w-20 max-sm:hidden" />
      <col className="w-16 max-sm:hidden" />
      <col className="w-28" />
    </colgroup>
    <thead className="text-left text-xs text-faint">
      <tr className="h-8 border-b border-line [&>th]:px-2 [&>th]:font-normal">
        <th scope="col">Task</th>
        <th scope="col" className="max-md:hidden">
          Outcome
        </th>
        <th scope="col" className="max-lg:hidden">
          Agent
        </th>
        <th scope="col" className="text-right max-sm:hidden">
          Took
        </th>
        <th scope="col" className="text-right max-sm:hidden">
          Cost
        </th>
        <th scope="col" className="text-right">
          Asked
        </th>
      </tr>
    </thead>
    <tbody>
      {tasks.map((task) => (
        <HistoryRow key={task.id} task={task} />
      ))}
    </tbody>
  </table>
);

function HistoryRow({ task }: { task: TaskRowView }) {
  const hasWork = task.prUrl !== undefined || task.wipBranchUrl !== undefined;
  return (
    <tr className="h-10 border-b border-line hover:bg-hover [&>td]:px-2">
      <td>
        <span className="flex min-w-0 items-center gap-3">
          <StateIcon task={task} />
          <span className="sr-only">{TASK_STATES[stateOf(task)].word}: </span>
          <Link href={`/tasks/${task.id}`} prefetch={false} className="min-w-0 truncate hover:underline">
            {task.issueTitle}
          </Link>
          <span className="shrink-0 text-xs text-faint tabular max-sm:hidden">
            {task.repoName}#{task.issueNumber}
          </span>
        </span>
      </td>
      <td className="max-md:hidden">
        <span className="flex gap-2 truncate text-xs text-soft">
          {hasWork ? <WorkLink task={task} /> : <span className="truncate">{shortSituation(task)}</span>}
        </span>
      </td>
      <td className="text-xs text-soft max-lg:hidden">{AGENTS[task.agent].name}</td>
      <td className="text-right text-xs text-soft tabular max-sm:hidden">
        <Elapsed task={task} />
      </td>
      <td className="text-right text-xs text-faint tabular max-sm:hidden">
        {task.costUsd === undefined ? "" : costText(task.costUsd)}
      </td>
      <td className="truncate text-right text-xs text-faint">
        <Time at={task.createdAt} />
      </td>
    </tr>
  );
}
