import { sql } from "drizzle-orm";
import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";

/**
 * Who did what to whose task, key or setting, and by what. Written by triggers of the rows that change, so that no act
 * is without its line; other triggers let nobody change a line, or delete one before its time (drizzle/0012_audit.sql).
 * Whom a subject means stands in `audit_subjects` alone.
 */
export const auditLines = sqliteTable(
  "audit_lines",
  {
    id: integer("id").primaryKey({ autoIncrement: true }),
    /** By the database's own clock. */
    at: text("at")
      .notNull()
      .default(sql`(strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))`),
    /** Subject; null: nobody in person. */
    actor: text("actor"),
    /** Subject whose task, key or setting it is; null: nobody's. */
    owner: text("owner"),
    action: text("action").notNull(),
    /** comment, page, api, github, machine, operator or automatic. */
    through: text("through"),
    /** Such as `task/task_…`; never a name that somebody chose. */
    object: text("object").notNull(),
    /** JSON, without values and without words of people. */
    detail: text("detail"),
  },
  (t) => [
    index("audit_lines_actor").on(t.actor, t.id),
    index("audit_lines_owner").on(t.owner, t.id),
    index("audit_lines_object").on(t.object, t.id),
  ],
);

/** Whom the random subjects of audit lines mean. Deleting an account deletes its row. */
export const auditSubjects = sqliteTable("audit_subjects", {
  id: text("id").primaryKey(),
  userId: integer("user_id").notNull().unique(),
  /** Of people without an account, as they were called. */
  login: text("login"),
});
