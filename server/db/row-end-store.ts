import { kindsOf } from "@/lib/obligations";
import type { RowEndName } from "@/lib/row-ends";
import { type Database, quotedList } from "./database";
import { namedStatement } from "./named-statement";

/** Rows of a table by an index of their age: the oldest first, at most `:limit`. */
const oldest = (table: string, column: string, more = "") =>
  `rowid IN (SELECT rowid FROM ${table} WHERE ${column} <= :before${more} ORDER BY ${column} LIMIT :limit)`;
/** Rows of a table that are numbered as they come: while the first one is young, none is read. */
const first = (table: string, number: string) =>
  `${number} IN (SELECT ${number} FROM (SELECT ${number}, at FROM ${table} ORDER BY ${number}
     LIMIT CASE WHEN (SELECT at FROM ${table} ORDER BY ${number} LIMIT 1) <= :before THEN :limit ELSE 0 END) WHERE at <= :before)`;
/** Something is still to be done for it. */
const owes = (id: string) => ` AND NOT EXISTS (SELECT 1 FROM obligations WHERE subject = ${id} AND due_at IS NOT NULL)`;

/** What ends by age with one statement (lib/row-ends.ts); texts of tasks go to the bucket (tasks/texts). */
export const ENDING: Record<Exclude<RowEndName, "task_texts">, string> = {
  deliveries: `DELETE FROM deliveries WHERE ${oldest("deliveries", "received_at", owes("deliveries.id"))}`,
  mention_bodies: `UPDATE mentions SET issue_body = '' WHERE ${oldest("mentions", "settled_at", ` AND issue_body <> ''${owes("mentions.id")}`)}`,
  events: `DELETE FROM task_events WHERE ${first("task_events", "seq")}`,
  counters: `DELETE FROM use_counts WHERE ${oldest("use_counts", "window_ends_at")}`,
  starts: `DELETE FROM starts WHERE ${oldest("starts", "at")}`,
  dead_letters: `DELETE FROM dead_letters WHERE ${first("dead_letters", "id")}`,
  sessions: `DELETE FROM sessions WHERE ${oldest("sessions", "expires_at")}`,
  github_answers: `DELETE FROM github_answers WHERE ${oldest("github_answers", "asked_at")}`,
};

/** The audit log says itself how long a line is kept (drizzle/0012_audit.sql). */
const AUDIT_DAYS = 400;

/** Ends rows whose time is over, a bounded number at a time. */
export function createRowEndStore(db: Database) {
  const d1 = db.$client;
  return {
    /** At most `limit` of each kind that ended before its instant, in one batch. True: there may be more. */
    async end(before: Record<keyof typeof ENDING, string>, limit: number): Promise<boolean> {
      const names = Object.keys(ENDING) as (keyof typeof ENDING)[];
      const answers = await d1.batch([
        ...names.map((name) => namedStatement(d1, ENDING[name], { before: before[name], limit })),
        namedStatement(
          d1,
          `DELETE FROM audit_lines WHERE id IN (SELECT id FROM (SELECT id, at FROM audit_lines ORDER BY id
             LIMIT CASE WHEN (SELECT at FROM audit_lines ORDER BY id LIMIT 1) <= strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '-${AUDIT_DAYS} days') THEN :limit ELSE 0 END)
           WHERE at <= strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '-${AUDIT_DAYS} days'))`,
          { limit },
        ),
        // What was given up goes with the delivery that it was about.
        namedStatement(
          d1,
          `DELETE FROM obligations WHERE rowid IN (SELECT rowid FROM obligations WHERE due_at IS NULL AND gave_up_reason IS NOT NULL
             AND kind IN (${quotedList(kindsOf("delivery"))}) AND NOT EXISTS (SELECT 1 FROM deliveries WHERE id = subject) LIMIT :limit)`,
          { limit },
        ),
      ]);
      return answers.some(({ meta }) => meta.changes >= limit);
    },

    /** Makes what the planner knows of the tables new; D1 looks at a few rows of each. */
    optimize: async (): Promise<void> => {
      await namedStatement(d1, "PRAGMA optimize").run();
    },
  };
}
export type RowEndStore = ReturnType<typeof createRowEndStore>;
