import { OPEN_STATUSES } from "@/lib/task";
import { and, eq, exists, gt, inArray, isNotNull, lte, ne, or, sql } from "drizzle-orm";
import type { Database } from "./database";
import { mentions, obligations, taskAttempts, tasks } from "./schema";
import { isCurrent, taskRow } from "./task-row";
import { oneWakeMore } from "./task-writes";

type Where = { installationId: number } | { repositoryId: number; issueNumber?: number };

/** Where tasks and mentions are on GitHub. Repositories and installations go by number; names follow them. */
export function createGitHubLocationStore(db: Database) {
  const at = (where: Where) =>
    "installationId" in where
      ? eq(tasks.installationId, where.installationId)
      : and(
          eq(tasks.repositoryId, where.repositoryId),
          where.issueNumber === undefined ? undefined : eq(tasks.issueNumber, where.issueNumber),
        );
  return {
    /** Tasks there that have not ended, oldest first, a page of 50. */
    open: (where: Where) =>
      db
        .select(taskRow)
        .from(tasks)
        .leftJoin(taskAttempts, isCurrent)
        .where(and(at(where), inArray(tasks.status, OPEN_STATUSES)))
        .orderBy(tasks.createdAt)
        .limit(50),

    /** The repository has a new owner or name; with a transfer a new installation as well. */
    move: (input: Moved): Promise<void> => moveRows(db, input),

    /** The account of an installation was renamed, and every repository of it with it. */
    async renameAccount(installationId: number, owner: string): Promise<void> {
      const theirs = await db
        .selectDistinct({ repositoryId: tasks.repositoryId })
        .from(tasks)
        .where(eq(tasks.installationId, installationId));
      for (const { repositoryId } of theirs)
        await moveRows(db, { repositoryId, owner, name: null, installationId: null });
    },

    /** Reports that were given up are owed again; answers their tasks. */
    async oweReports(where: Where, now: string): Promise<{ id: string }[]> {
      const isReport = and(eq(obligations.kind, "report"), isNotNull(obligations.gaveUpReason));
      const givenUp = db
        .select({ one: sql`1` })
        .from(obligations)
        .where(and(eq(obligations.subject, tasks.id), isReport));
      const there = db.select({ id: tasks.id }).from(tasks).where(at(where));
      const [woken] = await db.batch([
        db
          .update(tasks)
          .set({ wakeSeq: oneWakeMore, dueAt: now })
          .where(and(at(where), exists(givenUp)))
          .returning({ id: tasks.id }),
        db.delete(obligations).where(and(isReport, inArray(obligations.subject, there))),
      ]);
      return woken;
    },
  };
}
export type GitHubLocationStore = ReturnType<typeof createGitHubLocationStore>;

type Moved = { repositoryId: number; owner: string; name: string | null; installationId: number | null };

/** Rows of so many tasks or mentions at once: a statement has 30 seconds, and others wait for it. */
const PAGE = 500;

/** Where `name` or the installation is null it stays. By issues, page by page; done again, what is right is passed over. */
async function moveRows(db: Database, { repositoryId, owner, name, installationId }: Moved): Promise<void> {
  for (const table of [tasks, mentions]) {
    const row = {
      repoOwner: owner,
      repoName: sql<string>`coalesce(${name}, ${table.repoName})`,
      installationId: sql<number>`coalesce(${installationId}, ${table.installationId})`,
    };
    const differs = or(
      ne(table.repoOwner, owner),
      ne(table.repoName, row.repoName),
      sql`${table.installationId} IS NOT ${row.installationId}`,
    );
    for (let after = -1; ;) {
      const page = db
        .select({ issue: sql<number>`issue_number`.as("issue") })
        .from(table)
        .where(and(eq(table.repositoryId, repositoryId), gt(table.issueNumber, after)))
        .orderBy(table.issueNumber)
        .limit(PAGE);
      const [last] = await db.select({ issue: sql<number | null>`max(issue)`.as("last") }).from(page.as("page"));
      if (last?.issue == null) break;
      const within = and(gt(table.issueNumber, after), lte(table.issueNumber, last.issue));
      await db
        .update(table)
        .set(row)
        .where(and(eq(table.repositoryId, repositoryId), within, differs));
      after = last.issue;
    }
  }
}
