import type { RateLimit } from "@/lib/github-data";
import type { AppContext } from "@/server/context";
import { AppError } from "@/server/errors";
import type { GitHubFacts, GitHubQuestion } from "@/server/github/port";
import { withUserToken } from "@/server/identity/user-token";
import { type Kept, readKept } from "./kept-answer";
import { adviceFix } from "@/lib/fix";

/** Changes with what is kept of an answer: rows of an older form are then not found. */
const FORM = 1;
/** Nobody comes back to an answer after so long. */
const KEEP_MS = 14 * 24 * 3600_000;
/** One value of a row stays under 1 MB. */
const MAX_CHARACTERS = 500_000;

type Kind = GitHubQuestion["kind"];
export type GitHubResult<K extends Kind> = {
  value: GitHubFacts[K];
  nextPage: number | null;
  rateLimit: RateLimit | null;
  /** GitHub did not answer; this is what it said before. */
  stale: boolean;
};

/**
 * Asks GitHub with the person's own token. An answer that is known is only confirmed (304, which GitHub does not
 * count); while GitHub is away, or makes the person wait, it stands in. Throws `AppError`.
 */
export async function askGitHub<K extends Kind>(
  context: AppContext,
  userId: number,
  question: Extract<GitHubQuestion, { kind: K }>,
): Promise<GitHubResult<K>> {
  const key = JSON.stringify([FORM, question]);
  const row = await context.db.githubAnswers.get(userId, key);
  const kept = row === null ? null : readKept<K>(question.kind, row.answer);
  try {
    const answer = await withUserToken(context, userId, (token) =>
      context.github.reader(token).ask<K>(question, row?.etag ?? null),
    );
    if (answer.outcome === "fresh") {
      const fresh: Kept<K> = { value: answer.value, nextPage: answer.nextPage };
      await keep(context, { userId, key, etag: answer.etag, answer: JSON.stringify(fresh) });
      return { ...fresh, rateLimit: answer.rateLimit, stale: false };
    }
    if (kept !== null) return { ...kept, rateLimit: answer.rateLimit, stale: false };
    throw new AppError("unavailable", "GitHub does not answer just now.", { fix: adviceFix("Try again.") });
  } catch (error) {
    const isAway = error instanceof AppError && (error.code === "unavailable" || error.code === "rate_limited");
    if (!isAway || kept === null) throw error;
    return { ...kept, rateLimit: null, stale: true };
  }
}

type Answer = { userId: number; key: string; etag: string | null; answer: string };

async function keep(context: AppContext, { userId, key, etag, answer }: Answer): Promise<void> {
  if (etag === null || answer.length > MAX_CHARACTERS) return;
  const now = context.clock.now();
  await context.db.githubAnswers.put(
    { userId, question: key, etag, answer, askedAt: now.toISOString() },
    new Date(now.getTime() - KEEP_MS).toISOString(),
  );
}
