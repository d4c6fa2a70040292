"use client";
import { useEffect, useReducer, useState } from "react";
import { useNow } from "@/components/layout/clock";
import { useLive } from "@/components/live/live-provider";
import type { TaskRowView } from "@/lib/live";
import { type BoardData, type Layout, layoutOf, countNewRows, nextLayout, type Rows, rowsOf, withNews } from "./board";

const MINUTE_MS = 60_000;

/**
 * The list as it moves. While the reader is busy with it the rows change in place and keep their places;
 * `waiting` counts what would come in, `admit` lets it.
 */
export function useBoard(
  data: BoardData,
  isIdle: boolean,
): { rows: Rows; layout: Layout; waiting: number; admit: () => void } {
  const { feed, counts } = useLive();
  const nowMs = useNow(MINUTE_MS);
  const [rows, take] = useReducer(
    (known: Rows, news: readonly TaskRowView[]) => withNews(known, news, data),
    data,
    rowsOf,
  );
  useEffect(() => {
    // What came while the page was on its way here.
    take(feed.since(data.seq));
    return feed.listen(take);
  }, [feed, data.seq]);
  const wanted = layoutOf(rows, data, { nowMs, line: counts.line });
  const [shown, setShown] = useState(wanted);
  const layout = nextLayout(shown, wanted, isIdle);
  if (layout !== shown) setShown(layout);
  return { rows, layout, waiting: countNewRows(layout, wanted), admit: () => setShown(wanted) };
}
