"use client";
import { useQuery } from "@tanstack/react-query";
import { Hand, RotateCw } from "lucide-react";
import { apiClient } from "@/components/layout/api-client";
import { problemSentence } from "@/components/layout/problem";
import { useTRPC } from "@/components/layout/trpc-provider";
import { StateIcon } from "@/components/tasks/state-icon";
import { CommandItem } from "@/components/ui/command";
import { showToast } from "@/components/ui/toast";
import type { TaskRowView } from "@/lib/live";
import { FILTER_LIMITS } from "@/lib/task-filter";
import { canRetry, canStop, canTryAgain } from "@/lib/task-words";
import { useDebounced } from "./use-debounced";

/** How many tasks stand there unasked, so that the other groups stay in sight. */
const UNASKED_TASKS = 5;
const FOUND_TASKS = 8;
/** What is done to a task is typed before its words: nothing is stopped by Enter after a guess. */
const VERB = /^\s*(open|stop|retry)(?:\s+|$)/i;

type TaskItemsProps = { text: string; close: () => void; visit: (path: string) => void };
type Found = Pick<TaskRowView, "id" | "issueTitle" | "issueNumber" | "repoOwner" | "repoName" | "createdBy"> &
  Parameters<typeof StateIcon>[0]["task"];

/** The newest tasks that go on, to open; once something is typed every task with the words; `stop` and `retry` do that. */
export function TaskItems({ text, close, visit }: TaskItemsProps) {
  const trpc = useTRPC();
  const words = useDebounced(text.replace(VERB, "").trim()).slice(0, FILTER_LIMITS.text);
  const going = useQuery(trpc.tasks.list.queryOptions({ status: ["running", "queued"], limit: 20 }));
  const found = useQuery(
    trpc.tasks.search.queryOptions({ text: words, limit: FOUND_TASKS }, { enabled: words.length > 1, staleTime: 5000 }),
  );
  const verb = VERB.exec(text)?.[1]?.toLowerCase() ?? "open";
  const isSearched = text !== "";
  const running: Found[] = going.data?.tasks ?? [];
  const known = new Set(running.map(({ id }) => id));
  const others: Found[] = isSearched ? (found.data?.tasks.filter(({ id }) => !known.has(id)) ?? []) : [];
  const tasks = [...(isSearched ? running : running.slice(0, UNASKED_TASKS)), ...others];
  return tasks.map((task) => <OneTask key={task.id} task={task} {...{ verb, close, visit }} />);
}

type OneTaskProps = { task: Found; verb: string; close: () => void; visit: (path: string) => void };

function OneTask({ task, verb, close, visit }: OneTaskProps) {
  const { id, issueTitle } = task;
  const words = `${issueTitle} ${task.repoOwner}/${task.repoName}#${task.issueNumber} ${task.createdBy} ${id}`;
  const where = <span className="ml-auto shrink-0 text-xs text-soft">{`${task.repoName}#${task.issueNumber}`}</span>;
  const bad = (error: unknown) => showToast(problemSentence(error), { tone: "bad" });
  // Not mutations of this window: it is closed when the answer comes.
  const again = () => apiClient.tasks.retry.mutate({ id });
  const stop = () => {
    close();
    const label = task.status === "queued" ? "Undo" : "Start again";
    apiClient.tasks.stop
      .mutate({ id })
      .then(
        () => showToast(`Stopped “${issueTitle}”`, { undo: { label, onClick: () => void again().catch(bad) } }),
        bad,
      );
  };
  const retry = () => {
    close();
    again().then(() => showToast(`Queued “${issueTitle}” again`), bad);
  };
  return (
    <>
      <CommandItem value={`open ${words}`} onSelect={() => visit(`/tasks/${id}`)}>
        <StateIcon task={task} />
        <span className="min-w-0 truncate">{issueTitle}</span>
        {where}
      </CommandItem>
      {verb === "stop" && canStop(task) ? (
        <CommandItem value={`stop ${words}`} onSelect={stop}>
          <Hand aria-hidden />
          <span className="min-w-0 truncate">Stop “{issueTitle}”</span>
          {where}
        </CommandItem>
      ) : null}
      {verb === "retry" && (canRetry(task) || canTryAgain(task)) ? (
        <CommandItem value={`retry ${words}`} onSelect={retry}>
          <RotateCw aria-hidden />
          <span className="min-w-0 truncate">Retry “{issueTitle}”</span>
          {where}
        </CommandItem>
      ) : null}
    </>
  );
}
