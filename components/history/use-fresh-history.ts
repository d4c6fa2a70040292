"use client";
import { useRouter } from "next/navigation";
import { useEffect, useState, useTransition } from "react";
import { useStore } from "@/components/layout/use-store";
import { useLive } from "@/components/live/live-provider";
import { createPendingNews, type ShownHistory } from "./pending-news";

/**
 * Keeps the history true: news is read when the reader is idle. Until then `waiting` counts it, and `refresh` lets it
 * come. A later page stays as it is.
 */
export function useFreshHistory({ filter, tasks, isLater }: ShownHistory, isIdle: boolean) {
  const { feed } = useLive();
  const router = useRouter();
  const [isReading, startReading] = useTransition();
  const [news] = useState(() =>
    createPendingNews({ filter, tasks, isLater }, () => startReading(() => router.refresh())),
  );
  useEffect(() => news.show({ filter, tasks, isLater }), [news, filter, tasks, isLater]);
  useEffect(() => news.settle({ isIdle, isReading }), [news, isIdle, isReading]);
  useEffect(() => feed.listen(news.take), [feed, news]);
  useEffect(() => news.close, [news]);
  const waiting = useStore(news.pending).size;
  return { waiting: isIdle ? 0 : waiting, refresh: news.refresh };
}
