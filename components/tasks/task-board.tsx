"use client";
import { ArrowUp } from "lucide-react";
import dynamic from "next/dynamic";
import Link from "next/link";
import { type ReactNode, useEffect, useMemo, useRef, useState } from "react";
import { StaleBanner } from "@/components/live/stale-banner";
import { useLive } from "@/components/live/live-provider";
import { Button } from "@/components/ui/button";
import { isNarrow } from "@/lib/task-filter";
import type { TaskRowView } from "@/lib/live";
import { type Section, SECTION_WORDS } from "@/lib/task-state";
import { canRetry, canStop } from "@/lib/task-words";
import type { BoardData, Rows } from "./board";
import { FirstMention, NoMatch } from "./empty-list";
import { FilterBar, focusFilter, pathOf } from "./filter-bar";
import { currentTask, moveFocus, useKeys } from "./list-keys";
import { keepOrder } from "./list-order";
import { SectionChips } from "./section-chips";
import { TaskRow } from "./task-row";
import { useArmed } from "./use-armed";
import { useBoard } from "./use-board";
import { useCalm } from "./use-calm";
import { useTaskMoves } from "./use-task-moves";

const KeysDialog = dynamic(() => import("./keys-dialog"), { ssr: false });

/** The list that people leave open: what needs them, what runs, what waits, what came out. */
export function TaskBoard({ data }: { data: BoardData }) {
  const { counts } = useLive();
  return (
    <>
      <div className="mb-3 flex flex-wrap items-center justify-between gap-x-6 gap-y-2">
        <h1 className="sr-only">Tasks</h1>
        <SectionChips filter={data.filter} />
        <FilterBar filter={data.filter} repositories={counts.repositories} />
      </div>
      <StaleBanner />
      <BoardList key={data.address} data={data} />
    </>
  );
}

function BoardList({ data }: { data: BoardData }) {
  const list = useRef<HTMLDivElement>(null);
  const { rows, layout, waiting, admit } = useBoard(data, useCalm(list));
  const { selected, toggle, clear, moves, armed, stop, retry, isHelpOpen, setHelpOpen } = useListActs(rows);
  useEffect(() => keepOrder(layout.flatMap(({ ids }) => ids)), [layout]);
  const isEmpty = layout.every(({ ids }) => ids.length === 0);
  const isUntouched = isEmpty && !isNarrow(data.filter) && data.filter.section === undefined && !data.isLater;
  return (
    <>
      {isUntouched ? <FirstMention /> : isEmpty ? <NoMatch clearPath="/tasks" /> : null}
      <div ref={list} className="relative">
        <NewPill waiting={waiting} onAdmit={admit} />
        {layout.map(({ section, ids }, index) => (
          <SectionRows
            key={section}
            section={section}
            isAlone={layout.length === 1}
            tasks={ids.flatMap((id) => rows.get(id) ?? [])}
            olderPath={olderPath(data, index)}
          >
            {(task) => (
              <TaskRow
                key={task.id}
                task={task}
                section={section}
                isSelected={selected.has(task.id)}
                isPending={moves.pending.has(task.id)}
                isArmed={armed === task.id}
                onStop={stop}
                onRetry={retry}
                onSelect={toggle}
              />
            )}
          </SectionRows>
        ))}
      </div>
      <SelectionBar rows={rows} selected={selected} onClear={clear} moves={moves} />
      {isHelpOpen ? <KeysDialog onClose={() => setHelpOpen(false)} /> : null}
    </>
  );
}

function olderPath({ lists, filter }: BoardData, index: number): string | null {
  const list = lists[index];
  if (list === undefined || list.page.nextCursor === null) return null;
  const path = pathOf("/tasks", { ...filter, section: list.section });
  return `${path}&cursor=${encodeURIComponent(list.page.nextCursor)}`;
}

