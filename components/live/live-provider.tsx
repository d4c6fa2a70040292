"use client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, useContext, useEffect, useRef, useState } from "react";
import { useTRPC, useTRPCClient } from "@/components/layout/trpc-provider";
import type { TaskRowView } from "@/lib/live";
import type { TaskCounts } from "@/lib/task-pages";
import { Announcer } from "./announcer";
import { keepStream } from "./keep-stream";
import { TabSigns } from "./tab-signs";
import { createTaskFeed, type TaskFeed } from "./task-feed";

type Live = { feed: TaskFeed; counts: TaskCounts };
const LiveContext = createContext<Live | null>(null);

/** Several changes at once ask for the counts once. */
const COUNT_AFTER_MS = 700;

/**
 * The tab's one stream of the user's tasks, for every page in the frame. A page about one task takes the stream over
 * by `feed.suspend`. `counts`: as the server saw them; their `seq` is where the stream begins.
 */
export function LiveProvider({ counts: initial, children }: { counts: TaskCounts; children: ReactNode }) {
  const client = useTRPCClient();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [feed] = useState(() => createTaskFeed(initial.seq));
  const { data: counts } = useQuery(
    trpc.tasks.counts.queryOptions(undefined, {
      initialData: initial,
      staleTime: Infinity,
      refetchOnWindowFocus: false,
    }),
  );
  const countKey = useRef(trpc.tasks.counts.queryKey());
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const unlisten = feed.listen(() => {
      timer ??= setTimeout(() => {
        timer = undefined;
        // A failure shows in the connection; the next change asks again.
        queryClient.invalidateQueries({ queryKey: countKey.current }).catch(() => {});
      }, COUNT_AFTER_MS);
    });
    return () => {
      clearTimeout(timer);
      unlisten();
    };
  }, [feed, queryClient]);
  useEffect(
    () =>
      feed.run(() =>
        keepStream((handlers) =>
          client.live.tasks.subscribe(
            { after: feed.seq() },
            { ...handlers, onData: ({ data }) => feed.take(data.tasks as TaskRowView[]) },
          ),
        ),
      ),
    [client, feed],
  );
  return (
    <LiveContext.Provider value={{ feed, counts }}>
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
