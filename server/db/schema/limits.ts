import { integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

/** How often something was done in the window that ends at `windowEndsAt`, by what and whom, such as `key_check:1`. */
export const useCounts = sqliteTable("use_counts", {
  key: text("key").primaryKey(),
  used: integer("used").notNull(),
  windowEndsAt: text("window_ends_at").notNull(),
});

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
  (t) => [primaryKey({ columns: [t.userId, t.question] })],
);
