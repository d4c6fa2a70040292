"use client";
import dynamic from "next/dynamic";
import Link from "next/link";
import { type ReactNode, useEffect, useRef } from "react";
import { loadPart } from "@/components/layout/late";
import { StaleBanner } from "@/components/live/stale-banner";
import { useLive } from "@/components/live/live-provider";
import { isNarrow } from "@/lib/task-filter";
import type { TaskRowView } from "@/lib/live";
import { positionInQueue } from "@/lib/queue";
import { type TaskSection, SECTION_WORDS } from "@/lib/task-state";
import type { BoardData } from "./board";
import { NoMatch } from "./empty-list";
import { FilterBar, pathOf } from "./filter-bar";
import { keepOrder } from "./list-order";
import { NewPill } from "./new-pill";
import { shortSituation } from "./outcome";
import { SectionChips } from "./section-chips";
import { ROWS_LOOK, TaskRow } from "./task-row";
import { useBoard } from "./use-board";
import { useIdle } from "./use-idle";
import { useFocusRestore } from "./use-focus-restore";
import { SELECTION, useListActions } from "./use-list-actions";

const FirstMention = dynamic(() => loadPart(() => import("./first-mention")));
const SelectionBar = dynamic(() => loadPart(() => import("./selection-bar")), { ssr: false });
const KeysDialog = dynamic(() => loadPart(() => import("./keys-dialog")), { ssr: false });

/** The list that people leave open: what needs them, what runs, what waits, what came out. */
export function TaskBoard({ data }: { data: BoardData }) {
  const { counts } = useLive();
  return (
    <>
      <div className="mb-3 flex flex-wrap items-center justify-between gap-x-6 gap-y-2 sm:[&>search]:min-w-144">
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
  const { counts } = useLive();
  const list = useRef<HTMLDivElement>(null);
  const { rows, layout, waiting, admit } = useBoard(data, useIdle(list));
  useFocusRestore(list, layout);
  const { selected, selection, toggle, clear, actions, armed, stop, retry, isHelpOpen, setHelpOpen } =
    useListActions(rows);
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
                situation={shortSituation(task, positionInQueue(task.id, counts))}
                isSelected={selected.has(task.id)}
                isPending={actions.pending.has(task.id)}
                isArmed={armed === task.id}
                onStop={stop}
                onRetry={retry}
                onSelect={toggle}
              />
            )}
          </SectionRows>
        ))}
      </div>
      {data.isLater ? (
        <Link
          href={pathOf("/tasks", data.filter)}
          prefetch={false}
          className="inline-block px-2 text-soft hover:text-ink"
        >
          Newest
        </Link>
      ) : null}
      {selected.size === 0 ? null : (
        <SelectionBar {...selection} count={selected.size} isArmed={armed === SELECTION} onClear={clear} />
      )}
      <output className="sr-only">{armed === null ? "" : "Not stopped yet. Do it again to stop it."}</output>
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

type SectionRowsProps = {
  section: TaskSection;
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
      <ul className={ROWS_LOOK}>{tasks.map(children)}</ul>
      {older === null ? null : (
        <Link href={older} prefetch={false} className="mt-2 inline-block px-2 py-1 text-soft hover:text-ink">
          Older
        </Link>
      )}
    </section>
  );
}
