import { eachAtMost } from "@/lib/concurrency";
import type { AppContext, WorkItem } from "@/server/context";
import { describeError } from "@/server/log";
import { reconcileMention } from "@/server/mentions/reconcile-mention";
import { redeliverMissed } from "@/server/mentions/redeliver";
import { askModelsDaily } from "@/server/secrets/key-models";
import { mirrorSettings } from "@/server/settings/gist-mirror";
import { destroyOrphans } from "@/server/tasks/attempt/destroy-orphans";
import type { ReconcileResult } from "@/server/rows/reconcile-result";
import { admitMention } from "@/server/tasks/admission/admit";
import { reconcileTask } from "@/server/tasks/reconcile/reconcile";
import { expireSets } from "@/server/tasks/change-set/expire-sets";
import { expireLogs } from "@/server/tasks/log/seal-log";
import { endRows } from "./end-rows";
import { reconcileDelivery } from "@/server/tasks/reconcile/reconcile-delivery";

/**
 * Does what is due for one row; never throws: failures are postponed in the rows themselves. Whoever has only this one
 * message comes again with it when the row could not be looked at.
 */
export async function reconcile(context: AppContext, work: WorkItem): Promise<ReconcileResult> {
  try {
    switch (work.kind) {
      case "mention":
        return await reconcileMention(context, work.id, { admit: admitMention, reconcileTask });
      case "task":
        return await reconcileTask(context, work.id);
      case "delivery":
        await reconcileDelivery(context, work.id);
        return { isDone: true };
      case "mirror":
        await mirrorSettings(context, Number(work.id));
        return { isDone: true };
    }
  } catch (error) {
    context.log.warn("reconcile.failed", { kind: work.kind, id: work.id, error: describeError(error) });
    return { isDone: false, heldUntil: null };
  }
}

const SWEEP = 50;
const AT_ONCE = 6;
/** A day has 1,440 sweeps: more than 100,000 logs and as many sets. */
const OLD_AT_ONCE = 80;
/** A share of writes that nobody took from for so long is whole. */
const FULL_AGAIN_MS = 2 * 3600_000;

/** Every row whose due time has passed: what the minute's cron does, alone if it must. */
export async function sweepDueRows(context: AppContext): Promise<number> {
  const now = context.clock.now().toISOString();
  await context.db.operations.tick("sweep", now);
  const work: WorkItem[] = await context.db.operations.dueRows(now, SWEEP);
  await eachAtMost(AT_ONCE, work, async (item) => void (await reconcile(context, item)));
  await Promise.all([
    forgetOld(context, "logs", expireLogs),
    forgetOld(context, "change_sets", expireSets),
    endRows(context),
    redeliverMissed(context),
    destroyOrphans(context),
    askModelsDaily(context),
    context.db.budgets.forgetShares(context.clock.now().getTime() - FULL_AGAIN_MS),
  ]);
  return work.length;
}

/** R2 being away must not look like a sweep that failed: the next one does it. */
async function forgetOld(
  context: AppContext,
  what: "logs" | "change_sets",
  expire: (context: AppContext, limit: number) => Promise<number>,
): Promise<void> {
  try {
    await expire(context, OLD_AT_ONCE);
  } catch (error) {
    context.log.warn(`${what}.expire_failed`, { error: describeError(error) });
  }
}

const STALE_CLOCK_MS = 90_000;

/** Rows of each kind that a request looks after besides its own. */
const FEW = 3;

/**
 * What every request that changes something does after its answer: a few rows that are due go on by it, so that the
 * edges alone bring tasks to their end while nothing fails. Cron has stopped silently for others: whoever
 * is here sweeps when nobody has for 90 s. Answers whether anything was due. Never rejects.
 */
export async function reconcileAfterRequest(context: AppContext): Promise<boolean> {
  try {
    const now = context.clock.now();
    const { sweptAt, due } = await context.db.operations.lookAround(now.toISOString(), FEW);
    if (sweptAt === null || now.getTime() - Date.parse(sweptAt) > STALE_CLOCK_MS)
      return (await sweepDueRows(context)) > 0;
    await Promise.all(due.map((work) => reconcile(context, work)));
    return due.length > 0;
  } catch (error) {
    context.log.warn("look_around.failed", { error: describeError(error) });
    return false;
  }
}
