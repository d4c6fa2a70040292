import type { AppContext } from "@/server/context";
import { describeError } from "@/server/log";
import { SealError } from "@/server/crypto/sealer";

/**
 * What was opened, or null when it does not open any more (its key is gone, the row was altered): to its owner it is
 * missing until they save it again or the operator puts the key back, whose version `/api/startup/check` names.
 */
export async function orUnreadable<T>(context: AppContext, userId: number, opened: Promise<T>): Promise<T | null> {
  try {
    return await opened;
  } catch (error) {
    if (!(error instanceof SealError)) throw error;
    context.log.warn("secret.unreadable", { userId, error: describeError(error) });
    return null;
  }
}
