import { and, eq, like, sql } from "drizzle-orm";
import type { Database } from "./database";
import { githubAnswers } from "./schema";

export type GitHubAnswerRow = typeof githubAnswers.$inferSelect;

/** GitHub's answers by person and question. A row is of use only to the person whose access it came from. */
export function createGitHubAnswerStore(db: Database) {
  return {
    get: async (userId: number, question: string): Promise<GitHubAnswerRow | null> =>
      (
        await db
          .select()
          .from(githubAnswers)
          .where(and(eq(githubAnswers.userId, userId), eq(githubAnswers.question, question)))
          .limit(1)
      )[0] ?? null,

    /** The questions of this person that begin so and have this answer. */
    answered: async (userId: number, begin: string, answer: string): Promise<string[]> =>
      (
        await db
          .select({ question: githubAnswers.question })
          .from(githubAnswers)
          .where(
            and(
              eq(githubAnswers.userId, userId),
              like(githubAnswers.question, `${begin}%`),
              eq(githubAnswers.answer, answer),
            ),
          )
      ).map(({ question }) => question),

    /** Saves one answer; the same person's older than `keepSince` go. */
    put: async (row: GitHubAnswerRow, keepSince: string): Promise<void> => {
      await db.batch([
        db
          .insert(githubAnswers)
          .values(row)
          .onConflictDoUpdate({ target: [githubAnswers.userId, githubAnswers.question], set: row }),
        // `+` keeps SQLite from going by age over the rows of everybody: a person has few.
        db
          .delete(githubAnswers)
          .where(and(eq(githubAnswers.userId, row.userId), sql`+${githubAnswers.askedAt} < ${keepSince}`)),
      ]);
    },
  };
}
export type GitHubAnswerStore = ReturnType<typeof createGitHubAnswerStore>;
