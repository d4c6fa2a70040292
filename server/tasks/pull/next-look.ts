import { hasEndedPull, type PullChecks, type PullState } from "@/lib/pull-state";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Nobody waits for checks that take longer. */
const CHECKS_TAKE = DAY;
/** After so long an open one is looked at once a day; a closed one, which may be opened again, not at all. */
const FRESH = 30 * DAY;

type Seen = { prState: PullState | null; prChecks: PullChecks | null; openedAt: string };

/**
 * When GitHub is asked again about a pull request of which it told nothing meanwhile, at `now` (ms); null: not by
 * itself. What was merged stays so.
 */
export function nextLookAt({ prState, prChecks, openedAt }: Seen, now: number): string | null {
  const age = now - Date.parse(openedAt);
  const after = (wait: number): string => new Date(now + wait).toISOString();
  if (prState === "merged") return null;
  if (hasEndedPull(prState)) return age > FRESH ? null : after(DAY);
  if (prChecks === "running" && age < CHECKS_TAKE) return after(10 * MINUTE);
  return after(age > FRESH ? DAY : 6 * HOUR);
}

/** The first look at one that was just opened: its checks have begun by then. */
export const firstLookAt = (now: Date): string => new Date(now.getTime() + 5 * MINUTE).toISOString();
