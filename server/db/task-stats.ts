import { type SQL, sql } from "drizzle-orm";
import type { AgentId } from "@/lib/agents";
import type { ZoneOffset } from "@/lib/zone";
import type { Database } from "./database";
import { taskAttempts, tasks } from "./schema";
import { hasBegun, isCurrent } from "./task-row";
import { isNoFailure, matchingTasks, type TaskSearch } from "./task-search";

export type DayRow = { day: string; outcome: "success" | "failed" | "other"; tasks: number; costUsd: number };
export type AgentRow = {
  agent: AgentId;
  tasks: number;
  succeeded: number;
  failed: number;
  medianMs: number | null;
  costUsd: number;
};

/** The clocks of the reader's zone beside an instant of UTC, as a modifier for SQLite's dates. */
function clockAt(offsets: ZoneOffset[]): SQL {
  const cases = offsets.map(
    ({ since, minutes }) => sql`WHEN ${tasks.createdAt} >= ${since} THEN ${`${minutes} minutes`}`,
  );
  return sql`CASE ${sql.join(cases, sql` `)} END`;
}

const tasksWithOutcome = sql`${tasks} LEFT JOIN ${taskAttempts} ON ${isCurrent}`;

/** Sums over one user's ended tasks that a search asks for. Days are the reader's, by `offsets` (lib/zone.ts). */
export function createTaskStats(db: Database) {
  return {
    /** Tasks by the day they were asked for and how they ended, ascending. */
    byDay: (userId: number, search: TaskSearch & { now: number; offsets: ZoneOffset[] }): Promise<DayRow[]> =>
      db.all<DayRow>(
        sql`SELECT date(${tasks.createdAt}, ${clockAt(search.offsets)}) AS day,
              CASE WHEN ${tasks.status} = 'success' THEN 'success'
                   WHEN ${isNoFailure} THEN 'other'
                   ELSE 'failed' END AS outcome,
              count(*) AS tasks, coalesce(sum(${taskAttempts.costUsd}), 0) AS costUsd
            FROM ${tasksWithOutcome} WHERE ${matchingTasks(userId, search, search.now)}
            GROUP BY day, outcome ORDER BY day`,
      ),

    /** By agent, with the median of how long its tasks took. */
    byAgent: (userId: number, search: TaskSearch & { now: number }): Promise<AgentRow[]> =>
      db.all<AgentRow>(
        sql`WITH ended AS (
              SELECT ${tasks.agent} AS agent, ${tasks.status} AS status, ${taskAttempts.costUsd} AS cost,
                     NOT ${isNoFailure} AS judged,
                     (julianday(${tasks.completedAt}) - julianday(CASE WHEN ${hasBegun} THEN ${tasks.startedAt} END)) * 86400000 AS ms
              FROM ${tasksWithOutcome} WHERE ${matchingTasks(userId, search, search.now)}),
            ranked AS (
              SELECT agent, ms, row_number() OVER (PARTITION BY agent ORDER BY ms) AS nth,
                     count(*) OVER (PARTITION BY agent) AS size
              FROM ended WHERE ms IS NOT NULL)
            SELECT ended.agent AS agent, count(*) AS tasks, sum(status = 'success') AS succeeded,
                   sum(status <> 'success' AND judged) AS failed,
                   (SELECT avg(ms) FROM ranked WHERE ranked.agent = ended.agent AND nth IN ((size + 1) / 2, (size + 2) / 2)) AS medianMs,
                   coalesce(sum(cost), 0) AS costUsd
            FROM ended GROUP BY ended.agent ORDER BY tasks DESC`,
      ),
  };
}
