import type { Tone } from "@/lib/task-state";
import { statusWord } from "@/lib/task-words";
import type { TaskView } from "@/lib/task-view";

const TONES: Record<Tone, string> = {
  neutral: "bg-neutral-200 text-neutral-800 dark:bg-neutral-800 dark:text-neutral-200",
  active: "bg-blue-100 text-blue-900 dark:bg-blue-950 dark:text-blue-200",
  good: "bg-green-100 text-green-900 dark:bg-green-950 dark:text-green-200",
  bad: "bg-red-100 text-red-900 dark:bg-red-950 dark:text-red-200",
  waiting: "bg-amber-100 text-amber-900 dark:bg-amber-950 dark:text-amber-200",
};

export function StatusBadge({ task }: { task: Pick<TaskView, "status" | "blockedReason" | "failureCode"> }) {
  const { word, tone } = statusWord(task);
  return (
    <span className={`inline-block rounded px-2 py-0.5 text-xs font-medium whitespace-nowrap ${TONES[tone]}`}>
      {word}
    </span>
  );
}
