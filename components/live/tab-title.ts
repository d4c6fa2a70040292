import type { TaskCounts } from "@/lib/task-pages";

/** What `titleWith` puts before a title; a task's own title may begin with brackets, too. */
const PREFIX = /^\((?:!\d+|▸\d+|!\d+ ▸\d+)\) /;

/** The tab's title with what needs the reader and what runs; `title` may carry an earlier such sign. */
export function titleWith({ attention, running }: Pick<TaskCounts, "attention" | "running">, title: string): string {
  const plain = title.replace(PREFIX, "");
  const signs = [...(attention > 0 ? [`!${attention}`] : []), ...(running > 0 ? [`▸${running}`] : [])];
  return signs.length === 0 ? plain : `(${signs.join(" ")}) ${plain}`;
}
