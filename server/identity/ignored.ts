import { type IgnoredReport, ignoredSentence, type IgnoredComment } from "@/lib/ignored";
import type { AppContext } from "@/server/context";
import { requireOperator, requireUser } from "./actor";

const DAY_MS = 24 * 3600_000;
const WEEK_MS = 7 * DAY_MS;
const SHOWN = 20;
const SHOWN_TO_OPERATORS = 50;

const before = (context: AppContext, ms: number) => new Date(context.clock.now().getTime() - ms).toISOString();

/** Comments of the signed-in person's own in the last week that named Porter and started nothing. */
export async function ignoredComments(context: AppContext): Promise<IgnoredComment[]> {
  const { userId, login } = requireUser(context.actor);
  const rows = await context.db.ignored.ofPerson({ userId, login }, before(context, WEEK_MS), SHOWN);
  return rows.map(({ at, outcome, owner, name, issueNumber, commentId }) => ({
    at,
    outcome,
    sentence: ignoredSentence(outcome),
    place: `${owner}/${name}#${issueNumber}`,
    url: `${context.env.GITHUB_URL}/${owner}/${name}/issues/${issueNumber}#issuecomment-${commentId}`,
  }));
}

/** For operators: what came in within a week and had no effect, counted by outcome; and what was given up. */
export async function ignoredReport(context: AppContext): Promise<IgnoredReport> {
  requireOperator(context);
  const since = before(context, WEEK_MS);
  const [outcomes, newest, givenUp] = await Promise.all([
    context.db.ignored.counts(since),
    context.db.ignored.newest(since, SHOWN_TO_OPERATORS),
    context.db.obligations.givenUp(SHOWN_TO_OPERATORS),
  ]);
  return { since, outcomes, newest, givenUp };
}

/** The same in a sentence, of one day; null when nothing was ignored. */
export async function ignoredToday(context: AppContext): Promise<{ words: string; unreadable: number } | null> {
  const outcomes = await context.db.ignored.counts(before(context, DAY_MS));
  if (outcomes.length === 0) return null;
  const words = outcomes.map(({ outcome, count }) => `${outcome} ${count}`).join(", ");
  return { words, unreadable: outcomes.find(({ outcome }) => outcome === "unreadable")?.count ?? 0 };
}
