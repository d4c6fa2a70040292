import { readdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { z } from "zod";

const taskSchema = z.object({
  id: z.string(),
  user_id: z.number(),
  comment_id: z.number().nullable(),
  status: z.string(),
  failure_code: z.string().nullable(),
  version: z.number(),
  reported_version: z.number(),
  quarantined_at: z.string().nullable(),
});
export type TrialTaskRow = z.infer<typeof taskSchema>;
const eventSchema = z.object({
  seq: z.number(),
  task_id: z.string(),
  user_id: z.number(),
  kind: z.string(),
  at: z.string(),
});
export type EventRow = z.infer<typeof eventSchema>;

/** What Porter's database says, read from wrangler's file while Porter may be running or dead. */
export type PorterRows = {
  tasks: TrialTaskRow[];
  /** Changes of tasks, in order. */
  events: EventRow[];
  /** Mentions that nobody has admitted yet. */
  pendingMentions: number;
  /** Ended attempts that still owe something, or attempts that have not ended. */
  openAttempts: number;
};

export function readPorterRows(persistDir: string): PorterRows {
  const database = openNewest(join(persistDir, "v3", "d1", "miniflare-D1DatabaseObject"));
  try {
    const all = <T>(schema: z.ZodType<T>, statement: string): T[] =>
      z.array(schema).parse(database.prepare(statement).all());
    const count = (statement: string): number => all(z.object({ n: z.number() }), statement)[0]?.n ?? 0;
    return {
      tasks: all(
        taskSchema,
        `SELECT id, user_id, comment_id, status, failure_code, version, reported_version, quarantined_at FROM tasks`,
      ),
      events: all(eventSchema, `SELECT seq, task_id, user_id, kind, at FROM task_events ORDER BY seq`),
      pendingMentions: count(`SELECT count(*) AS n FROM mentions WHERE status = 'pending'`),
      openAttempts: count(
        `SELECT count(*) AS n FROM task_attempts WHERE ended_at IS NULL OR (machine_destroyed_at IS NULL
           AND NOT EXISTS (SELECT 1 FROM obligations WHERE subject = task_id || '/' || attempt AND gave_up_reason IS NOT NULL))`,
      ),
    };
  } finally {
    database.close();
  }
}

/** The folder holds a file for the database, and one of miniflare's own. */
function openNewest(folder: string): DatabaseSync {
  for (const name of readdirSync(folder)) {
    if (!name.endsWith(".sqlite") || name.startsWith("metadata")) continue;
    const database = new DatabaseSync(join(folder, name), { readOnly: true, timeout: 5000 });
    const tables = database.prepare(`SELECT name FROM sqlite_master WHERE name = 'task_events'`).all();
    if (tables.length > 0) return database;
    database.close();
  }
  throw new Error(`Porter's database is not in ${folder}`);
}
