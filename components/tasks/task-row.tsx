"use client";
import clsx from "clsx";
import { RotateCw, Square } from "lucide-react";
import Link from "next/link";
import { memo } from "react";
import { Time } from "@/components/layout/clock";
import { Button } from "@/components/ui/button";
import { FixLink } from "@/components/ui/fix-link";
import { AGENTS } from "@/lib/agents";
import { isWay } from "@/lib/fix";
import { costText } from "@/lib/format";
import type { TaskRowView } from "@/lib/live";
import { isTerminal } from "@/lib/task";
import { type TaskSection, stateOf, TASK_STATES } from "@/lib/task-state";
import { canRetry, canStop, canTryAgain } from "@/lib/task-words";
import { Elapsed } from "./elapsed";
import { WorkLink } from "./outcome";
import { PhaseBar } from "./phase-bar";
import { StateIcon, TONE_TEXT } from "./state-icon";

type RowProps = {
  task: TaskRowView;
  section: TaskSection;
  /** In a few words; the position in the queue, which the task itself does not know. */
  situation: string;
  isSelected: boolean;
  isPending: boolean;
  /** Its stop was asked for once and wants to be asked for again. */
  isArmed: boolean;
  onStop: (task: TaskRowView) => void;
  onRetry: (task: TaskRowView) => void;
  onSelect: (id: string) => void;
};

/** The look of the list around rows; what all of them share stands here once, not in the HTML of each. */
export const ROWS_LOOK =
  "divide-y divide-line border-y border-line *:relative *:grid *:min-h-10 *:items-center *:gap-x-3 *:px-2 *:py-1.5 *:[contain-intrinsic-size:auto_36px] sm:*:[contain-intrinsic-size:auto_39px] *:[content-visibility:auto] *:hover:bg-hover *:focus-within:bg-hover *:data-selected:bg-running-wash sm:*:py-0 pointer-coarse:*:min-h-11 md:*:grid-cols-[1rem_minmax(0,1fr)_15rem_4.75rem_3.25rem_2.25rem] lg:*:grid-cols-[1rem_minmax(0,1fr)_20rem_4.75rem_3.25rem_2.25rem] xl:*:grid-cols-[1rem_minmax(0,1fr)_26rem_4.75rem_3.25rem_2.25rem]";

