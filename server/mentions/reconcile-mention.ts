import { describeError } from "@/server/log";
import { readReplyMarker, withReplyMarker, type ReplyKey } from "@/server/commands/reply-marker";
import type { AppContext } from "@/server/context";
import type { MentionRow } from "@/server/db/mention-store";
import { GitHubError } from "@/server/github/port";
import { accessTo } from "@/server/repositories/access";
import { OverBudget } from "@/server/repositories/content-budget";
import { withRepository } from "@/server/repositories/github-access";
import { type Looked, lookedAt, reconcileTask } from "@/server/tasks/reconcile";
import { SET_ASIDE_AFTER, isUnreadable, tellOperators } from "@/server/tasks/unreadable";
import { admit } from "./admit";

const LEASE_MS = 60_000;
/** GitHub was away for so long that nobody waits for this any more. */
const GIVE_UP_AFTER_MS = 3 * 24 * 3600_000;

/**
 * Admits a pending mention, then settles what it owes: the reaction and the one reply. The task it became goes on
 * at once; reaction and reply wait for nothing, and nothing waits for them.
 */
export async function reconcileMention(context: AppContext, id: string): Promise<Looked> {
  const leaseOwner = context.ids.uuid();
  const now = context.clock.now();
  const mention = await context.db.mentions.lease({
    id,
    leaseOwner,
    leaseUntil: new Date(now.getTime() + LEASE_MS).toISOString(),
    now: now.toISOString(),
  });
  if (mention === null) return lookedAt(await context.db.mentions.get(id), now.toISOString());
  try {
    const taskId = mention.status === "pending" ? await admit(context, mention) : mention.taskId;
    const admitted = (await context.db.mentions.get(id)) ?? mention;
    const [obligations, task] = await Promise.allSettled([
      settleObligations(context, admitted),
      taskId === null ? undefined : reconcileTask(context, taskId),
    ]);
    // The task has no message of its own before somebody has looked at it.
    if (taskId !== null && (task.status === "rejected" || task.value?.isDone === false))
      await context.enqueue([{ kind: "task", id: taskId }], LEASE_MS / 1000);
    if (obligations.status === "rejected") throw obligations.reason;
    await context.db.mentions.release({ id, leaseOwner, dueAt: null, failed: null });
  } catch (error) {
    await postpone(context, { mention, leaseOwner, error });
  }
  return { isDone: true };
}

async function postpone(
  context: AppContext,
  input: { mention: MentionRow; leaseOwner: string; error: unknown },
): Promise<void> {
  const { mention, error } = input;
  const now = context.clock.now().getTime();
  const asked = error instanceof GitHubError && error.failure.kind === "limited" ? error.failure.retryAfterMs : 0;
  const delay = Math.max(asked, Math.min(60_000, 1000 * 2 ** mention.tries));
  context.log.warn("mention.postponed", {
    mentionId: mention.id,
    tries: mention.tries + 1,
    delay,
    error: describeError(error),
  });
  const isPoisoned = isUnreadable(error) && mention.tries + 1 >= SET_ASIDE_AFTER;
  if (isPoisoned) await tellOperators(context, { kind: "mention", id: mention.id, error });
  const isOver = isPoisoned || now - Date.parse(mention.createdAt) > GIVE_UP_AFTER_MS;
  if (isOver)
    await context.db.mentions.settle(mention.id, {
      status: "ignored",
      outcome: isPoisoned ? "unreadable" : "github_unreachable",
      reaction: "none",
      settledAt: new Date(now).toISOString(),
    });
  // The message goes first: dying between the two leaves one too many, never a row without one.
  if (!isOver) await context.enqueue([{ kind: "mention", id: mention.id }], Math.ceil(delay / 1000));
  await context.db.mentions.release({
    id: mention.id,
    leaseOwner: input.leaseOwner,
    dueAt: isOver ? null : new Date(now + delay).toISOString(),
    failed: describeError(error).slice(0, 500),
  });
}

const isReplyTo = (found: ReplyKey | null, key: ReplyKey): boolean =>
  found !== null && found.commentId === key.commentId && found.index === key.index;

/** Each obligation is done once or given up with its reason; a lost repository ends both. */
async function settleObligations(context: AppContext, mention: MentionRow): Promise<void> {
  const { installationId } = mention;
  if (installationId === null) return;
  const access = accessTo({ ...mention, installationId }, { userId: mention.actorId });
  const react = async () => {
    if (mention.reaction !== "owed") return;
    try {
      await withRepository(context, access, (repository) => repository.reactToComment(mention.commentId, "eyes"));
    } catch (error) {
      if (!(error instanceof OverBudget)) throw error;
      // It says that the command was seen: once the answer is there it says nothing more.
      await context.db.mentions.update(mention.id, { reaction: "given_up" });
      return;
    }
    await context.db.mentions.update(mention.id, { reaction: "done" });
  };
  const reply = async () => {
    if (mention.replyState !== "owed" || mention.reply === null) return;
    const key = { commentId: mention.commentId, index: mention.commandIndex };
    const body = withReplyMarker(mention.reply, key);
    const posted = await withRepository(context, access, async (repository) => {
      // Adopted before it is created: the answer of the first try may have been lost.
      const own = await repository.ownComments(mention.issueNumber, 100);
      const known = own.find((comment) => isReplyTo(readReplyMarker(comment.body), key));
      return known ?? repository.createComment(mention.issueNumber, body);
    });
    await context.db.mentions.update(mention.id, { replyState: "done", replyCommentId: posted.id });
  };
  const results = await Promise.allSettled([react(), reply()]);
  const failed = results.find((result) => result.status === "rejected");
  if (failed === undefined) return;
  if (
    failed.reason instanceof GitHubError &&
    (failed.reason.failure.kind === "lost" || failed.reason.failure.kind === "invalid")
  ) {
    await context.db.mentions.update(mention.id, {
      ...(mention.reaction === "owed" ? { reaction: "given_up" as const } : {}),
      ...(mention.replyState === "owed" ? { replyState: "given_up" as const } : {}),
      lastError: failed.reason.message.slice(0, 500),
    });
    return;
  }
  throw failed.reason;
}
