import { and, asc, desc, eq, gt, inArray, isNotNull, sql } from "drizzle-orm";
import type { Database } from "./database";
import { auditLines, repositorySecrets, taskAttempts, tasks } from "./schema";

type RepositorySecretRow = typeof repositorySecrets.$inferSelect;
/** What may be shown of one. */
type RepositorySecretStatus = Pick<RepositorySecretRow, "name" | "updatedAt" | "lastUsedAt">;

/** A person looks at the set-ups of their newest tasks. */
const newestOf = (db: Database, userId: number) =>
  db.select({ id: tasks.id }).from(tasks).where(eq(tasks.userId, userId)).orderBy(desc(tasks.createdAt)).limit(100);

/** Sealed secrets of repositories, by GitHub's number of each. Nothing in here opens one. */
export function createRepositorySecretStore(db: Database) {
  const { repositoryId, name, updatedAt, lastUsedAt } = repositorySecrets;
  return {
    list: (of: number): Promise<RepositorySecretStatus[]> =>
      db.select({ name, updatedAt, lastUsedAt }).from(repositorySecrets).where(eq(repositoryId, of)).orderBy(asc(name)),

    /** At most 50 names: so many a repository's file may have. */
    sealed: (of: number, names: readonly string[]): Promise<RepositorySecretRow[]> =>
      db
        .select()
        .from(repositorySecrets)
        .where(and(eq(repositoryId, of), inArray(name, names.slice(0, 50)))),

    /** Whether one of them was deleted since then (ISO 8601), as the audit log has it. */
    async wasDeleted(of: number, since: string): Promise<boolean> {
      const { id, object, action, at } = auditLines;
      const isIt = and(eq(object, `repository/${of}`), eq(action, "repository.secret_delete"), gt(at, since));
      return (await db.select({ id }).from(auditLines).where(isIt).limit(1)).length > 0;
    },

    /** How set-ups of a person's runs in a repository ended last. */
    lastSetUps: (of: { repositoryId: number; userId: number }) =>
      db
        .select({
          taskId: taskAttempts.taskId,
          attempt: taskAttempts.attempt,
          at: taskAttempts.createdAt,
          setUpReport: sql<string>`${taskAttempts.setUpReport}`,
        })
        .from(taskAttempts)
        .innerJoin(tasks, eq(tasks.id, taskAttempts.taskId))
        .where(
          and(
            inArray(tasks.id, newestOf(db, of.userId)),
            eq(tasks.repositoryId, of.repositoryId),
            isNotNull(taskAttempts.setUpReport),
          ),
        )
        .orderBy(desc(tasks.createdAt), desc(taskAttempts.attempt))
        .limit(10),

    put: async (row: Omit<RepositorySecretRow, "createdAt" | "lastUsedAt">): Promise<void> => {
      await db
        .insert(repositorySecrets)
        .values({ ...row, createdAt: row.updatedAt })
        .onConflictDoUpdate({ target: [repositoryId, name], set: { ...row, lastUsedAt: null } });
    },

    noteUse: async (of: number, names: readonly string[], at: string): Promise<void> => {
      if (names.length === 0) return;
      await db
        .update(repositorySecrets)
        .set({ lastUsedAt: at })
        .where(and(eq(repositoryId, of), inArray(name, names.slice(0, 50))));
    },

    /** The audit line of its end is made of who stands in its row last. */
    delete: async (of: { repositoryId: number; name: string; by: number; via: string }): Promise<void> => {
      const isIt = and(eq(repositoryId, of.repositoryId), eq(name, of.name));
      await db.batch([
        db.update(repositorySecrets).set({ savedBy: of.by, via: of.via }).where(isIt),
        db.delete(repositorySecrets).where(isIt),
      ]);
    },
  };
}
export type RepositorySecretStore = ReturnType<typeof createRepositorySecretStore>;
