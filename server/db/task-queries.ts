import { and, desc, eq, inArray, isNotNull } from "drizzle-orm";
import { parseJson } from "@/lib/json";
import type { TaskStatus } from "@/lib/task";
import type { Database } from "./database";
import { taskAttempts, taskEvents, tasks } from "./schema";
import { isCurrent, type TaskRow, taskRow } from "./task-row";
import { createIssueQueries } from "./issue-queries";
import { createTaskSearch, olderThan } from "./task-search";
import { createTaskStats } from "./task-stats";
import { createLineQueries } from "./waiting-line";

/** Everything that is read of tasks and their events. Every statement is indexed. */
export function createTaskQueries(db: Database) {
  const rows = () => db.select(taskRow).from(tasks).leftJoin(taskAttempts, isCurrent);
  return {
    ...createTaskSearch(db),
    ...createTaskStats(db),
    ...createLineQueries(db),
    ...createIssueQueries(db),

    get: async (id: string): Promise<TaskRow | null> => (await rows().where(eq(tasks.id, id)).limit(1))[0] ?? null,

    getForUser: async (userId: number, id: string): Promise<TaskRow | null> =>
      (
        await rows()
          .where(and(eq(tasks.id, id), eq(tasks.userId, userId)))
          .limit(1)
      )[0] ?? null,

    /** Tasks that were moved by these moves, at most 90. */
    movedBy: async (moveIds: readonly string[]): Promise<{ taskId: string; moveId: string }[]> =>
      db
        .select({ taskId: taskEvents.taskId, moveId: taskEvents.moveId })
        .from(taskEvents)
        .where(inArray(taskEvents.moveId, moveIds.slice(0, 90))),

    /** What an event of a move says; null where there is none. */
    eventData: async (moveId: string, kind: string): Promise<unknown> => {
      const rows = await db
        .select({ data: taskEvents.data })
        .from(taskEvents)
        .where(and(eq(taskEvents.moveId, moveId), eq(taskEvents.kind, kind)))
        .limit(1);
      return rows[0] === undefined ? null : parseJson(rows[0].data);
    },

    /** Newest first; `before` is the (createdAt, id) of the last row of the page before. */
    listForUser: (
      userId: number,
      input: {
        limit: number;
        before?: { createdAt: string; id: string } | undefined;
        statuses?: TaskStatus[] | undefined;
      },
    ): Promise<TaskRow[]> =>
      rows()
        .where(
          and(
            eq(tasks.userId, userId),
            input.statuses === undefined ? undefined : inArray(tasks.status, input.statuses),
            olderThan(input.before),
          ),
        )
        .orderBy(desc(tasks.createdAt), desc(tasks.id))
        .limit(input.limit),

    blocked: (userId: number) =>
      db
        .select({ id: tasks.id })
        .from(tasks)
        .where(and(eq(tasks.userId, userId), eq(tasks.status, "queued"), isNotNull(tasks.blockedReason)))
        .limit(200),
  };
}
