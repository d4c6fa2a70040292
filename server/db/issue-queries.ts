import { and, desc, eq, inArray, ne } from "drizzle-orm";
import type { TaskStatus } from "@/lib/task";
import type { Database } from "./database";
import { taskAttempts, tasks } from "./schema";
import { isCurrent, type TaskRow, taskRow } from "./task-row";

const isOfIssue = (repositoryId: number, issueNumber: number) =>
  and(eq(tasks.repositoryId, repositoryId), eq(tasks.issueNumber, issueNumber));

/** The tasks of an issue. */
export function createIssueQueries(db: Database) {
  return {
    /** Tasks of an issue, newest first; what `@porter stop` and `issues.closed` mean. */
    ofIssue: (repositoryId: number, issueNumber: number, statuses: readonly TaskStatus[]): Promise<TaskRow[]> =>
      db
        .select(taskRow)
        .from(tasks)
        .leftJoin(taskAttempts, isCurrent)
        .where(and(isOfIssue(repositoryId, issueNumber), inArray(tasks.status, [...statuses])))
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
        .where(isOfIssue(repositoryId, issueNumber))
        .orderBy(desc(tasks.createdAt))
        .limit(5),

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
        .where(and(isOfIssue(task.repositoryId, task.issueNumber), ne(tasks.id, task.id)))
        .orderBy(desc(tasks.createdAt))
        .limit(20),
  };
}
