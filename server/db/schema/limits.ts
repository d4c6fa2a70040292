import { index, integer, primaryKey, real, sqliteTable, text } from "drizzle-orm/sqlite-core";

/** How often something was done in the window that ends at `windowEndsAt`, by what and whom, such as `key_check:1`. */
export const useCounts = sqliteTable(
  "use_counts",
  {
    key: text("key").primaryKey(),
    used: integer("used").notNull(),
    windowEndsAt: text("window_ends_at").notNull(),
  },
  (t) => [index("use_counts_window").on(t.windowEndsAt)],
);

/** GitHub's answers to one person's own questions, kept for their ETag. Never shown to anybody else. */
export const githubAnswers = sqliteTable(
  "github_answers",
  {
    userId: integer("user_id").notNull(),
    /** Path and query. */
    question: text("question").notNull(),
    etag: text("etag").notNull(),
    /** What Porter reads of the answer, JSON. */
    answer: text("answer").notNull(),
    askedAt: text("asked_at").notNull(),
  },
  (t) => [primaryKey({ columns: [t.userId, t.question] }), index("github_answers_asked").on(t.askedAt)],
);

/** What may still be written to GitHub for an installation now: two buckets that fill with time. */
export const contentBudgets = sqliteTable("content_budgets", {
  installationId: integer("installation_id").primaryKey(),
  minuteLeft: real("minute_left").notNull(),
  hourLeft: real("hour_left").notNull(),
  /** When both were counted last, ms since the epoch. */
  countedAtMs: integer("counted_at_ms").notNull(),
});

/** Fly apps that Porter started machines in: they are looked through for machines that nobody owns. */
export const appSweeps = sqliteTable(
  "app_sweeps",
  {
    userId: integer("user_id").notNull(),
    flyApp: text("fly_app").notNull(),
    lastLaunchAt: text("last_launch_at").notNull(),
    dueAt: text("due_at").notNull(),
  },
  (t) => [primaryKey({ columns: [t.userId, t.flyApp] }), index("app_sweeps_due").on(t.dueAt)],
);

/** What may still be written there for one person: their share of the installation's, counted in the same way. */
export const contentShares = sqliteTable(
  "content_shares",
  {
    installationId: integer("installation_id").notNull(),
    userId: integer("user_id").notNull(),
    minuteLeft: real("minute_left").notNull(),
    hourLeft: real("hour_left").notNull(),
    countedAtMs: integer("counted_at_ms").notNull(),
  },
  (t) => [primaryKey({ columns: [t.installationId, t.userId] }), index("content_shares_counted").on(t.countedAtMs)],
);

/** Runs that people started in the last day, for the caps; each has the id of the wish that it came from. */
export const starts = sqliteTable(
  "starts",
  {
    id: text("id").primaryKey(),
    userId: integer("user_id").notNull(),
    repositoryId: integer("repository_id").notNull(),
    at: text("at").notNull(),
  },
  (t) => [
    index("starts_user").on(t.userId, t.at),
    index("starts_repository").on(t.repositoryId, t.at),
    index("starts_at").on(t.at),
  ],
);
