import type { ProgressRequest } from "@/lib/agent-protocol";
import type { AppContext } from "@/server/context";
import type { AttemptRow } from "@/server/db/task-store";
import { AppError } from "@/server/errors";

/** A runner ends its log at 20 MB, and sends at most 64 KB at a time: who goes on is none, and fills Porter's bucket. */
const MOST_LOG_BYTES = 64 * 1024 ** 2;
const MOST_BATCH_CHARACTERS = 256 * 1024;
/** The sum is asked for once in so many batches. */
const ASKED_EVERY = 32;

/** Whether the attempt's log takes this batch. @throws AppError (too_large) for one that no runner makes */
export async function hasLogCapacity(
  { db }: Pick<AppContext, "db">,
  { taskId, attempt }: Pick<AttemptRow, "taskId" | "attempt">,
  { seq, records }: Pick<ProgressRequest, "seq" | "records">,
): Promise<boolean> {
  const characters = records.reduce((sum, { s }) => sum + s.length, 0);
  if (characters > MOST_BATCH_CHARACTERS) throw new AppError("too_large", "A batch of records is smaller than this.");
  return seq % ASKED_EVERY !== 0 || (await db.logRows.bytesOf(taskId, attempt)) <= MOST_LOG_BYTES;
}
