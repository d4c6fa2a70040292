"use client";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { loadApi } from "@/components/layout/api";
import { problemSentence } from "@/components/layout/problem";
import { useTRPC } from "@/components/layout/trpc-provider";
import { toast } from "@/components/ui/toast";
import type { Run } from "./use-run";

/** Brings kept work to GitHub, without a run. `push` takes held-back files that are to come along. */
export function usePublish({ task, take }: Run): { isPending: boolean; push: (paths: string[]) => void } {
  const [isPending, setPending] = useState(false);
  const queryClient = useQueryClient();
  const trpc = useTRPC();
  const send = async (paths: string[]): Promise<void> => {
    setPending(true);
    try {
      const { task: after } = await (await loadApi()).tasks.publish.mutate({ id: task.id, paths });
      take(after);
      toast(after.prNumber === undefined ? "On its way to GitHub" : `It is in pull request #${after.prNumber}`);
    } catch (error) {
      toast("That did not work", { tone: "bad", detail: problemSentence(error) });
    } finally {
      setPending(false);
      for (const queryKey of [trpc.tasks.changes.queryKey({ id: task.id }), trpc.tasks.diff.queryKey({ id: task.id })])
        queryClient.invalidateQueries({ queryKey }).catch(() => {});
    }
  };
  return { isPending, push: (paths) => void send(paths) };
}
