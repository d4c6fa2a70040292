import { isTerminal } from "@/lib/task";
import type { AppContext } from "@/server/context";
import type { AttemptRow } from "@/server/db/task-store";
import { describeError } from "@/server/log";
import { cleanUp } from "../attempt/clean-up";
import { isClean } from "../owed";
import { reconcileTask } from "../reconcile/reconcile";
import { stopTask } from "../stop";

/**
 * Ends every task of a person who leaves, with their machines and tokens, while their keys are still there to do it
 * with. `leftovers` says in sentences what could not be ended.
 */
export async function closeAllTasks(
  context: AppContext,
  person: { userId: number; login: string },
): Promise<{ stopped: number; leftovers: string[] }> {
  const leftovers: string[] = [];
  let stopped = 0;
  for (const id of await context.db.erasure.unfinishedTaskIds(person.userId)) {
    if (await close(context, id, person)) stopped += 1;
    for (const attempt of await context.db.attempts.ofTask(id)) leftovers.push(...leftBy(attempt));
  }
  return { stopped, leftovers };
}

/** True when the task was still to end. Nobody waits for the machine's last word: its owner has asked for the end. */
async function close(
  context: AppContext,
  taskId: string,
  { userId: byId, login: by }: { userId: number; login: string },
): Promise<boolean> {
  const task = await context.db.tasks.get(taskId);
  if (task === null) return false;
  const wasOpen = !isTerminal(task.status);
  if (wasOpen) await stopTask(context, task, { reason: "stopped_by_user", by, byId, via: context.via });
  const now = context.clock.now().toISOString();
  for (const { attempt, endedAt } of await context.db.attempts.ofTask(taskId))
    if (endedAt === null) await context.db.attempts.end({ taskId, attempt, reason: "stopped_by_user", now });
  try {
    // The tracking comment says how it ended; what reconcile postponed is tried once more here.
    await reconcileTask(context, taskId);
    for (const attempt of await context.db.attempts.ofTask(taskId))
      if (!isClean(attempt)) await cleanUp(context, attempt);
  } catch (error) {
    context.log.warn("task.close_failed", { taskId, error: describeError(error) });
  }
  return wasOpen;
}

function leftBy(attempt: AttemptRow): string[] {
  if (attempt.launchIntentAt === null || attempt.machineDestroyedAt !== null) return [];
  return [
    `The machine ${attempt.machineName} in the Fly app ${attempt.flyApp} could not be destroyed; it ends by itself.`,
  ];
}
