import type { Limits } from "@/server/context";
import { describeError, type Logger } from "@/server/log";

/** The platform's counters (wrangler.toml, `ratelimits`). Absent under `next dev`: nothing is counted there. */
export type LimitBindings = { REFUSED_LIMIT?: RateLimit; SIGN_IN_LIMIT?: RateLimit; KEY_CHECK_LIMIT?: RateLimit };

/** The platform counts for itself: no row is read or written. Where it cannot count, nobody is refused for it. */
export function createLimits(bindings: LimitBindings, log: Logger): Limits {
  const counters: Record<Parameters<Limits["isOver"]>[0], RateLimit | undefined> = {
    refused: bindings.REFUSED_LIMIT,
    sign_in: bindings.SIGN_IN_LIMIT,
    key_check: bindings.KEY_CHECK_LIMIT,
  };
  return {
    async isOver(what, who) {
      try {
        const outcome = await counters[what]?.limit({ key: who });
        return outcome?.success === false;
      } catch (error) {
        log.warn("limit.not_counted", { what, error: describeError(error) });
        return false;
      }
    },
  };
}
