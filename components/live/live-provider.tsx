"use client";
import dynamic from "next/dynamic";
import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from "react";
import { loadApi } from "@/components/layout/api";
import { loadPart, tellMissingPart } from "@/components/layout/late";
import type { TaskRowView } from "@/lib/live";
import type { TaskCounts } from "@/lib/task-pages";
import { connectionNow } from "./connection";
import { needsPolling, recountOnMoves } from "./count-triggers";
import { keepStream } from "./keep-stream";
import { createLateOpener } from "./late-opener";
import { createRecount } from "./recount";
import { createTaskFeed, type TaskFeed } from "./task-feed";

const openLate = createLateOpener({ load: loadApi, tellMissing: tellMissingPart });
const Signs = dynamic(() => loadPart(() => import("./signs")), { ssr: false });

type Live = {
  feed: TaskFeed;
  counts: TaskCounts;
  /** Asks for the counts, for a change that did not come by the feed. */
  recount: () => void;
};
const LiveContext = createContext<Live | null>(null);

/** How late the tab's signs may be while the list's stream is silent: in a hidden tab, beside a page about one task. */
const COUNT_EVERY_MS = 60_000;

/**
 * The tab's one stream of the user's tasks, for every page in the frame. A page about one task takes the stream over
 * by `feed.suspend`. `counts`: as the server saw them; their `seq` is where the stream begins.
 */
export function LiveProvider({ counts: initial, children }: { counts: TaskCounts; children: ReactNode }) {
  const [feed] = useState(() => createTaskFeed(initial.seq));
  const [counts, setCounts] = useState(initial);
  const [recount] = useState(() =>
    createRecount({
      ask: () => loadApi().then((api) => api.tasks.counts.query()),
      take: setCounts,
      since: initial.seq,
    }),
  );
  useEffect(() => recountOnMoves(feed, recount), [feed, recount]);
  useEffect(() => {
    const timer = setInterval(() => {
      const tab = { connection: connectionNow(), isSuspended: feed.isSuspended() };
      if (needsPolling({ ...tab, ...counts })) recount();
    }, COUNT_EVERY_MS);
    return () => clearInterval(timer);
  }, [feed, counts, recount]);
  useEffect(
    () =>
      feed.run(() =>
        keepStream((handlers) =>
          openLate({
            onError: handlers.onError,
            open: (api) =>
              api.live.tasks.subscribe(
                { after: feed.seq() },
                {
                  ...handlers,
                  onData: ({ id, data }) => {
                    handlers.onArrival();
                    feed.take(data.tasks as TaskRowView[]);
                    feed.reach(Number(id));
                  },
                },
              ),
          }),
        ),
      ),
    [feed],
  );
  const live = useMemo(() => ({ feed, counts, recount }), [feed, counts, recount]);
  return (
    <LiveContext.Provider value={live}>
      {children}
      <Signs counts={counts} feed={feed} />
    </LiveContext.Provider>
  );
}

export function useLive(): Live {
  const live = useContext(LiveContext);
  if (live === null) throw new Error("this page is not in a LiveProvider");
  return live;
}
