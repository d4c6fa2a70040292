import { withRetry, type Database } from "./database";

/** One wish to run something; `id` is the same however often it is looked at. */
export type Start = { id: string; userId: number; repositoryId: number; now: string };
/** How many there may be after `since`, by whom and where. */
export type StartCaps = { since: string; perPerson: number; perRepository: number };

/** Runs that people started, counted for the caps. */
export function createStartStore(db: Database) {
  const d1 = db.$client;
  return {
    /**
     * Counts the start unless a cap is reached; which one, else null. The count is in the INSERT itself: of two at once
     * D1 runs one after the other, and only one gets the last place. A start that was counted before stays so.
     */
    async take(start: Start, caps: StartCaps): Promise<"person" | "repository" | null> {
      const count = (column: string, value: string) =>
        `(SELECT count(*) FROM starts WHERE ${column} = ${value} AND at > ?5)`;
      const [, , found] = await withRetry(() =>
        d1.batch<{ known: number; person: number; repository: number }>([
          d1.prepare(`DELETE FROM starts WHERE at <= ?`).bind(caps.since),
          d1
            .prepare(
              `INSERT INTO starts (id, user_id, repository_id, at) SELECT ?1, ?2, ?3, ?4
               WHERE ${count("user_id", "?2")} < ?6 AND ${count("repository_id", "?3")} < ?7 ON CONFLICT (id) DO NOTHING`,
            )
            .bind(
              start.id,
              start.userId,
              start.repositoryId,
              start.now,
              caps.since,
              caps.perPerson,
              caps.perRepository,
            ),
          d1
            .prepare(
              `SELECT EXISTS (SELECT 1 FROM starts WHERE id = ?1) AS known, ${count("user_id", "?2")} >= ?4 AS person,
                 ${count("repository_id", "?3")} >= ?6 AS repository`,
            )
            .bind(start.id, start.userId, start.repositoryId, caps.perPerson, caps.since, caps.perRepository),
        ]),
      );
      const row = found?.results[0];
      if (row?.known === 1) return null;
      return row?.person === 1 ? "person" : "repository";
    },
  };
}
export type StartStore = ReturnType<typeof createStartStore>;
