import { and, eq, exists, or, sql } from "drizzle-orm";
import { nextChange, type OnChange } from "./change-seq";
import { type Database, withRetry } from "./database";
import { insertWhere } from "./insert-where";
import { mentions, tasks } from "./schema";
import type { NewTask } from "./task-row";
import { changedTask, insertEvent, type TaskEvent } from "./task-writes";

type Born<Task> = { task: Task; event: TaskEvent; now: string; moveId: string };

/** How tasks come to be. `onChange` hears of every one. */
export function createTaskInserts(db: Database, onChange: OnChange) {
  const eventOf = ({ task, event, now, moveId }: Born<NewTask>) => insertEvent(db, { id: task.id, moveId, now, event });

  return {
    /** Turns a pending mention into its task: both, or neither. The task that now belongs to the mention is answered. */
    async createFromMention(
      input: Born<NewTask & { mentionId: string }>,
    ): Promise<{ taskId: string | null; created: boolean }> {
      const { task, moveId, now } = input;
      const isPending = and(eq(mentions.id, task.mentionId), eq(mentions.status, "pending"));
      const pending = db
        .select({ one: sql`1` })
        .from(mentions)
        .where(isPending);
      const itsTask = db.select({ id: tasks.id }).from(tasks).where(eq(tasks.mentionId, mentions.id));
      const row = { ...task, moveId, changeSeq: nextChange(task.userId) };
      const [made, , , [stored]] = await withRetry(() =>
        db.batch([
          insertWhere(db, tasks, { row, where: exists(pending) })
            .onConflictDoNothing({ target: tasks.mentionId })
            .returning({ id: tasks.id }),
          db
            .update(mentions)
            .set({ status: "task", outcome: "task", settledAt: now, taskId: sql`${itsTask}` })
            .where(and(isPending, exists(itsTask))),
          eventOf(input),
          db.select(changedTask).from(tasks).where(eq(tasks.mentionId, task.mentionId)),
        ]),
      );
      if (stored !== undefined) onChange(stored);
      return { taskId: stored?.taskId ?? null, created: made.length > 0 };
    },

    /** A task outside admission (dispatch, retry by somebody else). Returns the id of the mention's task where there was one. */
    async create(input: Born<NewTask>): Promise<string> {
      const { task, moveId } = input;
      const isIt = or(eq(tasks.id, task.id), task.mentionId == null ? undefined : eq(tasks.mentionId, task.mentionId));
      const [, , [stored]] = await withRetry(() =>
        db.batch([
          db
            .insert(tasks)
            .values({ ...task, moveId, changeSeq: nextChange(task.userId) })
            .onConflictDoNothing(),
          eventOf(input),
          db.select(changedTask).from(tasks).where(isIt),
        ]),
      );
      if (stored !== undefined) onChange(stored);
      return stored?.taskId ?? task.id;
    },
  };
}
