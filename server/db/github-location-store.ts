import { OPEN_STATUSES } from "@/lib/task";
import { and, eq, exists, inArray, isNotNull, ne, or, sql } from "drizzle-orm";
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
    async move(input: { repositoryId: number; owner: string; name: string; installationId: number | null }) {
      const { owner: repoOwner, name: repoName, repositoryId, installationId } = input;
      const moved = (of: typeof tasks | typeof mentions) => {
        const installation = sql<number>`coalesce(${installationId}, ${of.installationId})`;
        return {
          row: { repoOwner, repoName, installationId: installation },
          where: and(
            eq(of.repositoryId, repositoryId),
            or(
              ne(of.repoOwner, repoOwner),
              ne(of.repoName, repoName),
              sql`${of.installationId} IS NOT ${installation}`,
            ),
          ),
        };
      };
      const [task, mention] = [moved(tasks), moved(mentions)];
      await db.batch([
        db.update(tasks).set(task.row).where(task.where),
        db.update(mentions).set(mention.row).where(mention.where),
      ]);
    },

    /** The account of an installation was renamed, and every repository of it with it. */
    async renameAccount(installationId: number, owner: string) {
      await db.update(tasks).set({ repoOwner: owner }).where(eq(tasks.installationId, installationId));
      await db
        .update(mentions)
        .set({ repoOwner: owner })
        .where(
          inArray(
            mentions.repositoryId,
            db.select({ id: tasks.repositoryId }).from(tasks).where(eq(tasks.installationId, installationId)),
          ),
        );
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
