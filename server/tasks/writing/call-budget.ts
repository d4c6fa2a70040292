import type { AppContext } from "@/server/context";

/**
 * Outside calls of one invocation; Cloudflare gives an invocation a number of them, and GitHub's answers take their time.
 * What is left is done by the next one. Some are for the questions before the writing and for what follows it.
 */
const MOST_CALLS = 40;
const OTHER_CALLS = 14;
const LONGEST_MS = 18_000;
/** Not at once: the invocation that is over would go on with it. */
const NEXT_INVOCATION_MS = 1000;

/** Files sent ahead: at most 100 a minute an installation, apart from what is written for people to read. */
const UPLOADS = {
  minute: { capacity: 50, refill: 50, perMs: 60_000, reserve: 0 },
  hour: { capacity: 1500, refill: 1500, perMs: 3_600_000, reserve: 0 },
} as const;
/** Nobody's number: the row of an installation's uploads among the shares of its people. */
const UPLOADS_OF = 0;

/** Counts the calls of one invocation. Null: go on; else in so many ms. */
export function createCallBudget(context: AppContext, installationId: number) {
  const begun = context.clock.now().getTime();
  let left = MOST_CALLS - OTHER_CALLS;
  return async ({ calls, uploads }: { calls: number; uploads: number }): Promise<number | null> => {
    const nowMs = context.clock.now().getTime();
    if (calls > left || nowMs - begun > LONGEST_MS) return NEXT_INVOCATION_MS;
    if (uploads > 0) {
      const taken = await context.db.budgets.take({
        installationId,
        userId: UPLOADS_OF,
        cost: uploads,
        nowMs,
        ...UPLOADS,
      });
      if (!taken.taken) return Math.max(taken.waitMs, NEXT_INVOCATION_MS);
    }
    left -= calls;
    return null;
  };
}
