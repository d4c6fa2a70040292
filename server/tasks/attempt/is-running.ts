import type { AttemptRow, TaskRow } from "@/server/db/task-store";

/** The task runs, and by this attempt. */
export const isRunning = (
  task: Pick<TaskRow, "status" | "attempt">,
  { attempt }: Pick<AttemptRow, "attempt">,
): boolean => task.status === "running" && task.attempt === attempt;
