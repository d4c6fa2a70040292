import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { sealedColumns } from "./identity";

/** What people who may write to a repository have set for it; without a row, what `lib/repository-settings.ts` says. */
export const repositorySettings = sqliteTable(
  "repository_settings",
  {
    repositoryId: integer("repository_id").primaryKey(),
    /** JSON of what differs from the standard. */
    settings: text("settings").notNull(),
    updatedBy: integer("updated_by"),
    updatedAt: text("updated_at").notNull(),
    /** What the last save changed, JSON; its audit line is made of it. */
    lastChange: text("last_change"),
  },
  (t) => [index("repository_settings_person").on(t.updatedBy)],
);

/** Secrets that people with admin on a repository have saved for the set-up of its machines. */
export const repositorySecrets = sqliteTable(
  "repository_secrets",
  {
    repositoryId: integer("repository_id").notNull(),
    /** Of the environment variable. */
    name: text("name").notNull(),
    ...sealedColumns,
    savedBy: integer("saved_by"),
    /** By what it was saved: page or api. */
    via: text("via").notNull(),
    createdAt: text("created_at").notNull(),
    updatedAt: text("updated_at").notNull(),
    lastUsedAt: text("last_used_at"),
  },
  (t) => [
    primaryKey({ columns: [t.repositoryId, t.name] }),
    index("repository_secrets_key_version").on(t.keyVersion),
    index("repository_secrets_person").on(t.savedBy),
  ],
);