/** Keys and buttons of the list; one way for both. */
function useListActs(rows: Rows) {
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [isHelpOpen, setHelpOpen] = useState(false);
  const moves = useTaskMoves();
  const { armed, confirm } = useArmed();
  const { stop: stopTasks, retry: retryTasks } = moves;
  const acts = useMemo(() => {
    const toggle = (id: string) =>
      setSelected((known) => new Set(known.has(id) ? [...known].filter((one) => one !== id) : [...known, id]));
    const stop = (task: TaskRowView) => canStop(task) && confirm(task.id) && stopTasks([task]);
    const retry = (task: TaskRowView) => canRetry(task) && retryTasks([task]);
    return { toggle, stop, retry, clear: () => setSelected(new Set()) };
  }, [confirm, stopTasks, retryTasks]);
  const keys = useMemo(() => {
    const onTask = (act: (task: TaskRowView) => unknown) => () => {
      const task = rows.get(currentTask() ?? "");
      if (task !== undefined) act(task);
    };
    const go = (address: string | undefined) => address !== undefined && window.location.assign(address);
    return {
      j: () => moveFocus(1),
      k: () => moveFocus(-1),
      x: onTask(({ id }) => acts.toggle(id)),
      s: onTask(acts.stop),
      r: onTask(acts.retry),
      o: onTask(({ issueUrl }) => go(issueUrl)),
      p: onTask(({ prUrl }) => go(prUrl)),
      "/": () => focusFilter(),
      "?": () => setHelpOpen(true),
      Escape: acts.clear,
    };
  }, [rows, acts]);
  useKeys(keys);
  return { selected, moves, armed, isHelpOpen, setHelpOpen, ...acts };
}

type SectionRowsProps = {
  section: Section;
  /** The only one on the page: the chips say which. */
  isAlone: boolean;
  tasks: TaskRowView[];
  olderPath: string | null;
  children: (task: TaskRowView) => ReactNode;
};

function SectionRows({ section, isAlone, tasks, olderPath: older, children }: SectionRowsProps) {
  if (tasks.length === 0) return null;
  const id = `section-${section}`;
  return (
    <section aria-labelledby={id} className="mb-6">
      <h2 id={id} className={isAlone ? "sr-only" : "flex h-8 items-center gap-2 px-2 font-medium"}>
        {SECTION_WORDS[section]}
        <span className="font-normal text-faint tabular">
          {tasks.length}
          {older === null ? "" : "+"}
        </span>
      </h2>
      <ul className="divide-y divide-line border-y border-line">{tasks.map(children)}</ul>
      {older === null ? null : (
        <Link href={older} prefetch={false} className="mt-2 inline-block px-2 py-1 text-soft hover:text-ink">
          Older
        </Link>
      )}
    </section>
  );
}

/** What arrived while the list was in use. */
const NewPill = ({ waiting, onAdmit }: { waiting: number; onAdmit: () => void }) =>
  waiting === 0 ? null : (
    <div className="pointer-events-none sticky top-14 z-20 flex h-0 justify-center">
      <button
        type="button"
        onClick={() => {
          onAdmit();
          window.scrollTo({ top: 0 });
        }}
        className="pointer-events-auto flex h-7 items-center gap-1.5 rounded-full bg-ink px-3 text-xs font-medium text-bg shadow-float"
      >
        <ArrowUp aria-hidden className="size-3.5" />
        {waiting} new
      </button>
    </div>
  );

type SelectionBarProps = {
  rows: Rows;
  selected: ReadonlySet<string>;
  onClear: () => void;
  moves: ReturnType<typeof useTaskMoves>;
};

function SelectionBar({ rows, selected, onClear, moves }: SelectionBarProps) {
  if (selected.size === 0) return null;
  const tasks = [...selected].flatMap((id) => rows.get(id) ?? []);
  const stoppable = tasks.filter(canStop);
  const retryable = tasks.filter(canRetry);
  const then = (act: () => void) => () => {
    act();
    onClear();
  };
  return (
    <div
      role="toolbar"
      aria-label="Selected tasks"
      className="fixed bottom-16 left-1/2 z-30 flex -translate-x-1/2 items-center gap-2 rounded-lg bg-raised py-2 pr-2 pl-4 shadow-float sm:bottom-6"
    >
      <output className="pr-2 whitespace-nowrap tabular">{tasks.length} selected</output>
      {stoppable.length === 0 ? null : (
        <Button tone="danger" onClick={then(() => moves.stop(stoppable))}>
          Stop {stoppable.length}
        </Button>
      )}
      {retryable.length === 0 ? null : (
        <Button onClick={then(() => moves.retry(retryable))}>Retry {retryable.length}</Button>
      )}
      <Button tone="quiet" onClick={onClear}>
        Clear
      </Button>
    </div>
  );
}
