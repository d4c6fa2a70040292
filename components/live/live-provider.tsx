"use client";
import dynamic from "next/dynamic";
import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from "react";
import { loadPart } from "@/components/layout/late";
import type { TaskRowView } from "@/lib/live";
import type { TaskCounts } from "@/lib/task-pages";
import { stateOf } from "@/lib/task-state";
import { connectionNow } from "./connection";
import { keepStream } from "./keep-stream";
import { openSoon } from "./open-soon";
import { createRecount } from "./recount";
import { createTaskFeed, type TaskFeed } from "./task-feed";

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
  // An answer that another one has overtaken says nothing new.
  const [recount] = useState(() =>
    createRecount((fresh) => setCounts((known) => (fresh.seq >= known.seq ? fresh : known))),
  );
  useEffect(() => listenForMoves(feed, recount), [feed, recount]);
  useEffect(() => {
    const isMoving = counts.running + counts.queued > 0;
    const timer = setInterval(() => {
      const connection = connectionNow();
      // A tab that nobody looks at asks for nothing else, and not even for this once nothing runs.
      if (connection === "resting" ? isMoving : connection === "live" && feed.isSuspended()) recount();
    }, COUNT_EVERY_MS);
    return () => clearInterval(timer);
  }, [feed, counts, recount]);
  useEffect(
    () =>
      feed.run(() =>
        keepStream((handlers) =>
          openSoon(handlers, (api) =>
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
          ),
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

/** Calls `recount` when a task went from one state to another: its progress counts nothing. */
function listenForMoves(feed: TaskFeed, recount: () => void): () => void {
  const states = new Map<string, string>();
  return feed.listen((rows) => {
    const moved = rows.filter((row) => states.get(row.id) !== stateOf(row));
    for (const row of moved) states.set(row.id, stateOf(row));
    if (moved.length > 0) recount();
  });
}

export function useLive(): Live {
  const live = useContext(LiveContext);
  if (live === null) throw new Error("this page is not in a LiveProvider");
  return live;
}
