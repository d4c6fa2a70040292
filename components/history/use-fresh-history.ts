"use client";
import { useRouter } from "next/navigation";
import { useEffect, useRef, useState, useTransition } from "react";
import { useLive } from "@/components/live/live-provider";
import type { TaskRowView } from "@/lib/live";
import { passesFilter, type TaskFilter } from "@/lib/task-filter";
import { isTerminal } from "@/lib/task";

/** Sums, charts and rows are read again together, for several ends at once. */
const GATHER_MS = 1500;

type Shown = { filter: TaskFilter; tasks: TaskRowView[]; isLater: boolean };

/**
 * Keeps the history true: what changed among the rows, and what ended or began again while it is looked at, is read
 * anew when the reader is calm. Until then `waiting` counts it, and `refresh` lets it come. A later page stays as it is.
 */
export function useFreshHistory({ filter, tasks, isLater }: Shown, isCalm: boolean) {
  const { feed } = useLive();
  const router = useRouter();
  const [isReading, startReading] = useTransition();
  const [news, setNews] = useState<ReadonlySet<string>>(new Set());
  const shown = useRef<Shown>({ filter, tasks, isLater });
  useEffect(() => {
    shown.current = { filter, tasks, isLater };
  }, [filter, tasks, isLater]);
  useEffect(
    () =>
      feed.listen((rows) => {
        const { current } = shown;
        if (current.isLater) return;
        const isNews = (row: TaskRowView) => {
          const known = current.tasks.find(({ id }) => id === row.id);
          return known === undefined
            ? isTerminal(row.status) && passesFilter(row, current.filter)
            : known.seq < row.seq;
        };
        const ids = rows.filter(isNews).map(({ id }) => id);
        if (ids.length > 0) setNews((known) => new Set([...known, ...ids]));
      }),
    [feed],
  );
  const refresh = () => {
    setNews(new Set());
    startReading(() => router.refresh());
  };
  const waiting = news.size;
  const isDue = waiting > 0 && isCalm && !isReading;
  const read = useRef(refresh);
  useEffect(() => {
    read.current = refresh;
  });
  useEffect(() => {
    if (!isDue) return;
    const timer = setTimeout(() => read.current(), GATHER_MS);
    return () => clearTimeout(timer);
  }, [isDue]);
  return { waiting: isCalm ? 0 : waiting, refresh };
}
