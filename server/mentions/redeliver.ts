import { APP_EVENTS } from "@/lib/github-app";
import type { AppContext } from "@/server/context";
import { GitHubError } from "@/server/github/port";
import { describeError } from "@/server/log";

const EVERY_MS = 5 * 60_000;
/** GitHub lists a delivery some time after it failed: every look begins so long before the last one. */
const OVERLAP_MS = 15 * 60_000;
/** GitHub keeps deliveries for three days. */
const KEPT_MS = 3 * 24 * 3_600_000;
/** What is refused again and again is no outage: it is asked for so often in three days. */
const MAX_ASKS = 12;
const ASKS_A_LOOK = 500;
const IDS_A_READ = 90;
const READ_EVENTS: readonly string[] = [...APP_EVENTS, "installation", "installation_repositories"];

/**
 * Asks GitHub to send again what Porter did not take: GitHub itself never does. One caller in five
 * minutes; it begins where the last complete look began, so that an outage of hours is picked up whole.
 */
export async function redeliverMissed(context: AppContext): Promise<void> {
  const now = context.clock.now().getTime();
  const mayLook = await context.db.operations.claimTick("redelivery", {
    at: new Date(now).toISOString(),
    notAfter: new Date(now - EVERY_MS).toISOString(),
  });
  if (!mayLook) return;
  const mark = await context.db.operations.lastTick("redelivery_mark");
  const since = Math.max(now - KEPT_MS, mark === null ? now - KEPT_MS : Date.parse(mark) - OVERLAP_MS);
  try {
    const { failed, isComplete } = await context.github.app.listFailedDeliveries(new Date(since).toISOString());
    const missed = await withoutKnown(
      context,
      failed.filter(({ event }) => READ_EVENTS.includes(event)),
    );
    // Oldest first: what waits longest has the fewest days left.
    const wanted = missed.toReversed().slice(0, ASKS_A_LOOK);
    const refused = await askAgain(context, wanted, now);
    const isWhole = isComplete && wanted.length === missed.length && !refused;
    if (isWhole) await context.db.operations.tick("redelivery_mark", new Date(now).toISOString());
    if (missed.length > 0)
      context.log.info("deliveries.missed", { missed: missed.length, asked: wanted.length, isWhole });
  } catch (error) {
    // The mark stays: the next look begins at the same place.
    context.log.warn("deliveries.look_failed", { error: describeError(error) });
  }
}

type Failed = Awaited<ReturnType<AppContext["github"]["app"]["listFailedDeliveries"]>>["failed"];

/** GitHub calls failed what Porter wrote down and could not answer in time. */
async function withoutKnown(context: AppContext, failed: Failed): Promise<Failed> {
  const known = new Set<string>();
  for (let from = 0; from < failed.length; from += IDS_A_READ) {
    const guids = failed.slice(from, from + IDS_A_READ).map(({ guid }) => guid);
    for (const id of await context.db.deliveries.known(guids)) known.add(id);
  }
  return failed.filter(({ guid }) => !known.has(guid));
}

/** True when one of them has to be asked for again. */
async function askAgain(context: AppContext, wanted: Failed, now: number): Promise<boolean> {
  let isRefused = false;
  for (const delivery of wanted) {
    const asks = await context.db.useCounts.take({
      key: `redeliver:${delivery.guid}`,
      now: new Date(now).toISOString(),
      windowEndsAt: new Date(now + KEPT_MS).toISOString(),
    });
    if (asks > MAX_ASKS) continue;
    try {
      await context.github.app.redeliver(delivery.id);
    } catch (error) {
      if (!(error instanceof GitHubError)) throw error;
      // Too old to be sent again, or gone: nobody can have it any more.
      if (error.failure.kind === "lost" || error.failure.kind === "invalid") continue;
      context.log.warn("delivery.not_sent_again", { delivery: delivery.guid, message: error.message });
      isRefused = true;
      if (error.failure.kind === "limited") return true;
    }
  }
  return isRefused;
}
