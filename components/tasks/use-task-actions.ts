"use client";
import { useMemo } from "react";
import { loadApi } from "@/components/layout/api";
import { useStore } from "@/components/layout/use-store";
import { useLive } from "@/components/live/live-provider";
import { showToast } from "@/components/ui/toast";
import type { TaskView } from "@/lib/task-view";
import { createTaskActions, type TaskActions } from "./task-actions";

type PendingActions = Omit<TaskActions, "pending"> & { pending: ReadonlySet<string> };

/** Stop and retry. `take`, the same one at each drawing, gets each view that comes of it. */
export function useTaskActions(take?: (task: TaskView) => void): PendingActions {
  const { feed } = useLive();
  const actions = useMemo(
    () =>
      createTaskActions({
        call: async (action, input) => (await loadApi()).tasks[action].mutate(input),
        take(views) {
          feed.take(views);
          for (const view of views) take?.(view);
        },
        say: showToast,
      }),
    [feed, take],
  );
  const { stop, retry } = actions;
  const pending = useStore(actions.pending);
  return useMemo(() => ({ pending, stop, retry }), [pending, stop, retry]);
}
