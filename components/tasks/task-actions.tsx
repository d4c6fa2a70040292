"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTRPC } from "@/components/layout/trpc-provider";
import { Button } from "@/components/ui/button";
import type { TaskView } from "@/lib/task-view";
import { canRetry, canStop } from "@/lib/task-words";

/** Stop asks once; retry does not, because it takes nothing away. */
export function TaskActions({ task }: { task: TaskView }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [asking, setAsking] = useState(false);
  const show = ({ task: changed }: { task: TaskView }) => {
    setAsking(false);
    queryClient.setQueryData(trpc.tasks.get.queryKey({ id: task.id }), changed);
  };
  const stop = useMutation(trpc.tasks.stop.mutationOptions({ onSuccess: show }));
  const retry = useMutation(trpc.tasks.retry.mutationOptions({ onSuccess: show }));
  const problem = stop.error ?? retry.error;
  return (
    <div className="flex flex-wrap items-center gap-2">
      {canStop(task) && !asking ? <Button onClick={() => setAsking(true)}>Stop</Button> : null}
      {canStop(task) && asking ? (
        <>
          <span className="text-sm">Stop this task?</span>
          <Button tone="danger" disabled={stop.isPending} onClick={() => stop.mutate({ id: task.id })}>
            Yes, stop
          </Button>
          <Button onClick={() => setAsking(false)}>Keep it</Button>
        </>
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