/** 40 px, its columns in fixed places; on a phone two lines. The whole row leads to the task. */
export const TaskRow = memo(function TaskRow(props: RowProps) {
  const { task, section, situation, isSelected, isPending, onSelect } = props;
  const { word } = TASK_STATES[stateOf(task)];
  return (
    <li
      data-task={task.id}
      data-selected={isSelected || undefined}
      className={clsx(
        "group",
        hasAction(task) ? "grid-cols-[1rem_minmax(0,1fr)_auto_1.5rem]" : "grid-cols-[1rem_minmax(0,1fr)_auto]",
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
          onChange={() => onSelect(task.id)}
          className="absolute -inset-1 z-10 m-auto size-3.5 accent-ink opacity-0 checked:opacity-100 group-hover:opacity-100"
        />
      </span>
      <span className="flex min-w-0 items-baseline gap-2">
        <Link
          id={titleOf(task)}
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
      <Standing {...props} />
      <span className="hidden text-right text-xs text-soft tabular md:block">
        <Elapsed task={task} />
      </span>
      <span className="hidden text-right text-xs text-faint tabular md:block">
        {task.costUsd === undefined ? "" : costText(task.costUsd)}
      </span>
      <Side {...props} />
      <p className="col-span-2 col-start-2 truncate text-xs text-faint sm:hidden">
        {section === "attention" || section === "queued" ? <span className="text-soft">{situation} · </span> : null}
        {task.repoName}#{task.issueNumber} · {AGENTS[task.agent].name}
        {isTerminal(task.status) || task.startedAt !== undefined ? " · " : null}
        {isTerminal(task.status) ? <Time at={task.completedAt ?? task.createdAt} /> : <Elapsed task={task} />}
      </p>
    </li>
  );
});

/** The id of its title, which says what a button of the row is about. */
const titleOf = ({ id }: TaskRowView): string => `title-${id}`;
const hasAction = (task: TaskRowView): boolean => canStop(task) || canRetry(task);

const Priority = ({ priority }: { priority: number }) =>
  priority === 2 ? null : (
    <span className="hidden shrink-0 text-xs text-faint sm:inline">{priority > 2 ? "high" : "low"}</span>
  );

/** What goes on with its bar, or what came out. */
function Standing(props: RowProps) {
  const { task, section, situation } = props;
  if (task.status === "running")
    return (
      <span className="min-w-0 md:pr-2">
        <span className="hidden truncate text-xs leading-4 text-soft md:block">{situation}</span>
        <PhaseBar phase={task.phase} className="mt-0.5 w-14 sm:w-20 md:w-full md:max-w-64" />
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
        {section === "attention" ? <Fix {...props} /> : null}
      </span>
    </span>
  );
}

/** Nothing else is to be mended first: what helps is to try again. */
const isMendedByRetry = ({ task, section }: Pick<RowProps, "task" | "section">): boolean =>
  section === "attention" && canRetry(task) && task.explanation?.fix?.kind === "command";
const asks = ({ failureCode }: TaskRowView): boolean => failureCode === "agent_asks";

/** Where it is mended, or the retry that mends it. A finger gets 44 px. */
function Fix({ task, section, isPending, onRetry }: RowProps) {
  const fix = task.explanation?.fix;
  const look = "font-medium text-ink underline underline-offset-2 pointer-coarse:-my-3.5 pointer-coarse:py-3.5";
  const again = (word: string) => (
    <button
      type="button"
      disabled={isPending}
      aria-describedby={titleOf(task)}
      onClick={() => onRetry(task)}
      className={clsx(look, "max-md:hidden")}
    >
      {word}
    </button>
  );
  if (isMendedByRetry({ task, section })) return again("Retry");
  if (asks(task))
    return (
      <a href={task.issueUrl} aria-describedby={titleOf(task)} className={look}>
        Answer
      </a>
    );
  if (fix == null || !isWay(fix)) return null;
  return (
    <>
      <FixLink fix={fix} className={look} />
      {canTryAgain(task) ? again("Try again") : null}
    </>
  );
}

/** Who asked for it, or what can be done with it. */
function Side(props: RowProps) {
  const { task } = props;
  const hasAct = hasAction(task);
  return (
    <span
      className={clsx(
        "relative justify-end md:flex",
        hasAct ? "flex max-md:col-start-4 max-md:row-start-1 max-sm:row-span-2" : "hidden",
      )}
    >
      <span
        title={`Asked by ${task.createdBy}`}
        className={clsx(
          "flex size-5 items-center justify-center rounded-full bg-hover text-2xs font-medium text-soft uppercase max-md:hidden",
          hasAct &&
            !isMendedByRetry(props) &&
            "group-focus-within:opacity-0 group-hover:opacity-0 pointer-coarse:opacity-0",
        )}
      >
        <span aria-hidden>{task.createdBy.slice(0, 1)}</span>
        <span className="sr-only">asked by {task.createdBy}</span>
      </span>
      {hasAct ? <RowAction {...props} /> : null}
    </span>
  );
}

/**
 * The one thing to do with it: where the requester was, while the row is pointed at; for fingers and on a phone always,
 * as its sign alone, in 44 px.
 */
function RowAction(props: RowProps) {
  const { task, isArmed, isPending, onStop, onRetry } = props;
  const isStop = canStop(task);
  const word = isStop ? (isArmed ? "Really stop?" : "Stop") : "Retry";
  return (
    <Button
      size="sm"
      tone={isArmed ? "danger" : "plain"}
      disabled={isPending}
      aria-label={word}
      aria-describedby={titleOf(task)}
      className={clsx(
        "absolute top-1/2 right-0 z-10 -translate-y-1/2 finger:-right-2 finger:h-11",
        isArmed
          ? ""
          : "opacity-0 group-focus-within:opacity-100 group-hover:opacity-100 finger:w-11 finger:border-transparent finger:bg-transparent finger:text-faint finger:opacity-100",
        isMendedByRetry(props) && "md:hidden",
      )}
      onClick={() => (isStop ? onStop : onRetry)(task)}
    >
      {isStop ? (
        <Square aria-hidden fill="currentColor" className={isArmed ? "" : "finger:scale-75"} />
      ) : (
        <RotateCw aria-hidden />
      )}
      <span aria-hidden className={isArmed ? "" : "finger:hidden"}>
        {word}
      </span>
    </Button>
  );
}
