import { randomUUID } from "node:crypto";
import { DatabaseSync } from "node:sqlite";

export type LocalDatabase = { uuid: string; name: string; sqlite: DatabaseSync };
type Queue = { queue_id: string; queue_name: string; consumers: Record<string, unknown>[] };

/** What one upload of a Worker said of it. */
export type Worker = {
  name: string;
  /** Name → type; texts with their value. */
  bindings: Map<string, { type: string; text: string | null }>;
  migrationTag: string | null;
  versionId: string;
  uploads: number;
  crons: string[];
};

/** One account of Cloudflare, in memory. */
export type Account = {
  id: string;
  token: string;
  /** Accounts besides this one that the token reaches. */
  others: { id: string; name: string }[];
  /** Null until somebody chose one in the dashboard. */
  subdomain: string | null;
  databases: LocalDatabase[];
  buckets: string[];
  queues: Queue[];
  workers: Map<string, Worker>;
  /** `METHOD path` of all that wrote, in order. */
  writes: string[];
};

export const newDatabase = (name: string): LocalDatabase => ({
  uuid: randomUUID(),
  name,
  sqlite: new DatabaseSync(":memory:"),
});

export const newQueue = (name: string): Queue => ({ queue_id: randomUUID(), queue_name: name, consumers: [] });

type Result = { results: Record<string, unknown>[]; success: true; meta: { duration: number; changes: number } };

/** Runs each statement of `sql`, all or none, as D1 does with one request. Throws SQLite's error. */
export function runSql({ sqlite }: LocalDatabase, sql: string, params: string[]): Result[] {
  const results: Result[] = [];
  sqlite.exec("BEGIN");
  try {
    for (let rest = sql.trim(); rest !== "";) {
      const statement = sqlite.prepare(rest);
      results.push({ results: statement.all(...params), success: true, meta: { duration: 0, changes: 0 } });
      rest = rest.slice(statement.sourceSQL.length).trim();
    }
    sqlite.exec("COMMIT");
    return results;
  } catch (error) {
    sqlite.exec("ROLLBACK");
    throw error;
  }
}
