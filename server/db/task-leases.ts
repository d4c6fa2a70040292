import { and, eq, isNull, lte, or, sql } from "drizzle-orm";
import type { Database } from "./database";
import { taskAttempts, tasks } from "./schema";
import { isCurrent, type TaskRow, taskRow } from "./task-row";
import { dueBy, oneWakeMore } from "./task-writes";

type Lease = { id: string; leaseOwner: string };

/** Who reconciles a task, and when somebody does next. */
export function createTaskLeases(db: Database) {
  const isHeld = ({ id, leaseOwner }: Lease) => and(eq(tasks.id, id), eq(tasks.leaseOwner, leaseOwner));
  return {
    /** Takes a due task for one reconcile; null when somebody else has it, or when it is not due: every due time has its own message. */
    async lease(input: Lease & { leaseUntil: string; now: string }): Promise<TaskRow | null> {
      const [leased, rows] = await db.batch([
        db
          .update(tasks)
          .set({ leaseOwner: input.leaseOwner, leaseUntil: input.leaseUntil })
          .where(
            and(
              eq(tasks.id, input.id),
              lte(tasks.dueAt, input.now),
              or(isNull(tasks.leaseUntil), lte(tasks.leaseUntil, input.now)),
            ),
          )
          .returning({ id: tasks.id }),
        db.select(taskRow).from(tasks).leftJoin(taskAttempts, isCurrent).where(eq(tasks.id, input.id)).limit(1),
      ]);
      return leased.length > 0 ? (rows[0] ?? null) : null;
    },

    /**
     * Gives the lease back with the next due time, unless a fact arrived since `wakeSeq` was read: then the
     * answer is false, and the holder looks again.
     */
    async release(input: Lease & { wakeSeq: number; dueAt: string | null }): Promise<boolean> {
      const rows = await db
        .update(tasks)
        .set({ leaseOwner: null, leaseUntil: null, dueAt: input.dueAt, tries: 0 })
        .where(and(isHeld(input), eq(tasks.wakeSeq, input.wakeSeq)))
        .returning({ id: tasks.id });
      return rows.length > 0;
    },

    /** After a failure, or too many rounds: the lease goes, the task stays due at `dueAt`. What is quarantined once stays so. */
    async releaseAfterFailure(input: Lease & { dueAt: string; quarantinedAt: string | null }): Promise<void> {
      await db
        .update(tasks)
        .set({
          leaseOwner: null,
          leaseUntil: null,
          dueAt: input.dueAt,
          tries: sql`${tasks.tries} + 1`,
          ...(input.quarantinedAt === null ? {} : { quarantinedAt: input.quarantinedAt }),
        })
        .where(isHeld(input));
    },

    /** A fact about the task came in: it is due now. */
    async wake(id: string, now: string): Promise<void> {
      await db
        .update(tasks)
        .set({ wakeSeq: oneWakeMore, dueAt: dueBy(now) })
        .where(eq(tasks.id, id));
    },
  };
}
