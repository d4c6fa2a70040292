import { and, desc, eq, inArray, isNotNull, ne, sql } from "drizzle-orm";
import { parseJson } from "@/lib/json";
import type { TaskStatus } from "@/lib/task";
import type { Database } from "./database";
import { taskAttempts, taskEvents, tasks } from "./schema";
import { isCurrent, type TaskRow, taskRow } from "./task-row";
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

    /** Tasks of an issue, newest first; what `@porter stop` and `issues.closed` mean. */
    ofIssue: (repositoryId: number, issueNumber: number, statuses: readonly TaskStatus[]): Promise<TaskRow[]> =>
      rows()
        .where(
          and(
            eq(tasks.repositoryId, repositoryId),
            eq(tasks.issueNumber, issueNumber),
            inArray(tasks.status, [...statuses]),
          ),
        )
        .orderBy(desc(tasks.createdAt))
        .limit(50),

    /** How the issue's last few tasks stand, newest first, with what was asked for and what came of it. */
    lastEnds: (repositoryId: number, issueNumber: number) =>
      db
        .select({
          status: taskRow.status,
          commentId: tasks.commentId,
          failureCode: taskRow.failureCode,
          instructions: tasks.instructions,
          errorMessage: taskRow.errorMessage,
        })
        .from(tasks)
        .where(and(eq(tasks.repositoryId, repositoryId), eq(tasks.issueNumber, issueNumber)))
        .orderBy(desc(tasks.createdAt))
        .limit(5),

    events: (taskId: string, after: number, limit: number) =>
      db
        .select()
        .from(taskEvents)
        .where(and(eq(taskEvents.taskId, taskId), sql`${taskEvents.seq} > ${after}`))
        .orderBy(taskEvents.seq)
        .limit(limit),

    blocked: (userId: number) =>
      db
        .select({ id: tasks.id })
        .from(tasks)
        .where(and(eq(tasks.userId, userId), eq(tasks.status, "queued"), isNotNull(tasks.blockedReason)))
        .limit(200),

    /** The newest other tasks of the same issue, with what they told of its label. */
    siblings: async (task: { id: string; repositoryId: number; issueNumber: number }) =>
      db
        .select({
          id: tasks.id,
          status: tasks.status,
          failureCode: taskRow.failureCode,
          createdAt: tasks.createdAt,
          completedAt: taskRow.completedAt,
          reportedLabel: tasks.reportedLabel,
          reportedAt: tasks.reportedAt,
        })
        .from(tasks)
        .where(
          and(
            eq(tasks.repositoryId, task.repositoryId),
            eq(tasks.issueNumber, task.issueNumber),
            ne(tasks.id, task.id),
          ),
        )
        .orderBy(desc(tasks.createdAt))
        .limit(20),
  };
}
