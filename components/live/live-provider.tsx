"use client";
import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from "react";
import type { TaskRowView } from "@/lib/live";
import type { TaskCounts } from "@/lib/task-pages";
import { Announcer } from "./announcer";
import { keepStream } from "./keep-stream";
import { openSoon } from "./open-soon";
import { createRecount } from "./recount";
import { TabSigns } from "./tab-signs";
import { createTaskFeed, type TaskFeed } from "./task-feed";

type Live = {
  feed: TaskFeed;
  counts: TaskCounts;
  /** Asks for the counts, for a change that did not come by the feed. */
  recount: () => void;
};
const LiveContext = createContext<Live | null>(null);

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
  useEffect(() => feed.listen(recount), [feed, recount]);
  useEffect(
    () =>
      feed.run(() =>
        keepStream((handlers) =>
          openSoon(handlers, (api) =>
            api.live.tasks.subscribe(
              { after: feed.seq() },
              { ...handlers, onData: ({ data }) => feed.take(data.tasks as TaskRowView[]) },
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
      <TabSigns counts={counts} />
      <Announcer feed={feed} />
    </LiveContext.Provider>
  );
}

export function useLive(): Live {
  const live = useContext(LiveContext);
  if (live === null) throw new Error("this page is not in a LiveProvider");
  return live;
}
