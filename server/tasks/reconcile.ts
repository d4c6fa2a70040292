import { describeError } from "@/server/log";
import type { AppContext } from "@/server/context";
import { act } from "./act";
import { type Action, decide } from "./decide";

/** Longer than twice any vendor call's time-out (rulings 30). */
const LEASE_MS = 60_000;
/** Rounds and time of one call; what is left goes back to the queue. */
const MAX_ROUNDS = 12;
const BUDGET_MS = 25_000;
/** A row that fails so often in a row is set aside for an operator. */
const QUARANTINE_AFTER = 10;

/**
 * Compares what the task's rows say with what is true and does the next things, until nothing is left to do now.
 * Idempotent, safe to run twice at once and to kill at any line: whoever holds the lease works, the others leave.
 */
export async function reconcileTask(context: AppContext, taskId: string): Promise<void> {
  const leaseOwner = context.ids.uuid();
  const started = context.clock.now().getTime();
  const leased = await context.db.tasks.lease({
    id: taskId,
    leaseOwner,
    leaseUntil: new Date(started + LEASE_MS).toISOString(),
    now: new Date(started).toISOString(),
  });
  if (leased === null) return;
  try {
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const [task, attempts] = await Promise.all([
        round === 0 ? leased : context.db.tasks.get(taskId),
        context.db.attempts.ofTask(taskId),
      ]);
      if (task === null) return;
      const now = context.clock.now().getTime();
      const decision = decide({ task, attempts }, now);
      if (decision.actions.length === 0 || now - started > BUDGET_MS) {
        const dueAt = decision.actions.length > 0 ? now : decision.dueAt;
        if (await releaseUntil(context, { taskId, leaseOwner, wakeSeq: task.wakeSeq, dueAt })) return;
        continue;
      }
      await actAll(context, { task, attempts }, decision.actions);
      // Actions that only wait for the world (a slot, a machine's state) would be decided again at once.
      const isOnlyLooking = decision.actions.every(isLook) && decision.dueAt !== null;
      const left = { taskId, leaseOwner, wakeSeq: task.wakeSeq, dueAt: decision.dueAt };
      if (isOnlyLooking && (await releaseUntil(context, left))) return;
    }
    throw new Error("no end after the allowed rounds");
  } catch (error) {
    await setAside(context, { taskId, leaseOwner, tries: leased.tries + 1, error });
  }
}

/** Actions whose result may be "not yet": looking again at once would spin. */
const isLook = (action: Action) =>
  action.kind === "claim_slot" ||
  action.kind === "inspect_machine" ||
  action.kind === "recheck_block" ||
  action.kind === "launch";

/** Gives the lease back with the next look; false when a fact arrived meanwhile. */
async function releaseUntil(
  context: AppContext,
  input: { taskId: string; leaseOwner: string; wakeSeq: number; dueAt: number | null },
): Promise<boolean> {
  const { taskId, leaseOwner, wakeSeq, dueAt } = input;
  const dueIso = dueAt === null ? null : new Date(dueAt).toISOString();
  const isReleased = await context.db.tasks.release({ id: taskId, leaseOwner, wakeSeq, dueAt: dueIso });
  if (isReleased && dueAt !== null) {
    const delay = Math.ceil((dueAt - context.clock.now().getTime()) / 1000);
    await context.enqueue([{ kind: "task", id: taskId }], Math.min(600, Math.max(0, delay)));
  }
  return isReleased;
}

/** Machine and GitHub wait for nothing of each other; one that fails does not stop the other. */
async function actAll(context: AppContext, snapshot: Parameters<typeof act>[1], actions: Action[]): Promise<void> {
  const results = await Promise.allSettled(actions.map((action) => act(context, snapshot, action)));
  const failed = results.find((result) => result.status === "rejected");
  if (failed !== undefined) throw failed.reason;
}

async function setAside(
  context: AppContext,
  input: { taskId: string; leaseOwner: string; tries: number; error: unknown },
): Promise<void> {
  const now = context.clock.now().getTime();
  const dueAt = new Date(now + Math.min(60_000, 1000 * 2 ** input.tries));
  const isPoisoned = input.tries >= QUARANTINE_AFTER;
  context.log.warn("task.reconcile_failed", {
    taskId: input.taskId,
    tries: input.tries,
    isPoisoned,
    error: describeError(input.error),
  });
  await context.db.tasks.releaseAfterFailure({
    id: input.taskId,
    leaseOwner: input.leaseOwner,
    dueAt: dueAt.toISOString(),
    quarantinedAt: isPoisoned ? new Date(now).toISOString() : null,
  });
  await context.enqueue([{ kind: "task", id: input.taskId }], Math.ceil((dueAt.getTime() - now) / 1000));
}
