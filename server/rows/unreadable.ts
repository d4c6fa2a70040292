import { z } from "zod";
import type { AppContext } from "@/server/context";
import { AppError } from "@/server/errors";
import { SealError } from "@/server/crypto/sealer";

/** A row that fails so often because of what is in it is quarantined; what others cannot do just now is tried again. */
export const QUARANTINE_AFTER = 3;

/**
 * True for what the same row will lead to again: bad JSON, a word that this version does not know, a value that does
 * not open. Answers of GitHub, Fly, D1 and R2 are none of it.
 */
export const isUnreadable = (error: unknown): boolean =>
  error instanceof SyntaxError ||
  error instanceof TypeError ||
  error instanceof RangeError ||
  error instanceof z.ZodError ||
  error instanceof SealError ||
  (error instanceof AppError && error.code === "internal");

/** Tells operators, beside what the queue gave up on. Never the error's text: it may quote the row. */
export async function notifyOperators(
  context: AppContext,
  row: { kind: "task" | "mention" | "delivery"; id: string; error: unknown },
): Promise<void> {
  const error = row.error instanceof Error ? row.error.name : "unknown";
  const body = JSON.stringify({ kind: row.kind, id: row.id, error });
  await context.db.operations.addDeadLetter({ queue: "quarantine", body, at: context.clock.now().toISOString() });
}
