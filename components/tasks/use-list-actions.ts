"use client";
import { useMemo, useState } from "react";
import type { TaskRowView } from "@/lib/live";
import { canRetry, canStop, canTryAgain } from "@/lib/task-words";
import type { Rows } from "./board";
import { focusFilter } from "./filter-bar";
import { currentTask, moveFocus, useKeys } from "./list-keys";
import { useTwoStep } from "./use-two-step";
import { useTaskActions } from "./use-task-actions";

/** What `useTwoStep` calls all selected tasks together. */
export const SELECTION = "selection";
export type Selection = { stoppable: number; retryable: number; stop: () => void; retry: () => void };

const isRetryable = (task: TaskRowView): boolean => canRetry(task) || canTryAgain(task);

/** Keys and buttons of the list; one way for both. With tasks selected `s` and `r` are for all of them. */
export function useListActions(rows: Rows) {
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [isHelpOpen, setHelpOpen] = useState(false);
  const actions = useTaskActions();
  const { armed, confirm } = useTwoStep();
  const { stop: stopTasks, retry: retryTasks } = actions;
  const acts = useMemo(() => {
    const toggle = (id: string) =>
      setSelected((known) => new Set(known.has(id) ? [...known].filter((one) => one !== id) : [...known, id]));
    const stop = (task: TaskRowView) => canStop(task) && confirm(task.id) && stopTasks([task]);
    const retry = (task: TaskRowView) => isRetryable(task) && retryTasks([task]);
    return { toggle, stop, retry, clear: () => setSelected(new Set()) };
  }, [confirm, stopTasks, retryTasks]);
  const selection = useMemo((): Selection => {
    const tasks = [...selected].flatMap((id) => rows.get(id) ?? []);
    const [stoppable, retryable] = [tasks.filter(canStop), tasks.filter(isRetryable)];
    const stop = () => {
      if (stoppable.length === 0 || !confirm(SELECTION)) return;
      stopTasks(stoppable);
      acts.clear();
    };
    const retry = () => {
      if (retryable.length === 0) return;
      retryTasks(retryable);
      acts.clear();
    };
    return { stoppable: stoppable.length, retryable: retryable.length, stop, retry };
  }, [rows, selected, acts, confirm, stopTasks, retryTasks]);
  const keys = useMemo(() => {
    const onTask = (act: (task: TaskRowView) => unknown) => () => {
      const task = rows.get(currentTask() ?? "");
      if (task !== undefined) act(task);
    };
    const go = (address: string | undefined) => address !== undefined && window.location.assign(address);
    const isMany = selected.size > 0;
    return {
      j: () => moveFocus(1),
      k: () => moveFocus(-1),
      x: onTask(({ id }) => acts.toggle(id)),
      s: isMany ? selection.stop : onTask(acts.stop),
      r: isMany ? selection.retry : onTask(acts.retry),
      o: onTask(({ issueUrl }) => go(issueUrl)),
      p: onTask(({ prUrl }) => go(prUrl)),
      "/": () => focusFilter(),
      "?": () => setHelpOpen(true),
      Escape: acts.clear,
    };
  }, [rows, selected, acts, selection]);
  useKeys(keys);
  return { selected, selection, actions, armed, isHelpOpen, setHelpOpen, ...acts };
}
