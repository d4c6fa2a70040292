"use client";
import { useCallback, useMemo, useState } from "react";
import { loadApi } from "@/components/layout/api";
import { problemSentence } from "@/components/layout/problem";
import { useLive } from "@/components/live/live-provider";
import { toast } from "@/components/ui/toast";
import type { TaskRowView } from "@/lib/live";
import type { TaskView } from "@/lib/task-view";

type Moving = Pick<TaskRowView, "id" | "issueTitle" | "status">;
export type TaskMoves = {
  /** Moves that are on their way, by task. */
  pending: ReadonlySet<string>;
  stop(tasks: Moving[]): void;
  retry(tasks: Moving[]): void;
};

const named = (tasks: Moving[]) => (tasks.length === 1 ? `“${tasks[0]?.issueTitle}”` : `${tasks.length} tasks`);

/** Stop and retry, in place; `take` gets each view that comes of it. What was only waiting can be taken back from the toast; a machine that ran cannot. */
export function useTaskMoves(take?: (task: TaskView) => void): TaskMoves {
  const { feed } = useLive();
  const [pending, setPending] = useState<ReadonlySet<string>>(new Set());

  const run = useCallback(
    async (tasks: Moving[], move: (input: { id: string }) => Promise<{ task: TaskView }>): Promise<TaskView[]> => {
      const ids = new Set(tasks.map(({ id }) => id));
      setPending((known) => new Set([...known, ...ids]));
      const results = await Promise.allSettled([...ids].map((id) => move({ id })));
      setPending((known) => new Set([...known].filter((id) => !ids.has(id))));
      const answered = results.flatMap((result) => (result.status === "fulfilled" ? [result.value.task] : []));
      feed.take(answered);
      for (const task of answered) take?.(task);
      const failed = results.filter((result) => result.status === "rejected");
      const words = ids.size > 1 ? `That did not work for ${failed.length} of ${ids.size} tasks` : "That did not work";
      if (failed[0] !== undefined) toast(words, { tone: "bad", detail: problemSentence(failed[0].reason) });
      return answered;
    },
    [feed, take],
  );
  const stopAll = useCallback(
    async (tasks: Moving[]) => {
      const answered = await run(tasks, async (input) => (await loadApi()).tasks.stop.mutate(input));
      const ended = answered.filter(({ failureCode }) => failureCode !== "stopped_by_user");
      if (ended.length > 0) toast(`Before it could be stopped, ${named(ended)} had ended`);
      return answered.filter((task) => !ended.includes(task));
    },
    [run],
  );
  const retryAll = useCallback(
    (tasks: Moving[]) => run(tasks, async (input) => (await loadApi()).tasks.retry.mutate(input)),
    [run],
  );

  const undoRetry = useCallback(
    async (tasks: TaskView[]) => {
      const answered = await run(tasks, async (input) => (await loadApi()).tasks.undoRetry.mutate(input));
      const before = new Map(tasks.map(({ id, attempt }) => [id, attempt]));
      const started = answered.filter(({ id, attempt }) => attempt !== before.get(id));
      if (started.length > 0) toast(`Stopped ${named(started)}, which had started`);
    },
    [run],
  );

  const stop = useCallback(
    (tasks: Moving[]) => {
      const waiting = new Set(tasks.flatMap(({ id, status }) => (status === "queued" ? [id] : [])));
      const say = (stopped: TaskView[]) => {
        if (stopped.length === 0) return;
        const wasWaiting = stopped.every(({ id }) => waiting.has(id));
        const onClick = () => ignore(retryAll(stopped));
        const undo = { label: wasWaiting ? "Undo" : "Start again", onClick };
        const detail = wasWaiting ? {} : { detail: "Saving what there is…" };
        toast(`Stopped ${named(stopped)}`, { ...detail, undo });
      };
      ignore(stopAll(tasks).then(say));
    },
    [retryAll, stopAll],
  );
  const retry = useCallback(
    (tasks: Moving[]) => {
      const waiting = new Set(tasks.flatMap(({ id, status }) => (status === "queued" ? [id] : [])));
      const say = (queued: TaskView[]) => {
        if (queued.length === 0) return;
        // What waited for credit goes on: there is no end that an undo could bring back.
        if (queued.some(({ id }) => waiting.has(id))) toast(`Trying ${named(queued)} again`);
        else
          toast(`Queued ${named(queued)} again`, { undo: { label: "Undo", onClick: () => ignore(undoRetry(queued)) } });
      };
      ignore(retryAll(tasks).then(say));
    },
    [retryAll, undoRetry],
  );
  return useMemo(() => ({ pending, stop, retry }), [pending, stop, retry]);
}

/** Both outcomes are said in a toast already. */
function ignore(work: Promise<unknown>): void {
  work.catch(() => {});
}
