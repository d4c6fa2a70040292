"use client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import {
  type Dispatch,
  type RefObject,
  type SetStateAction,
  useEffect,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
} from "react";
import { apiClient } from "@/components/layout/api-client";
import { useTRPC } from "@/components/layout/trpc-provider";
import { keepStream } from "@/components/live/keep-stream";
import { useLive } from "@/components/live/live-provider";
import type { LogRecord } from "@/lib/agent-protocol";
import type { LogPage, TaskChangeView, TaskRowView } from "@/lib/live";
import { recordsOf } from "@/lib/log-line";
import type { AttemptView } from "@/lib/task-pages";
import type { TaskView } from "@/lib/task-view";
import type { WorkView } from "@/lib/work-view";
import { isTerminal } from "@/lib/task";
import { emptyLog, LOG_PAGE, type LogState, LogStore } from "./log-store";

/** What the server read for the page of one task. */
export type RunData = { task: TaskView; attempts: AttemptView[]; log: LogPage; work: WorkView | null };
export type Run = {
  task: TaskView;
  /** A view that an action answered. */
  take: (change: TaskView) => void;
  attempts: AttemptView[];
  /** What it left of its work; null while it goes on, and where Porter could not tell. */
  work: WorkView | null;
  log: LogState;
  /** Once more, after the log could not be read. */
  loadLog: () => void;
};

function apply(known: TaskView, change: TaskChangeView): TaskView {
  const { issueBody, issueAuthor, instructions } = known;
  return known.seq > change.seq ? known : { ...change, issueBody, issueAuthor, instructions };
}
/** The list's view has less: of the same moment the task's own replaces it. */
const applyRow = (known: TaskView, row: TaskRowView): TaskView =>
  known.seq >= row.seq ? known : apply(known, { summary: known.summary, logTail: known.logTail, ...row });

async function readBlock(id: string, attempt: number, index: number): Promise<LogRecord[]> {
  const answer = await fetch(`/api/tasks/${id}/log/blocks/${index}?attempt=${attempt}`);
  if (!answer.ok) throw new Error(`the log's part ${index} answered ${answer.status}`);
  return recordsOf(await answer.text());
}

/** One task as it moves, with the log of one attempt: the one that was asked for, else always the newest. */
export function useRun(data: RunData, pinnedAttempt: number | null): Run {
  const { id } = data.task;
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [task, setTask] = useState(data.task);
  const newStore = useMemo(
    () => (first: LogPage) =>
      new LogStore(first, {
        page: (after) => apiClient.tasks.log.query({ id, attempt: Math.max(1, first.attempt), after, limit: LOG_PAGE }),
        block: (index) => readBlock(id, first.attempt, index),
      }),
    [id],
  );
  const [store, setStore] = useState(() => newStore(data.log));
  const current = useRef(store);
  useEffect(() => {
    current.current = store;
    if (store.state().attempt > 0 && store.state().loading === "pages") store.load();
  }, [store]);
  const log = useSyncExternalStore(store.subscribe, store.state, store.state);

  const isMoving = task.status === "running";
  const { data: attempts } = useQuery(
    trpc.tasks.attempts.queryOptions(
      { id },
      { initialData: data.attempts, staleTime: 5000, refetchInterval: isMoving ? 20_000 : false },
    ),
  );
  const { data: work } = useQuery(
    trpc.tasks.changes.queryOptions(
      { id },
      { initialData: data.work ?? undefined, staleTime: 5000, enabled: isTerminal(task.status) },
    ),
  );
  const { version, status } = task;
  const isFirst = useRef(true);
  useEffect(() => {
    if (isFirst.current) {
      isFirst.current = false;
      return;
    }
    for (const queryKey of [
      trpc.tasks.attempts.queryKey({ id }),
      trpc.tasks.pull.queryKey({ id }),
      trpc.tasks.changes.queryKey({ id }),
      trpc.tasks.diff.queryKey({ id }),
    ])
      queryClient.invalidateQueries({ queryKey }).catch(() => {});
  }, [version, id, queryClient, trpc]);

  useNews({ id, status, setTask, current, setStore, newStore, pinnedAttempt });
  return {
    task,
    take: (change) => setTask((known) => apply(known, change)),
    attempts,
    work: work ?? null,
    log,
    loadLog: () => current.current.load(),
  };
}

type News = {
  id: string;
  status: TaskView["status"];
  setTask: Dispatch<SetStateAction<TaskView>>;
  /** The store of the log that is shown. */
  current: RefObject<LogStore>;
  setStore: (store: LogStore) => void;
  newStore: (first: LogPage) => LogStore;
  pinnedAttempt: number | null;
};

/** Keeps a task and its log as they are now, over the tab's one stream. */
function useNews({ id, status, setTask, current, setStore, newStore, pinnedAttempt }: News): void {
  const { feed } = useLive();
  // While it waits there are no steps, and every other task moves its place in line: the tab's one stream is the list's
  // then. The task's own comes first all the same, with all that the page's reading may have missed.
  const [isTold, setTold] = useState(false);
  const isInLine = isTold && status === "queued";
  useEffect(() => {
    if (!isInLine) return undefined;
    return feed.listen((rows) => {
      for (const row of rows) if (row.id === id) setTask((known) => applyRow(known, row));
    });
  }, [feed, id, isInLine, setTask]);
  useEffect(() => {
    if (isInLine) return undefined;
    const resume = feed.suspend();
    const stop = keepStream((handlers) => {
      const { attempt: followed, total } = current.current.state();
      return apiClient.live.task.subscribe(
        { id, ...(followed === 0 ? {} : { log: { attempt: followed, after: Math.max(current.current.last, total) } }) },
        {
          ...handlers,
          onData: ({ data: message }) => {
            handlers.onArrival();
            setTold(true);
            const { task: change, log: batch } = message;
            if (change !== null) {
              setTask((known) => apply(known, change as TaskChangeView));
              // For the announcer, the tab's signs and the list behind this page.
              feed.take([change as TaskChangeView]);
            }
            if (batch === null) return;
            if (batch.attempt > current.current.state().attempt && pinnedAttempt === null) {
              current.current = newStore(emptyLog(batch.attempt));
              setStore(current.current);
            }
            current.current.append(batch);
          },
        },
      );
    });
    return () => {
      stop();
      resume();
    };
  }, [feed, id, isInLine, current, newStore, pinnedAttempt, setStore, setTask]);
}
