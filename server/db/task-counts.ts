import { eq, type SQL, sql } from "drizzle-orm";
import type { Database } from "./database";
import { needsSomebody, readWeeks, weeksOf } from "./ended-weeks";
import { tasks } from "./schema";

const DAY_MS = 86_400_000;
/** A blocked task is dropped after 7 days, so nothing older needs anybody. */
export const BLOCKED_DAYS = 8;
/** A task lives for hours, so what ended today was asked for in the last days. */
const LATELY_MS = 9 * DAY_MS;
/** So many repositories are named. */
const REPOSITORIES = 100;

export type SectionCounts = { attention: number; running: number; queued: number; done: number };

/** What the counts are made of, for one batch: what is open, and the weeks of what has ended lately. */
export function countStatements(db: Database, userId: number, now: number) {
  const since = new Date(now - BLOCKED_DAYS * DAY_MS).toISOString();
  const many = (name: string, condition: SQL) =>
    sql<number>`(SELECT count(*) FROM tasks WHERE user_id = ${userId} AND ${condition})`.as(name);
  const open = db
    .select({
      running: many("running", sql`status = 'running'`),
      queued: many("queued", sql`status = 'queued' AND blocked_reason IS NULL`),
      blocked: many("blocked", sql`status = 'queued' AND blocked_reason IS NOT NULL AND created_at >= ${since}`),
    })
    .from(sql`(SELECT 1)`);
  return [open, weeksOf(db, userId, { from: now - LATELY_MS })] as const;
}

type Open = { running: number; queued: number; blocked: number };

/** How many stand in each section, and how many ended in the last 24 hours and need nobody. */
export function readCounts([open]: Open[], weeks: { tasks: string }[], now: number): SectionCounts {
  const { running, queued, blocked } = open ?? { running: 0, queued: 0, blocked: 0 };
  const ended = readWeeks(weeks);
  const needing = ended.filter((one) => needsSomebody(one, now));
  const done = ended.filter((one) => (one.completed ?? 0) >= now - DAY_MS && !needsSomebody(one, now));
  return { attention: blocked + needing.length, running, queued, done: done.length };
}

/**
 * Repositories of the person's tasks, by name; for batches, too. Each is found by one step in the index, however many
 * tasks it has.
 */
export function repositoryNames(db: Database, userId: number) {
  const [owner, name] = [sql.raw("x.repo_owner COLLATE NOCASE"), sql.raw("x.repo_name COLLATE NOCASE")];
  const first = (after: SQL) =>
    sql`(SELECT x.rowid FROM tasks x WHERE x.user_id = ${userId} ${after} ORDER BY ${owner}, ${name} LIMIT 1)`;
  // One comparison of both names would not be looked for in the index.
  const next = sql`coalesce(${first(sql`AND ${owner} = seen.owner AND ${name} > seen.name`)}, ${first(sql`AND ${owner} > seen.owner`)})`;
  return db.select({ name: sql<string>`owner || '/' || name`.as("name") }).from(
    sql`(WITH RECURSIVE seen(owner, name, nth) AS (
        SELECT repo_owner, repo_name, 1 FROM tasks WHERE rowid = ${first(sql``)}
        UNION ALL SELECT t.repo_owner, t.repo_name, nth + 1 FROM seen JOIN tasks t ON t.rowid = ${next}
          WHERE nth < ${REPOSITORIES}
      ) SELECT owner, name FROM seen)`,
  );
}

/** The number of the user's newest change; for batches, too. */
export const newestChange = (db: Database, userId: number) =>
  db
    .select({ seq: tasks.changeSeq })
    .from(tasks)
    .where(eq(tasks.userId, userId))
    .orderBy(sql`${tasks.changeSeq} DESC`)
    .limit(1);
