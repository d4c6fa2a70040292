import { and, eq, type SQL, sql } from "drizzle-orm";
import type { TaskChange } from "@/lib/live";
import type { Database } from "./database";
import { insertWhere } from "./insert-where";
import { taskEvents, tasks } from "./schema";

// What statements of several stores say of a task.

export type TaskEvent = { kind: string; data: Record<string, unknown> };

/** Due now, or when it was due if that is earlier. */
export const dueBy = (now: string): SQL => sql`min(coalesce(${tasks.dueAt}, ${now}), ${now})`;
/** A fact came in: who holds the task looks again before it gives it back. */
export const oneWakeMore: SQL = sql`${tasks.wakeSeq} + 1`;
/** There is something new to tell on GitHub. */
export const oneVersionMore: SQL = sql`${tasks.version} + 1`;

/** What a statement answers of each task whose view it changed: a `TaskChange`. */
export const changedTask = { taskId: tasks.id, userId: tasks.userId, seq: tasks.changeSeq } satisfies Record<
  keyof TaskChange,
  unknown
>;

/** This task, while `moveId` is its last move: what hangs on it was made true by the statement that set it. */
export const isMovedBy = (moveId: string, id: string): SQL | undefined =>
  and(eq(tasks.id, id), eq(tasks.moveId, moveId));

/** The event of a move, in a batch whose first statement made `moveId` the task's last one. Once, however often it is sent. */
export const insertEvent = (db: Database, input: { id: string; moveId: string; now: string; event: TaskEvent }) =>
  insertWhere(db, taskEvents, {
    row: {
      taskId: tasks.id,
      userId: tasks.userId,
      attempt: tasks.attempt,
      kind: input.event.kind,
      data: JSON.stringify(input.event.data),
      moveId: tasks.moveId,
      at: input.now,
    },
    from: tasks,
    where: isMovedBy(input.moveId, input.id),
  }).onConflictDoNothing({ target: [taskEvents.moveId, taskEvents.kind] });
