import { readMarker, withoutMarker } from "@/server/replies/tracking-comment";
import type { AppContext } from "@/server/context";
import type { TaskRow } from "@/server/db/task-store";
import { GitHubError, type GitHubRepository, type IssueComment } from "@/server/github/port";
import { CONSISTENT_AFTER_MS, makeComment, Unanswered } from "@/server/repositories/unanswered";

/** Comments of ours that are looked through for the task's own, when its id is not known. */
const ADOPT_AMONG = 100;
/** One that may still come is looked for so often. */
const LOOK_EVERY_MS = 10_000;

/** What is known of the comment while one report is written. A refused token makes the same report begin again with it. */
export type KnownComment = {
  id: number | null;
  /** Since when there may be one that nobody knows, ms: it was asked for, and no answer came. Null: there is none. */
  doubtSince: number | null;
};
export const knownComment = ({ trackingCommentId, commentIntentAt }: TaskRow): KnownComment => ({
  id: trackingCommentId,
  doubtSince: commentIntentAt === null ? null : Date.parse(commentIntentAt),
});

/** When a doubt has ended, ms: what has not come by then does not come. */
export const certainAt = (since: number): number => since + CONSISTENT_AFTER_MS;

/** `awaited`: one may still come, so none is created before `lookAt`, ms. */
export type CommentWritten = { is: "there"; id: number } | { is: "awaited"; lookAt: number };

/** `isNews`: the task has moved on since it was last told. */
type Writing = { repository: GitHubRepository; task: TaskRow; known: KnownComment; body: string; isNews: boolean };

/** Writes the task's one comment. Adopted by its marker before one is created. */
export async function writeComment(context: AppContext, writing: Writing): Promise<CommentWritten> {
  const { repository, task, known, body, isNews } = writing;
  const isTold = !isNews || task.reportedBody === withoutMarker(body);
  if (known.id !== null && known.doubtSince === null && isTold) return { is: "there", id: known.id };
  const found = await findComment(context, writing);
  if (found === null) {
    const now = context.clock.now().getTime();
    if (known.id !== null && known.doubtSince === null && isLongOver(task, now)) return { is: "there", id: known.id };
    const ends = known.doubtSince === null ? now : certainAt(known.doubtSince);
    if (now < ends) return { is: "awaited", lookAt: Math.min(ends, now + LOOK_EVERY_MS) };
    return { is: "there", id: await createComment(context, writing) };
  }
  known.id = found.id;
  const marker = readMarker(found.body);
  const isNewer = marker !== null && marker.rev > task.version;
  if (!isNewer && withoutMarker(found.body) !== withoutMarker(body)) await repository.updateComment(found.id, body);
  return { is: "there", id: found.id };
}

/** Somebody deleted the comment, and nobody waits for news of this run: no new one comes into their issue. */
const isLongOver = ({ completedAt }: TaskRow, now: number): boolean =>
  completedAt !== null && now - Date.parse(completedAt) > DAY_MS;
const DAY_MS = 24 * 3600_000;

/** While there may be more than one the oldest stays, and others are deleted. */
async function findComment(context: AppContext, { repository, task, known }: Writing): Promise<IssueComment | null> {
  const comment = known.id === null ? null : await repository.getComment(known.id);
  if (comment !== null && known.doubtSince === null) return comment;
  // The intent is a row before the comment: without one nothing of ours can be there.
  if (known.id === null && known.doubtSince === null) return null;
  const isLast = known.doubtSince !== null && context.clock.now().getTime() >= certainAt(known.doubtSince);
  const listed = await repository.ownComments(task.issueNumber, ADOPT_AMONG);
  const others = listed.filter(({ id, body }) => id !== comment?.id && readMarker(body)?.taskId === task.id);
  const own = [...others, ...(comment === null ? [] : [comment])].toSorted((one, other) => one.id - other.id);
  for (const { id } of own.slice(1)) await repository.deleteComment(id);
  if (isLast && own.length > 0) known.doubtSince = null;
  return own[0] ?? null;
}

async function createComment(context: AppContext, { repository, task, known, body }: Writing): Promise<number> {
  const before = known.doubtSince;
  const doubt = async (since: number | null) => {
    known.doubtSince = since;
    await context.db.tasks.note(task.id, { commentIntentAt: since === null ? null : new Date(since).toISOString() });
  };
  await doubt(context.clock.now().getTime());
  let created: { id: number };
  try {
    created = await makeComment(() => repository.createComment(task.issueNumber, body));
  } catch (error) {
    if (error instanceof GitHubError && !(error instanceof Unanswered)) await doubt(before);
    throw error;
  }
  known.id = created.id;
  // Kept at once: a crash before the report is noted must not lead to a second comment.
  await context.db.tasks.note(task.id, { trackingCommentId: created.id });
  // The one that was asked for before may still come as well.
  if (before === null) await doubt(null);
  return created.id;
}
