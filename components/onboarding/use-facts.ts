"use client";
import { useQuery } from "@tanstack/react-query";
import type { ApiAnswers } from "@/components/layout/api";
import { useTRPC } from "@/components/layout/trpc-provider";
import type { Diagnostics } from "@/lib/account";
import type { PorterConfig } from "@/lib/porter-config";
import { isTerminal } from "@/lib/task";
import type { TaskView } from "@/lib/task-view";
import type { Facts, StepId } from "./steps";

const POLL_MS = 2500;

/** `diagnostics` null: GitHub did not answer in time for the page. */
export type InitialFacts = { config: PorterConfig; task: TaskView | null; diagnostics: Diagnostics | null };

/**
 * The facts behind the steps, asked again every 2.5 s while the page is visible: settings and tasks always, GitHub only
 * where its answer is waited for.
 */
export function useFacts(login: string, initial: InitialFacts, shown: StepId | null) {
  const trpc = useTRPC();
  const every = { refetchInterval: POLL_MS, refetchOnWindowFocus: true as const };
  const tasks = initial.task === null ? [] : [initial.task];
  const config = useQuery(
    trpc.config.get.queryOptions(undefined, { initialData: initial.config as ApiAnswers["config"]["get"], ...every }),
  );
  const list = useQuery(
    trpc.tasks.list.queryOptions(
      { limit: 1 },
      {
        initialData: { tasks, nextCursor: null } as ApiAnswers["tasks"]["list"],
        ...every,
        refetchInterval: ({ state }) => {
          const task = state.data?.tasks[0];
          return task !== undefined && isTerminal(task.status) ? 10_000 : POLL_MS;
        },
      },
    ),
  );
  const isGitHubWanted = shown === "installed" || shown === "signed-in" || shown === null;
  const diagnostics = useQuery(
    trpc.account.diagnostics.queryOptions(undefined, {
      retry: false,
      ...(initial.diagnostics === null
        ? {}
        : { initialData: initial.diagnostics as ApiAnswers["account"]["diagnostics"] }),
      refetchOnWindowFocus: true,
      refetchInterval: isGitHubWanted ? POLL_MS : false,
    }),
  );
  const facts: Facts = {
    login,
    config: config.data,
    diagnostics: diagnostics.data ?? (diagnostics.isError ? "silent" : null),
    task: list.data.tasks[0] ?? null,
  };
  return { facts, isOffline: config.isError || list.isError, gitHubError: diagnostics.error };
}
