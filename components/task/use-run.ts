"use client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState, useSyncExternalStore } from "react";
import { apiClient } from "@/components/layout/api-client";
import { useTRPC } from "@/components/layout/trpc-provider";
import { useStore } from "@/components/layout/use-store";
import { keepStream } from "@/components/live/keep-stream";
import { useLive } from "@/components/live/live-provider";
import type { LogRecord } from "@/lib/agent-protocol";
import type { LogPage } from "@/lib/live";
import { recordsOf } from "@/lib/log-line";
import type { AttemptView } from "@/lib/task-pages";
import type { TaskView } from "@/lib/task-view";
import type { WorkView } from "@/lib/work-view";
import { isTerminal } from "@/lib/task";
import { LOG_PAGE, type LogState, ClientLogStore } from "./log-store";
import { createTaskRun, type RunMessage, type RunPorts } from "./task-run";

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

async function readBlock(id: string, attempt: number, index: number): Promise<LogRecord[]> {
  const answer = await fetch(`/api/tasks/${id}/log/blocks/${index}?attempt=${attempt}`);
  if (!answer.ok) throw new Error(`the log's part ${index} answered ${answer.status}`);
  return recordsOf(await answer.text());
}

const portsOf = (id: string): Pick<RunPorts, "open" | "newLog"> => ({
  open: (from, { onData, ...handlers }) =>
    apiClient.live.task.subscribe(
      { id, ...from },
      { ...handlers, onData: ({ data: message }) => onData(message as RunMessage) },
    ),
  newLog: (first) =>
    new ClientLogStore(first, {
      page: (after) => apiClient.tasks.log.query({ id, attempt: Math.max(1, first.attempt), after, limit: LOG_PAGE }),
      block: (index) => readBlock(id, first.attempt, index),
    }),
});

/** One task as it moves, with the log of one attempt: the one that was asked for, else always the newest. */
export function useRun(data: RunData, pinnedAttempt: number | null): Run {
  const { id } = data.task;
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { feed } = useLive();
  const [run] = useState(() =>
    createTaskRun({ task: data.task, log: data.log, pinnedAttempt }, { feed, keepStream, ...portsOf(id) }),
  );
  const { task, log: store } = useStore(run.state);
  const log = useSyncExternalStore(store.subscribe, store.state, store.state);
  useEffect(() => run.watch(), [run]);

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
      {
        ...(data.work === null ? {} : { initialData: data.work }),
        staleTime: 5000,
        enabled: isTerminal(task.status),
      },
    ),
  );
  const { version } = task;
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

  return { task, take: run.take, attempts, work: work ?? null, log, loadLog: () => store.load() };
}
