"use client";
import clsx from "clsx";
import { RotateCw, Square } from "lucide-react";
import Link from "next/link";
import { memo } from "react";
import { Time } from "@/components/layout/clock";
import { Button } from "@/components/ui/button";
import { AGENTS } from "@/lib/agents";
import { cost } from "@/lib/format";
import type { TaskRowView } from "@/lib/live";
import { isTerminal } from "@/lib/task";
import { type Section, stateOf, TASK_STATES } from "@/lib/task-state";
import { canRetry, canStop } from "@/lib/task-words";
import { Elapsed } from "./elapsed";
import { WorkLink } from "./outcome";
import { PhaseBar } from "./phase-bar";
import { StateIcon, TONE_TEXT } from "./state-icon";

type RowProps = {
  task: TaskRowView;
  section: Section;
  /** In a few words; the place in line, which the task itself does not know. */
  situation: string;
  isSelected: boolean;
  isPending: boolean;
  /** Its stop was asked for once and wants to be asked for again. */
  isArmed: boolean;
  onStop: (task: TaskRowView) => void;
  onRetry: (task: TaskRowView) => void;
  onSelect: (id: string) => void;
};

/** 40 px, its columns in fixed places; on a phone two lines. The whole row leads to the task. */
export const TaskRow = memo(function TaskRow(props: RowProps) {
  const { task, section, situation, isSelected, isPending, isArmed, ...acts } = props;
  const { word } = TASK_STATES[stateOf(task)];
  return (
    <li
      data-task={task.id}
      data-selected={isSelected || undefined}
      className={clsx(
        "group relative grid min-h-10 grid-cols-[1rem_minmax(0,1fr)_auto] items-center gap-x-3 px-2 py-1.5 [contain-intrinsic-size:auto_36px] sm:[contain-intrinsic-size:auto_39px] [content-visibility:auto] hover:bg-hover focus-within:bg-hover data-selected:bg-running-wash sm:py-0 md:grid-cols-[1rem_minmax(0,1fr)_15rem_4.75rem_3.25rem_2.25rem] lg:grid-cols-[1rem_minmax(0,1fr)_20rem_4.75rem_3.25rem_2.25rem] xl:grid-cols-[1rem_minmax(0,1fr)_26rem_4.75rem_3.25rem_2.25rem]",
        isPending && "opacity-60",
      )}
    >
      <span className="relative flex size-4 items-center justify-center">
        <span className={clsx("group-hover:opacity-0", isSelected && "opacity-0")}>
          <StateIcon task={task} />
        </span>
        <input
          type="checkbox"
          tabIndex={-1}
          aria-label={`Select ${task.issueTitle}`}
          checked={isSelected}
          onChange={() => acts.onSelect(task.id)}
          className="absolute -inset-1 z-10 m-auto size-3.5 accent-ink opacity-0 checked:opacity-100 group-hover:opacity-100"
        />
      </span>
      <span className="flex min-w-0 items-baseline gap-2">
        <Link
          href={`/tasks/${task.id}`}
          prefetch={false}
          className={clsx(
            "truncate outline-none after:absolute after:inset-0 focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-running",
            section === "done" ? "text-soft group-hover:text-ink" : "font-medium",
          )}
        >
          <span className="sr-only">{word}: </span>
          {task.issueTitle}
        </Link>
        <span className="hidden shrink-0 text-xs text-faint sm:inline">
          {task.repoName}
          <span className="tabular">#{task.issueNumber}</span>
        </span>
        <span className="hidden shrink-0 text-xs text-faint lg:inline">{AGENTS[task.agent].name}</span>
        <Priority priority={task.priority} />
      </span>
      <Standing task={task} section={section} situation={situation} />
      <span className="hidden text-right text-xs text-soft tabular md:block">
        <Elapsed task={task} />
      </span>
      <span className="hidden text-right text-xs text-faint tabular md:block">
        {task.costUsd === undefined ? "" : cost(task.costUsd)}
      </span>
      <span className="relative hidden justify-end md:flex">
        <span
          title={`Asked by ${task.createdBy}`}
          className="flex size-5 items-center justify-center rounded-full bg-hover text-2xs font-medium text-soft uppercase group-focus-within:opacity-0 group-hover:opacity-0"
        >
          <span aria-hidden>{task.createdBy.slice(0, 1)}</span>
          <span className="sr-only">asked by {task.createdBy}</span>
        </span>
        <RowAction task={task} isArmed={isArmed} isPending={isPending} {...acts} />
      </span>
      <p className="col-span-2 col-start-2 truncate text-xs text-faint sm:hidden">
        {section === "attention" || section === "queued" ? <span className="text-soft">{situation} · </span> : null}
        {task.repoName}#{task.issueNumber} · {AGENTS[task.agent].name}
        {task.startedAt === undefined ? null : " · "}
        {isTerminal(task.status) ? <Time at={task.completedAt ?? task.createdAt} /> : <Elapsed task={task} />}
      </p>
    </li>
  );
});

