import { count, eq, lte, type SQL, sql } from "drizzle-orm";
import { type Database, withRetry } from "./database";
import { insertWhere } from "./insert-where";
import { starts } from "./schema";

/** One wish to run something; `id` is the same however often it is looked at. */
export type Start = { id: string; userId: number; repositoryId: number; now: string };
/** How many there may be after `since`, by whom and where. */
export type StartCaps = { since: string; perPerson: number; perRepository: number };

/** Runs that people started, counted for the caps. */
export function createStartStore(db: Database) {
  return {
    /**
     * Counts the start unless a cap is reached; which one, else null. The count is in the INSERT itself: of two at once
     * D1 runs one after the other, and only one gets the last slot. A start that was counted before stays so.
     */
    async take(start: Start, caps: StartCaps): Promise<"person" | "repository" | null> {
      const { id, userId, repositoryId, now } = start;
      const { person, repository } = countsOf(start, caps.since);
      const [, , [found]] = await withRetry(() =>
        db.batch([
          db.delete(starts).where(lte(starts.at, caps.since)),
          insertWhere(db, starts, {
            row: { id, userId, repositoryId, at: now },
            where: sql`${person} < ${caps.perPerson} AND ${repository} < ${caps.perRepository}`,
          }).onConflictDoNothing({ target: starts.id }),
          // One row, whether there is a start or not.
          db
            .select({
              known: count(),
              person: sql<number>`${person} >= ${caps.perPerson}`.as("person"),
            })
            .from(starts)
            .where(eq(starts.id, id)),
        ]),
      );
      if (found?.known === 1) return null;
      return found?.person === 1 ? "person" : "repository";
    },
  };
}
export type StartStore = ReturnType<typeof createStartStore>;

/** How many of the person and in the repository count at present. */
function countsOf({ userId, repositoryId }: Start, since: string): Record<"person" | "repository", SQL> {
  const counted = (column: string, value: number) =>
    sql`(SELECT count(*) FROM starts s WHERE s.${sql.raw(column)} = ${value} AND s.at > ${since})`;
  return { person: counted("user_id", userId), repository: counted("repository_id", repositoryId) };
}
