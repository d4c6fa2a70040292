"use client";
import clsx from "clsx";
import Link from "next/link";
import { useLive } from "@/components/live/live-provider";
import type { TaskFilter } from "@/lib/task-filter";
import { type Section, SECTION_WORDS, SECTIONS } from "@/lib/task-state";
import { pathOf } from "./filter-bar";

const DOTS: Record<Section, string> = {
  attention: "bg-waiting",
  running: "bg-running",
  queued: "bg-edge",
  done: "bg-good",
};

/** How many there are of each, and the way to see only these. A second click shows all again. */
export function SectionChips({ filter }: { filter: TaskFilter }) {
  const { counts } = useLive();
  return (
    <nav aria-label="Sections" className="-mx-1 flex gap-1 overflow-x-auto px-1 py-1">
      {SECTIONS.map((section) => {
        const isActive = filter.section === section;
        const count = counts[section];
        return (
          <Link
            key={section}
            href={pathOf("/tasks", { ...filter, section: isActive ? undefined : section })}
            prefetch={false}
            scroll={false}
            aria-current={isActive ? "true" : undefined}
            title={section === "done" ? "Ended in the last 24 hours" : undefined}
            className={clsx(
              "flex h-8 shrink-0 items-center gap-2 rounded-md border px-2.5",
              isActive ? "border-ink bg-raised text-ink" : "border-line text-soft hover:bg-hover hover:text-ink",
            )}
          >
            <span aria-hidden className={clsx("size-2 rounded-full", count > 0 ? DOTS[section] : "bg-line")} />
            {SECTION_WORDS[section]}
            <span className={clsx("min-w-3 text-right tabular", count > 0 ? "font-medium text-ink" : "text-faint")}>
              {count}
            </span>
          </Link>
        );
      })}
    </nav>
  );
}
