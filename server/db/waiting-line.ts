import { MAX_RUNNING_TASKS_PER_USER } from "@/lib/task";
import type { Database } from "./database";

/**
 * A user's waiting tasks in the order in which they start, as a table of (id, place): the higher priority first; of
 * the same priority the repositories take turns, and one that runs more waits longer; then the older one. `user` and
 * `now` are SQL expressions; with `now` only what may start now stands in line.
 */
export const waitingLine = (user: string, now: string | null): string => `(
  SELECT id, row_number() OVER (ORDER BY priority DESC, turn, created_at, id) AS place FROM (
    SELECT q.id, q.priority, q.created_at,
      (SELECT count(*) FROM tasks r WHERE r.user_id = q.user_id AND r.status = 'running' AND r.repository_id = q.repository_id)
        + row_number() OVER (PARTITION BY q.priority, q.repository_id ORDER BY q.created_at, q.id) AS turn
    FROM tasks q WHERE q.user_id = ${user} AND q.status = 'queued' AND q.blocked_reason IS NULL
      ${now === null ? "" : `AND (q.not_before IS NULL OR q.not_before <= ${now})`}
  ))`;

/** Runs counted for a repository's typical time, and how many there must be. */
const HISTORY = { atMost: 50, atLeast: 10 };

/** Questions about a user's line. */
export function createLineQueries(db: Database) {
  const d1 = db.$client;
  return {
    /** Where a queued task stands in its user's line, from 1, and how many wait and run. */
    async queuePosition(task: {
      id: string;
      userId: number;
    }): Promise<{ position: number; waiting: number; running: number }> {
      const row = await d1
        .prepare(
          `SELECT (SELECT count(*) FROM tasks WHERE user_id = ?1 AND status = 'running') AS running,
                  (SELECT count(*) FROM tasks WHERE user_id = ?1 AND status = 'queued' AND blocked_reason IS NULL) AS waiting,
                  (SELECT place FROM ${waitingLine("?1", null)} WHERE id = ?2) AS place`,
        )
        .bind(task.userId, task.id)
        .first<{ running: number; waiting: number; place: number | null }>();
      return { position: row?.place ?? 1, waiting: row?.waiting ?? 0, running: row?.running ?? 0 };
    },

    /** Whether a slot is free now: to ask before something that costs more; `claimSlot` decides. */
    async hasSlot(task: { id: string; userId: number }, now: string): Promise<boolean> {
      const row = await d1
        .prepare(
          `SELECT (SELECT count(*) FROM tasks WHERE user_id = ?1 AND status = 'running')
                  + (SELECT place FROM ${waitingLine("?1", "?2")} WHERE id = ?3) <= ${MAX_RUNNING_TASKS_PER_USER} AS free`,
        )
        .bind(task.userId, now, task.id)
        .first<{ free: number | null }>();
      return row?.free === 1;
    },

    /** The user's waiting tasks in their order, the first `limit` of them: the place of each in one read. */
    async line(userId: number, limit: number): Promise<string[]> {
      const { results } = await d1
        .prepare(`SELECT id FROM ${waitingLine("?1", null)} ORDER BY place LIMIT ?2`)
        .bind(userId, limit)
        .all<{ id: string }>();
      return results.map(({ id }) => id);
    },

    /** Queued tasks of the user that could start now, in their order. */
    async startable(userId: number, now: string, limit: number): Promise<{ id: string }[]> {
      const { results } = await d1
        .prepare(`SELECT id FROM ${waitingLine("?1", "?2")} ORDER BY place LIMIT ?3`)
        .bind(userId, now, limit)
        .all<{ id: string }>();
      return results;
    },

    /** What a run in this repository takes, ms: the middle of its last 50; null with less than ten. */
    async typicalRunMs(repositoryId: number): Promise<number | null> {
      const { results } = await d1
        .prepare(
          `SELECT (julianday(completed_at) - julianday(started_at)) * 86400000 AS ms FROM tasks
           WHERE repository_id = ?1 AND started_at IS NOT NULL AND completed_at IS NOT NULL
             AND (status = 'success' OR status = 'failed' AND failure_code = 'no_changes')
           ORDER BY created_at DESC LIMIT ${HISTORY.atMost}`,
        )
        .bind(repositoryId)
        .all<{ ms: number }>();
      if (results.length < HISTORY.atLeast) return null;
      const sorted = results.map(({ ms }) => ms).toSorted((one, other) => one - other);
      return Math.round(sorted[Math.floor(sorted.length / 2)] ?? 0);
    },
  };
}
