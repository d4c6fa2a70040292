import { type FailureCode, FAILURES } from "@/lib/failures";
import type { AppContext } from "@/server/context";
import { AppError } from "@/server/errors";
import { adviceFix } from "@/lib/fix";

const DAY_MS = 24 * 3600_000;

type Cap = Extract<FailureCode, "daily_cap_person" | "daily_cap_repository">;

/**
 * Counts a run that somebody starts, or says which cap is reached: every door through which people start runs asks this
 * first. `id` is that of the wish, so that looking at it twice counts once. Attempts that Porter makes by itself after
 * faults are no starts.
 */
export async function countStart(
  context: AppContext,
  start: { id: string; userId: number; repositoryId: number },
): Promise<Cap | null> {
  const now = context.clock.now();
  const reached = await context.db.starts.take(
    { ...start, now: now.toISOString() },
    {
      since: new Date(now.getTime() - DAY_MS).toISOString(),
      perPerson: context.env.DAILY_RUNS_PER_PERSON,
      perRepository: context.env.DAILY_RUNS_PER_REPOSITORY,
    },
  );
  if (reached === null) return null;
  context.log.warn("start.capped", { ...start, reached });
  return reached === "person" ? "daily_cap_person" : "daily_cap_repository";
}

/** The same for whoever waits for the answer. @throws AppError (rate_limited) */
export async function requireStart(context: AppContext, start: Parameters<typeof countStart>[1]): Promise<void> {
  const reached = await countStart(context, start);
  if (reached !== null)
    throw new AppError("rate_limited", capSentence(context, reached), { fix: adviceFix("Try again tomorrow.") });
}

/** Which cap is reached, with its number. */
export function capSentence({ env }: AppContext, cap: Cap): string {
  const runs = cap === "daily_cap_person" ? env.DAILY_RUNS_PER_PERSON : env.DAILY_RUNS_PER_REPOSITORY;
  return `${FAILURES[cap].sentence} The limit is ${runs} ${runs === 1 ? "run" : "runs"} a day.`;
}
