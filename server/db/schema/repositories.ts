import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";

/** What people who may write to a repository have set for it; without a row, what `lib/repository-settings.ts` says. */
export const repositorySettings = sqliteTable("repository_settings", {
  repositoryId: integer("repository_id").primaryKey(),
  /** JSON of what differs from the standard. */
  settings: text("settings").notNull(),
  updatedBy: integer("updated_by"),
  updatedAt: text("updated_at").notNull(),
  /** What the last save changed, JSON; its audit line is made of it. */
  lastChange: text("last_change"),
});
