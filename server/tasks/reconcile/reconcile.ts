import { backOff, jitterOf } from "@/lib/back-off";
import { isTerminal } from "@/lib/task";
import { describeError } from "@/server/log";
import type { AppContext } from "@/server/context";
import { DONE, type ReconcileResult, resultWithoutLease } from "@/server/rows/reconcile-result";
import { QUARANTINE_AFTER, isUnreadable, notifyOperators } from "@/server/rows/unreadable";
import { performAction } from "./perform-action";
import { type Action, decideActions } from "./decide";
import { failTask } from "../moves";

/** Longer than twice any vendor call's time-out. */
const LEASE_MS = 60_000;
/** Rounds and time of one call; what is left goes back to the queue. */
const MAX_ROUNDS = 12;
const BUDGET_MS = 25_000;
/** After a failure that is no one obligation's. */
const AGAIN_MS = { first: 1000, longest: 60_000 };
/** A quarantined row is retried so often, in case somebody has corrected it. */
const QUARANTINE_RETRY_MS = 3600_000;

/**
 * Compares what the task's rows say with what is true and does the next things, until nothing is left to do now.
 * Idempotent, safe to run twice at once and to kill at any line: whoever holds the lease works, the others leave.
 */
export async function reconcileTask(context: AppContext, taskId: string): Promise<ReconcileResult> {
  const leaseOwner = context.ids.uuid();
  const started = context.clock.now().getTime();
  const leased = await context.db.tasks.lease({
    id: taskId,
    leaseOwner,
    leaseUntil: new Date(started + LEASE_MS).toISOString(),
    now: new Date(started).toISOString(),
  });
  if (leased === null) return resultWithoutLease(await context.db.tasks.get(taskId), new Date(started).toISOString());
  try {
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const [task, more] = await Promise.all([
        round === 0 ? leased : context.db.tasks.get(taskId),
        context.db.attempts.withObligations(taskId),
      ]);
      if (task === null) return DONE;
      const snapshot = { task, ...more };
      const now = context.clock.now().getTime();
      const decision = decideActions(snapshot, now);
      if (decision.actions.length === 0 || now - started > BUDGET_MS) {
        const dueAt = decision.actions.length > 0 ? now : decision.dueAt;
        if (await releaseUntil(context, { taskId, leaseOwner, wakeSeq: task.wakeSeq, dueAt })) return DONE;
        continue;
      }
      const slotFirst = round === 0 && decision.actions.length > 1 ? decision.actions.filter(isClaim) : [];
      if (slotFirst.length > 0) {
        // The comment's first text is what people are mailed: it is written once the slot is known.
        const [claimed] = await Promise.allSettled([actAll(context, snapshot, slotFirst)]);
        if (claimed.status === "fulfilled") continue;
        // Nothing else that is owed waits until it may be asked for again.
        await actAll(
          context,
          snapshot,
          decision.actions.filter((action) => !isClaim(action)),
        );
        throw claimed.reason;
      }
      await actAll(context, snapshot, decision.actions);
      // Actions that only wait for the world (a slot, a machine's state) would be decided again at once.
      const isOnlyLooking = decision.actions.every(isLook) && decision.dueAt !== null;
      const left = { taskId, leaseOwner, wakeSeq: task.wakeSeq, dueAt: decision.dueAt };
      if (isOnlyLooking && (await releaseUntil(context, left))) return DONE;
    }
    throw new Error("no end after the allowed rounds");
  } catch (error) {
    await postponeTask(context, { taskId, leaseOwner, tries: leased.tries + 1, error });
    return DONE;
  }
}

const isClaim = (action: Action) => action.kind === "claim_slot";

/** Actions whose result may be "not yet": looking again at once would spin. */
const isLook = (action: Action) =>
  action.kind === "claim_slot" ||
  action.kind === "inspect_machine" ||
  action.kind === "ask_again" ||
  action.kind === "recheck_block";

/**
 * Gives the lease back with the next look; false when a fact arrived meanwhile. The message goes first: dying between
 * the two leaves one too many, never a row without one.
 */
async function releaseUntil(
  context: AppContext,
  input: { taskId: string; leaseOwner: string; wakeSeq: number; dueAt: number | null },
): Promise<boolean> {
  const { taskId, leaseOwner, wakeSeq, dueAt } = input;
  const dueIso = dueAt === null ? null : new Date(dueAt).toISOString();
  if (dueAt !== null) await sendAt(context, taskId, dueAt);
  return context.db.tasks.release({ id: taskId, leaseOwner, wakeSeq, dueAt: dueIso });
}

/** Queues hold a message for hours, but what is later than ten minutes is the sweep's. */
function sendAt(context: AppContext, taskId: string, dueAt: number): Promise<void> {
  const delay = Math.ceil((dueAt - context.clock.now().getTime()) / 1000);
  return context.enqueue([{ kind: "task", id: taskId }], Math.min(600, Math.max(0, delay)));
}

/** Machine and GitHub wait for nothing of each other; one that fails does not stop the other. */
async function actAll(
  context: AppContext,
  snapshot: Parameters<typeof performAction>[1],
  actions: Action[],
): Promise<void> {
  const results = await Promise.allSettled(actions.map((action) => performAction(context, snapshot, action)));
  const failed = results.find((result) => result.status === "rejected");
  if (failed !== undefined) throw failed.reason;
}

type Failed = { taskId: string; leaseOwner: string; tries: number; error: unknown };

async function postponeTask(context: AppContext, { taskId, leaseOwner, tries, error }: Failed): Promise<void> {
  const now = context.clock.now().getTime();
  const isQuarantined = isUnreadable(error) && tries >= QUARANTINE_AFTER;
  context.log.warn("task.reconcile_failed", { taskId, tries, isQuarantined, error: describeError(error) });
  const hasEnded = isQuarantined && (await giveUp(context, taskId, error));
  const wait =
    isQuarantined && !hasEnded ? QUARANTINE_RETRY_MS : backOff(AGAIN_MS, tries, jitterOf(`${taskId} ${tries}`));
  await sendAt(context, taskId, now + wait);
  await context.db.tasks.releaseAfterFailure({
    id: taskId,
    leaseOwner,
    dueAt: new Date(now + wait).toISOString(),
    quarantinedAt: isQuarantined ? new Date(now).toISOString() : null,
  });
}

/**
 * A task whose rows cannot be read ends with that reason, so that it holds no slot and its owner can retry; what it
 * still owes is looked at from time to time. True when there is something new to do for it.
 */
async function giveUp(context: AppContext, taskId: string, error: unknown): Promise<boolean> {
  const task = await context.db.tasks.get(taskId);
  if (task === null) return false;
  if (task.quarantinedAt === null) await notifyOperators(context, { kind: "task", id: taskId, error });
  if (isTerminal(task.status)) return false;
  try {
    const message = "Porter could not read what it keeps of this task";
    return (await failTask(context, task, { code: "internal", message })).outcome === "moved";
  } catch (unmovable) {
    if (!isUnreadable(unmovable)) throw unmovable;
    return false;
  }
}
