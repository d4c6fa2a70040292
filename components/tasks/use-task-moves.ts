"use client";
import { useCallback, useMemo, useState } from "react";
import { loadApi } from "@/components/layout/api";
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
const reason = (error: unknown) => (error instanceof Error ? error.message : "Porter cannot be reached.");

/** Stop and retry, in place; `take` gets each view that comes of it. What was only waiting can be taken back from the toast; a machine that ran cannot. */
export function useTaskMoves(take?: (task: TaskView) => void): TaskMoves {
  const { feed } = useLive();
  const [pending, setPending] = useState<ReadonlySet<string>>(new Set());

  const run = useCallback(
    async (tasks: Moving[], move: (input: { id: string }) => Promise<{ task: TaskView }>): Promise<boolean> => {
      const ids = new Set(tasks.map(({ id }) => id));
      setPending((known) => new Set([...known, ...ids]));
      const results = await Promise.allSettled([...ids].map((id) => move({ id })));
      setPending((known) => new Set([...known].filter((id) => !ids.has(id))));
      const moved = results.flatMap((result) => (result.status === "fulfilled" ? [result.value.task] : []));
      feed.take(moved);
      for (const task of moved) take?.(task);
      const failed = results.find((result) => result.status === "rejected");
      if (failed !== undefined) toast("That did not work", { tone: "bad", detail: reason(failed.reason) });
      return failed === undefined;
    },
    [feed, take],
  );
  const stopAll = useCallback(
    (tasks: Moving[]) => run(tasks, async (input) => (await loadApi()).tasks.stop.mutate(input)),
    [run],
  );
  const retryAll = useCallback(
    (tasks: Moving[]) => run(tasks, async (input) => (await loadApi()).tasks.retry.mutate(input)),
    [run],
  );

  const stop = useCallback(
    (tasks: Moving[]) => {
      const wasWaiting = tasks.every(({ status }) => status === "queued");
      const said = wasWaiting
        ? { undo: { label: "Undo", onClick: () => ignore(retryAll(tasks)) } }
        : {
            detail: "Work so far is kept on a branch.",
            undo: { label: "Start again", onClick: () => ignore(retryAll(tasks)) },
          };
      ignore(stopAll(tasks).then((isDone) => isDone && toast(`Stopped ${named(tasks)}`, said)));
    },
    [retryAll, stopAll],
  );
  const retry = useCallback(
    (tasks: Moving[]) =>
      ignore(
        retryAll(tasks).then(
          (isDone) =>
            isDone &&
            toast(`Queued ${named(tasks)} again`, { undo: { label: "Undo", onClick: () => ignore(stopAll(tasks)) } }),
        ),
      ),
    [retryAll, stopAll],
  );
  return useMemo(() => ({ pending, stop, retry }), [pending, stop, retry]);
}

/** Both outcomes are said in a toast already. */
function ignore(work: Promise<unknown>): void {
  work.catch(() => {});
}
