import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { OBLIGATION_KINDS } from "@/lib/obligations";

/** How it stands with what is owed and was not done at the first try (lib/obligations.ts). */
export const obligations = sqliteTable(
  "obligations",
  {
    /** Id of a task, mention or delivery; of an attempt `task/number`. */
    subject: text("subject").notNull(),
    kind: text("kind", { enum: OBLIGATION_KINDS }).notNull(),
    /** Not tried before; null: given up. */
    dueAt: text("due_at"),
    tries: integer("tries").notNull().default(0),
    gaveUpReason: text("gave_up_reason"),
  },
  (t) => [
    primaryKey({ columns: [t.subject, t.kind] }),
    index("obligations_due").on(t.dueAt),
    index("obligations_given_up")
      .on(t.kind)
      .where(sql`due_at IS NULL AND gave_up_reason IS NOT NULL`),
  ],
);
