import { OPEN_STATUSES } from "@/lib/task";
import { and, eq, exists, inArray, isNotNull, sql } from "drizzle-orm";
import type { Database } from "./database";
import { mentions, obligations, taskAttempts, tasks } from "./schema";
import { isCurrent, taskRow } from "./task-row";

type Where = { installationId: number } | { repositoryId: number; issueNumber?: number };

/** Where tasks and mentions are on GitHub. Repositories and installations go by number; names follow them. */
export function createGitHubLocationStore(db: Database) {
  const d1 = db.$client;
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
      const statement = (table: "tasks" | "mentions") =>
        d1
          .prepare(
            `UPDATE ${table} SET repo_owner = ?, repo_name = ?, installation_id = coalesce(?, installation_id)
             WHERE repository_id = ? AND (repo_owner <> ? OR repo_name <> ? OR installation_id IS NOT coalesce(?, installation_id))`,
          )
          .bind(
            input.owner,
            input.name,
            input.installationId,
            input.repositoryId,
            input.owner,
            input.name,
            input.installationId,
          );
      await d1.batch([statement("tasks"), statement("mentions")]);
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
          .set({ wakeSeq: sql`${tasks.wakeSeq} + 1`, dueAt: now })
          .where(and(at(where), exists(givenUp)))
          .returning({ id: tasks.id }),
        db.delete(obligations).where(and(isReport, inArray(obligations.subject, there))),
      ]);
      return woken;
    },
  };
}
export type GitHubLocationStore = ReturnType<typeof createGitHubLocationStore>;
