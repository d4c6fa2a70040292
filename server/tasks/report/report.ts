import { afterFailure, type Obligation } from "@/lib/obligations";
import { isTerminal, labelFor, type PorterLabel } from "@/lib/task";
import type { AppContext } from "@/server/context";
import type { TaskRow } from "@/server/db/task-store";
import { renderTrackingComment, withoutMarker } from "@/server/replies/tracking-comment";
import { GitHubError, type GitHubRepository } from "@/server/github/port";
import { OverBudget } from "@/server/repositories/content-budget";
import { accessTo } from "@/server/repositories/access";
import { withRepository } from "@/server/repositories/github-access";
import type { TaskSnapshot } from "../owed";
import { endWithoutAccess } from "../end-without-access";
import { failedOf } from "../postpone-obligation";
import { stopTask } from "../stop";
import { TIMES } from "../times";
import { trackingView } from "./tracking-view";
import { certainAt, type KnownComment, knownComment, writeComment } from "./write-comment";

/**
 * Tells GitHub what the task is now: one tracking comment, edited in place, and the issue's one Porter label. What
 * was told is kept with its version, so that it is coalesced, ordered and never edited backwards (I7).
 */
export async function reportTask(context: AppContext, snapshot: TaskSnapshot, row?: Obligation): Promise<void> {
  const { task } = snapshot;
  const view = await trackingView(context, snapshot);
  const body = renderTrackingComment(view);
  const isNews = task.version > task.reportedVersion || task.steps !== task.reportedSteps;
  const access = accessTo(task, {
    userId: task.userId,
    // Progress and positions in the queue can wait; results cannot.
    commentEdits: isTerminal(task.status) ? "needed" : "spare",
  });
  const known = { comment: knownComment(task), label: task.reportedLabel };
  try {
    const { written, labelWaitMs } = await withRepository(context, access, async (repository) => {
      const [comment, labelled] = await Promise.allSettled([
        writeComment(context, { repository, task, known: known.comment, body, isNews }),
        writeLabel(context, { repository, task, known }),
      ]);
      if (comment.status === "rejected") throw comment.reason;
      if (labelled.status === "fulfilled") return { written: comment.value, labelWaitMs: null };
      // The label alone comes later: what people read is written.
      if (labelled.reason instanceof OverBudget)
        return { written: comment.value, labelWaitMs: labelled.reason.retryAfterMs };
      // GitHub will never take this label; the comment is what people were promised.
      if (labelled.reason instanceof GitHubError && labelled.reason.failure.kind === "invalid") {
        context.log.warn("label.refused", { taskId: task.id, message: labelled.reason.message });
        return { written: comment.value, labelWaitMs: null };
      }
      throw labelled.reason;
    });
    const now = context.clock.now().getTime();
    const { doubtSince } = known.comment;
    if (written.is === "awaited") {
      const label = { reportedLabel: known.label };
      return await context.db.tasks.noteReport(task.id, label, later(task, written.lookAt));
    }
    const told = {
      trackingCommentId: written.id,
      commentIntentAt: doubtSince === null ? null : new Date(doubtSince).toISOString(),
      reportedVersion: task.version,
      reportedAt: new Date(now).toISOString(),
      ...(isNews ? { reportedBody: withoutMarker(body), reportedPosition: view.queue?.position ?? null } : {}),
      reportedLabel: known.label,
      reportedSteps: task.steps,
    };
    const left = [
      ...(labelWaitMs === null ? [] : [now + labelWaitMs]),
      ...(doubtSince === null ? [] : [certainAt(doubtSince)]),
    ];
    if (left.length === 0 && row === undefined) return await context.db.tasks.note(task.id, told);
    await context.db.tasks.noteReport(task.id, told, left.length === 0 ? null : later(task, Math.min(...left)));
  } catch (error) {
    if (!(error instanceof GitHubError)) throw error;
    await putOff(context, { task, tries: row?.tries ?? 0, error });
  }
}

/** The label is left to write, or a comment to be looked for; that is no failure. */
const later = (task: TaskRow, at: number): Obligation => ({
  subject: task.id,
  kind: "report",
  dueAt: new Date(at).toISOString(),
  tries: 0,
  gaveUpReason: null,
});

/** `label`: the issue's as this task wrote it; null while nobody can know. */
type Known = { comment: KnownComment; label: string | null };
type Labelling = { repository: GitHubRepository; task: TaskRow; known: Known };

/**
 * The tasks of an issue write the same label. Whoever wrote looks again: the last one to write has seen what the others
 * had done by then. The row forgets the label before it is written: a call whose answer is lost may have changed it.
 */
async function writeLabel(context: AppContext, { repository, task, known }: Labelling): Promise<void> {
  for (let round = 0; round < 3; round++) {
    const others = await context.db.tasks.siblings(task);
    const label = labelOf(task, others);
    const isOverwritten =
      round === 0 && others.some((other) => wroteSince(task, other) && other.reportedLabel !== label);
    if (label === known.label && !isOverwritten) break;
    if (known.label !== null) {
      known.label = null;
      await context.db.tasks.note(task.id, { reportedLabel: null });
    }
    await repository.setPorterLabel(task.issueNumber, label);
    known.label = label;
  }
}

const wroteSince = (task: TaskRow, other: { reportedAt: string | null }): boolean =>
  other.reportedAt !== null && (task.reportedAt === null || other.reportedAt >= task.reportedAt);

type Standing = { createdAt: string; completedAt: string | null } & Pick<TaskRow, "status" | "failureCode">;

/** One label an issue: running before queued before the newest result. */
function labelOf(task: Standing, others: Standing[]): PorterLabel {
  const all = [task, ...others];
  for (const status of ["running", "queued"] as const)
    if (all.some((one) => one.status === status)) return labelFor(status, null);
  const ended = all
    .filter((one) => isTerminal(one.status))
    .toSorted((a, b) => (b.completedAt ?? b.createdAt).localeCompare(a.completedAt ?? a.createdAt));
  const newest = ended[0] ?? task;
  return labelFor(newest.status, newest.failureCode);
}

/** The task does not fail because a comment failed: it is told later, or given up with its reason. */
async function putOff(
  context: AppContext,
  { task, tries, error }: { task: TaskRow; tries: number; error: GitHubError },
): Promise<void> {
  const { failure } = error;
  context.log.warn("report.failed", { taskId: task.id, kind: failure.kind, message: failure.message });
  if (failure.kind === "lost" && failure.reason === "no_access") await endWithoutAccess(context, task);
  // The issue was deleted and nobody said so, or said so before the comment that asked for this task came.
  if (failure.kind === "lost" && failure.reason === "gone")
    await stopTask(context, task, { reason: "issue_closed", by: "GitHub", via: "github" });
  const failed = { ...failedOf(error), message: `${failure.kind}: ${failure.message}` };
  const now = context.clock.now().getTime();
  const next = afterFailure({ subject: task.id, kind: "report", tries }, failed, { now, owedSince: now });
  await context.db.obligations.putReport(next, task.branch);
}

/**
 * The position in the queue moves without any fact about the task itself: once the issue says another one, its report is owed
 * again, at most once a minute.
 */
export async function reportPosition(context: AppContext, task: TaskRow): Promise<void> {
  if (task.reportedAt === null || task.version > task.reportedVersion) return;
  if (context.clock.now().getTime() - Date.parse(task.reportedAt) < TIMES.reportEvery) return;
  const { position } = await context.db.tasks.queuePosition(task);
  if (position !== task.reportedPosition) await context.db.tasks.note(task.id, { reportedVersion: task.version - 1 });
}
