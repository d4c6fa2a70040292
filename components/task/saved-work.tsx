"use client";
import { GitBranch } from "lucide-react";
import { DiffStat } from "@/components/tasks/outcome";
import type { TaskView } from "@/lib/task-view";

/** A branch with what there was of the work when the run ended. */
export default function SavedWork({ task }: { task: TaskView }) {
  return (
    <a
      href={task.wipBranchUrl}
      className="group flex items-center gap-3 rounded-lg border border-line bg-raised px-4 py-3 hover:border-edge"
    >
      <GitBranch aria-hidden className="size-5 shrink-0 text-soft" />
      <span className="min-w-0 flex-1">
        <span className="block font-medium">Work so far was saved</span>
        <span className="block truncate font-mono text-xs text-soft group-hover:underline">{task.wipBranch}</span>
      </span>
      <DiffStat additions={task.additions} deletions={task.deletions} />
    </a>
  );
}
