import type { AppContext } from "@/server/context";
import type { ChangeSetRow } from "@/server/db/change-set-store";
import type { AttemptRow } from "@/server/db/task-store";
import { AppError } from "@/server/errors";
import { loadRunSettings } from "@/server/settings/run-settings";
import { newDataKey } from "./set-files";

const DAY_MS = 24 * 3600_000;

/** The row of a set; the first part or a manifest without parts makes it. @throws AppError (gone) */
export async function openSet(context: AppContext, attempt: AttemptRow, number: number): Promise<ChangeSetRow> {
  const { taskId, userId } = attempt;
  const key = { taskId, attempt: attempt.attempt, number };
  const there = await context.db.changeSets.get(key);
  if (there !== null) return there;
  const { config } = await loadRunSettings(context, userId);
  // As its log: from the attempt's end on, which comes no later than this.
  const end = Date.parse(attempt.endedAt ?? attempt.deadlineAt);
  const row = await context.db.changeSets.open(key, {
    dataKey: await newDataKey(context, key, userId),
    expiresAt: new Date(end + config.settings.logRetentionDays * DAY_MS).toISOString(),
    now: context.clock.now().toISOString(),
  });
  if (row === null) throw new AppError("gone", "This attempt is over.");
  return row;
}
