import { and, type Column, desc, eq, type SQL, sql } from "drizzle-orm";
import { MAX_RUNNING_TASKS_PER_USER } from "@/lib/task";
import { type Database, isAmong } from "./database";
import { IS_TYPICAL, tasks } from "./schema";

/**
 * A user's waiting tasks in the order in which they start, as a table of (id, position): the higher priority first; of
 * the same priority the repositories take turns, and one that runs more waits longer; then the older one. With `now`
 * only what may start now stands in line.
 */
export const waitingLine = (user: number | SQL, now: string | null): SQL => sql`(
  SELECT id, row_number() OVER (ORDER BY priority DESC, turn, created_at, id) AS position FROM (
    SELECT q.id, q.priority, q.created_at,
      (SELECT count(*) FROM tasks r WHERE r.user_id = q.user_id AND r.status = 'running' AND r.repository_id = q.repository_id)
        + row_number() OVER (PARTITION BY q.priority, q.repository_id ORDER BY q.created_at, q.id) AS turn
    FROM tasks q WHERE q.user_id = ${user} AND q.status = 'queued' AND q.blocked_reason IS NULL
      ${now === null ? sql`` : sql`AND (q.not_before IS NULL OR q.not_before <= ${now})`}
  ))`;

/** How many of a user's tasks run. */
const running = (user: number | Column): SQL =>
  sql`(SELECT count(*) FROM tasks r WHERE r.user_id = ${user} AND r.status = 'running')`;

/** The task would have a slot now: so many run, and so many stand before it. */
export const hasSlot = (task: { id: string | Column; userId: number | Column; line: SQL }): SQL =>
  sql`${running(task.userId)} + (SELECT position FROM ${task.line} WHERE id = ${task.id}) <= ${sql.raw(String(MAX_RUNNING_TASKS_PER_USER))}`;

/** The user's waiting tasks in their order; for batches, too. */
export const lineOf = (db: Database, userId: number, limit: number) =>
  db
    .select({ id: sql<string>`id`.as("id") })
    .from(waitingLine(userId, null))
    .orderBy(sql`position`)
    .limit(limit);

/** Runs counted for a repository's typical time, and how many there must be. */
const HISTORY = { atMost: 50, atLeast: 10 };

/** Questions about a user's line. */
export function createLineQueries(db: Database) {
  return {
    /** Where a queued task stands in its user's line, from 1, and how many wait and run. */
    async queuePosition(task: {
      id: string;
      userId: number;
    }): Promise<{ position: number; waiting: number; running: number }> {
      const [row] = await db.all<{ running: number; waiting: number; position: number | null }>(
        sql`SELECT ${running(task.userId)} AS running,
              (SELECT count(*) FROM tasks WHERE user_id = ${task.userId} AND status = 'queued' AND blocked_reason IS NULL) AS waiting,
              (SELECT position FROM ${waitingLine(task.userId, null)} WHERE id = ${task.id}) AS position`,
      );
      return { position: row?.position ?? 1, waiting: row?.waiting ?? 0, running: row?.running ?? 0 };
    },

    /** Whether a slot is free now: to ask before something that costs more; `claimSlot` decides. */
    async hasSlot(task: { id: string; userId: number }, now: string): Promise<boolean> {
      const line = waitingLine(task.userId, now);
      const [row] = await db.all<{ free: number | null }>(sql`SELECT ${hasSlot({ ...task, line })} AS free`);
      return row?.free === 1;
    },

    /** The user's waiting tasks in their order, the first `limit` of them: the position of each in one read. */
    async line(userId: number, limit: number): Promise<string[]> {
      return (await lineOf(db, userId, limit)).map(({ id }) => id);
    },

    /** Queued tasks of the user that could start now, in their order. */
    startable: (userId: number, now: string, limit: number): Promise<{ id: string }[]> =>
      db.all<{ id: string }>(sql`SELECT id FROM ${waitingLine(userId, now)} ORDER BY position LIMIT ${limit}`),

    /** What a run in this repository takes, ms: the middle of its last 50; null with less than ten. */
    async typicalRunMs(repositoryId: number): Promise<number | null> {
      const ms = sql<number>`(julianday(${tasks.completedAt}) - julianday(${tasks.startedAt})) * 86400000`;
      const rows = await db
        .select({ ms })
        .from(tasks)
        .where(
          and(eq(tasks.repositoryId, repositoryId), sql.raw(IS_TYPICAL), isAmong(tasks.status, ["success", "failed"])),
        )
        .orderBy(desc(tasks.createdAt))
        .limit(HISTORY.atMost);
      if (rows.length < HISTORY.atLeast) return null;
      const sorted = rows.map((row) => row.ms).toSorted((one, other) => one - other);
      return Math.round(sorted[Math.floor(sorted.length / 2)] ?? 0);
    },
  };
}
