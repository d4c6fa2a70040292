"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTRPC } from "@/components/layout/trpc-provider";
import { Button } from "@/components/ui/button";
import { ConfirmButton } from "@/components/ui/confirm-button";
import type { TaskView } from "@/lib/task-view";
import { canRetry, canStop } from "@/lib/task-words";

/** Stop asks once; retry does not, because it takes nothing away. */
export function TaskActions({ task }: { task: TaskView }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const show = ({ task: changed }: { task: TaskView }) =>
    queryClient.setQueryData(trpc.tasks.get.queryKey({ id: task.id }), changed);
  const stop = useMutation(trpc.tasks.stop.mutationOptions({ onSuccess: show }));
  const retry = useMutation(trpc.tasks.retry.mutationOptions({ onSuccess: show }));
  const problem = stop.error ?? retry.error;
  return (
    <div className="flex flex-wrap items-center gap-2">
      {canStop(task) ? (
        <ConfirmButton
          label="Stop"
          question="Stop this task?"
          confirm="Yes, stop"
          disabled={stop.isPending}
          onConfirm={() => stop.mutate({ id: task.id })}
        />
      ) : null}
      {canRetry(task) ? (
        <Button tone="primary" disabled={retry.isPending} onClick={() => retry.mutate({ id: task.id })}>
          Retry
        </Button>
      ) : null}
      {problem === null ? null : (
        <p role="alert" className="basis-full text-sm text-red-700 dark:text-red-400">
          {problem.message}
        </p>
      )}
    </div>
  );
}
