/** `heldUntil`: somebody else has the row until then, who may have died; null: it could not be read. */
export type ReconcileResult = { isDone: true } | { isDone: false; heldUntil: string | null };
export const DONE: ReconcileResult = { isDone: true };

/** The row as it is when its lease could not be taken. */
type Leased = { dueAt: string | null; leaseUntil: string | null } | null;
/** Whether a row that could not be leased waits for somebody else's lease. */
export const resultWithoutLease = (row: Leased, now: string): ReconcileResult =>
  row !== null && row.dueAt !== null && row.dueAt <= now && row.leaseUntil !== null && row.leaseUntil > now
    ? { isDone: false, heldUntil: row.leaseUntil }
    : DONE;
