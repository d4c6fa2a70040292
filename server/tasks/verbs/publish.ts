import { isTerminal } from "@/lib/task";
import { adviceFix } from "@/lib/fix";
import type { AppContext } from "@/server/context";
import type { TaskRow } from "@/server/db/task-store";
import { AppError } from "@/server/errors";
import { accessTo } from "@/server/repositories/access";
import { askGate } from "@/server/repositories/gate";
import { problemOfGate } from "@/server/repositories/gate-problem";
import { openChangeSet } from "../change-set/open-change-set";
import { newestWork } from "../read/work-facts";
import { canGoToo } from "../writing/held-paths";
import { progressOf } from "../writing/write-set";

/**
 * Lets Porter do what is missing of a task's work, without a run: write it, push `paths` that were held back too, open
 * the pull request. The owner's click; the same again while it goes on changes nothing. @throws AppError
 */
export async function publishWork(context: AppContext, task: TaskRow, { paths }: { paths: string[] }): Promise<void> {
  if (!isTerminal(task.status))
    throw new AppError("conflict", "This task has not ended.", { fix: adviceFix("Wait for its end.") });
  const sets = await context.db.changeSets.ofTask(task.id);
  const set = newestWork(sets.filter(({ attempt }) => attempt > task.earlierAttempts));
  const attempt = set === null ? null : await context.db.attempts.get(task.id, set.attempt);
  if (attempt === null || set === null || attempt.endedAt === null)
    throw new AppError("conflict", "There is no work of this run to publish.");
  if (attempt.completion !== null && attempt.completionAppliedAt === null) return;
  if (task.prNumber !== null && paths.length === 0) return;
  const progress = progressOf(set, attempt.branch);
  const opened = await openChangeSet(context, set);
  const isToWrite = set.writtenHead === null || paths.length > 0;
  if (isToWrite && opened === null) throw new AppError("conflict", "What was handed over is not kept any more.");
  if (paths.length > 0 && opened !== null) {
    const free = new Set(canGoToo(set, opened.manifest, progress.pushedToo).map(({ path }) => path));
    const other = paths.find((path) => !free.has(path));
    if (other !== undefined) throw new AppError("bad_request", "This path cannot be pushed.", { field: "paths" });
  }
  const answer = await askGate(context, {
    door: "publish",
    access: accessTo(task),
    person: { userId: task.userId, login: task.createdBy },
    issueNumber: task.issueNumber,
  });
  if (answer.is !== "granted") throw problemOfGate(answer);
  await context.db.changeSets.askToPublish(set, {
    progress: JSON.stringify({ ...progress, asked: { paths, via: context.via } }),
    // Of a machine that went without its last word, what it handed over is what there is.
    word: JSON.stringify({ taskId: task.id, status: "failed", outcome: "partial" }),
    now: context.clock.now().toISOString(),
  });
  await context.enqueue([{ kind: "task", id: task.id }]);
}