const Priority = ({ priority }: { priority: number }) =>
  priority === 2 ? null : (
    <span className="hidden shrink-0 text-xs text-faint sm:inline">{priority > 2 ? "high" : "low"}</span>
  );

/** What goes on with its bar, or what came out. */
function Standing({ task, section, situation }: Pick<RowProps, "task" | "section" | "situation">) {
  if (task.status === "running")
    return (
      <span className="min-w-0 md:pr-2">
        <span className="hidden truncate text-xs leading-4 text-soft md:block">{situation}</span>
        <PhaseBar phase={task.phase} className="mt-0.5 w-20 md:w-full md:max-w-64" />
      </span>
    );
  const { tone } = TASK_STATES[stateOf(task)];
  const isGood = task.status === "success" && task.prNumber !== undefined;
  return (
    <span className="flex min-w-0 items-baseline justify-end gap-2 text-xs md:justify-start">
      {isGood ? null : (
        <span className={clsx("hidden truncate md:inline", tone === "neutral" ? "text-soft" : TONE_TEXT[tone])}>
          {situation}
        </span>
      )}
      <span className="relative z-10 flex shrink-0 items-baseline gap-2">
        <span className={clsx("contents", section === "attention" && "max-sm:hidden")}>
          <WorkLink task={task} />
        </span>
        {section === "attention" ? <FixLink task={task} /> : null}
      </span>
    </span>
  );
}

/** Where it is mended. What a retry mends has its button. */
function FixLink({ task: { explanation } }: Pick<RowProps, "task">) {
  const fix = explanation?.fix;
  if (fix == null || !("path" in fix)) return null;
  const words = fix.label.charAt(0).toUpperCase() + fix.label.slice(1).replace(/,.*/, "");
  const look = "font-medium text-ink underline underline-offset-2";
  // The API's paths are not pages.
  if (fix.path.startsWith("/api/"))
    return (
      <a href={fix.path} className={look}>
        {words}
      </a>
    );
  return (
    <Link href={fix.path} prefetch={false} className={look}>
      {words}
    </Link>
  );
}

/** The one thing to do with it, where the requester was, while the row is pointed at. */
function RowAction({
  task,
  isArmed,
  isPending,
  onStop,
  onRetry,
}: Pick<RowProps, "task" | "isArmed" | "isPending" | "onStop" | "onRetry">) {
  const shown = isArmed ? "" : "opacity-0 group-focus-within:opacity-100 group-hover:opacity-100";
  const place = "absolute top-1/2 right-0 z-10 -translate-y-1/2";
  if (canStop(task))
    return (
      <Button
        size="sm"
        tone={isArmed ? "danger" : "plain"}
        disabled={isPending}
        className={clsx(place, shown)}
        onClick={() => onStop(task)}
      >
        <Square aria-hidden fill="currentColor" />
        {isArmed ? "Really stop?" : "Stop"}
      </Button>
    );
  if (!canRetry(task)) return null;
  return (
    <Button size="sm" disabled={isPending} className={clsx(place, shown)} onClick={() => onRetry(task)}>
      <RotateCw aria-hidden />
      Retry
    </Button>
  );
}
