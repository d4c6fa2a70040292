"use client";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { loadApi } from "@/components/layout/api";
import { problemSentence } from "@/components/layout/problem";
import { createSingleFlight } from "@/components/layout/single-flight";
import { useTRPC } from "@/components/layout/trpc-provider";
import { useStore } from "@/components/layout/use-store";
import { showToast } from "@/components/ui/toast";
import type { Run } from "./use-run";

/** Brings kept work to GitHub, without a run. `push` takes held-back files that are to come along. */
export function usePublish({ task, take }: Run): { isPending: boolean; push: (paths: string[]) => void } {
  const [{ busy, run }] = useState(() =>
    createSingleFlight<"publishing">((error) =>
      showToast("That did not work", { tone: "bad", detail: problemSentence(error) }),
    ),
  );
  const queryClient = useQueryClient();
  const trpc = useTRPC();
  const send = async (paths: string[]): Promise<void> => {
    const { task: after } = await (await loadApi()).tasks.publish.mutate({ id: task.id, paths });
    take(after);
    showToast(after.prNumber === undefined ? "On its way to GitHub" : `It is in pull request #${after.prNumber}`);
  };
  const push = async (paths: string[]): Promise<void> => {
    await run("publishing", () => send(paths));
    for (const queryKey of [trpc.tasks.changes.queryKey({ id: task.id }), trpc.tasks.diff.queryKey({ id: task.id })])
      queryClient.invalidateQueries({ queryKey }).catch(() => {});
  };
  return { isPending: useStore(busy) !== null, push: (paths) => void push(paths) };
}
