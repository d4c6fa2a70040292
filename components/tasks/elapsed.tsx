"use client";
import { useNow } from "@/components/layout/clock";
import { durationText } from "@/lib/format";
import { isTerminal } from "@/lib/task";
import type { TaskView } from "@/lib/task-view";
import { elapsedMs } from "@/lib/task-words";

type Timed = Pick<TaskView, "status" | "startedAt" | "completedAt">;

/** How long it runs or ran; only what runs is drawn each second. */
export const Elapsed = ({ task }: { task: Timed }) =>
  isTerminal(task.status) ? <>{words(elapsedMs(task, 0))}</> : <Ticking task={task} />;

const Ticking = ({ task }: { task: Timed }) => <>{words(elapsedMs(task, useNow()))}</>;

const words = (ms: number | null) => (ms === null ? "" : durationText(ms));
