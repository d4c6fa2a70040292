"use client";
import clsx from "clsx";
import Link from "next/link";
import { useLive } from "@/components/live/live-provider";
import type { TaskFilter } from "@/lib/task-filter";
import { type TaskSection, SECTION_WORDS, SECTIONS } from "@/lib/task-state";
import { pathOf } from "./filter-bar";

const DOTS: Record<TaskSection, string> = {
  attention: "bg-waiting",
  running: "bg-running",
  queued: "bg-edge",
  done: "bg-good",
};

/** How many there are of each, and the way to see only these. A second click shows all again. */
export function SectionChips({ filter }: { filter: TaskFilter }) {
  const { counts } = useLive();
  return (
    <nav aria-label="Sections" className="grid w-full grid-cols-4 gap-1 py-1 sm:flex sm:w-auto">
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
              "flex h-12 flex-col justify-center rounded-md border px-2 whitespace-nowrap sm:h-8 sm:shrink-0 sm:flex-row sm:items-center sm:gap-2 sm:px-2.5",
              isActive ? "border-ink bg-raised text-ink" : "border-line text-soft hover:bg-hover hover:text-ink",
            )}
          >
            <span className="flex items-center gap-1.5 max-sm:order-last max-sm:text-2xs sm:gap-2">
              <span
                aria-hidden
                className={clsx("size-2 rounded-full max-[23rem]:hidden", count > 0 ? DOTS[section] : "bg-line")}
              />
              {SECTION_WORDS[section]}
              {section === "done" ? <span className="text-faint">24 h</span> : null}
            </span>
            <span className={clsx("min-w-3 tabular sm:text-right", count > 0 ? "font-medium text-ink" : "text-faint")}>
              {count}
            </span>
          </Link>
        );
      })}
    </nav>
  );
}
