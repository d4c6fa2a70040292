import { afterFailure, type KindOf, kindsOf, type Obligation } from "@/lib/obligations";
import { describeError } from "@/server/log";
import { readReplyMarker, withReplyMarker, type ReplyKey } from "@/server/replies/reply-marker";
import type { AppContext } from "@/server/context";
import type { MentionRow } from "@/server/db/mention-store";
import { GitHubError } from "@/server/github/port";
import { accessTo } from "@/server/repositories/access";
import { OverBudget } from "@/server/repositories/content-budget";
import { failedAtGitHub } from "@/server/repositories/failed-at-github";
import { withRepository } from "@/server/repositories/github-access";
import { CONSISTENT_AFTER_MS, makeComment, Unanswered } from "@/server/repositories/unanswered";
import { type ReconcileResult, resultWithoutLease } from "@/server/rows/reconcile-result";
import { QUARANTINE_AFTER, isUnreadable, notifyOperators } from "@/server/rows/unreadable";

const LEASE_MS = 60_000;

/** What a mention starts. Mentions do not know it: whoever reconciles passes it in. */
export type Admission = {
  /** Decides what becomes of a pending mention. Returns the task that goes on, if there is one. */
  admit(context: AppContext, mention: MentionRow): Promise<string | null>;
  reconcileTask(context: AppContext, taskId: string): Promise<ReconcileResult>;
};

/**
 * Admits a pending mention, then settles what it owes: the reaction and the one reply. The task it became goes on
 * at once; reaction and reply wait for nothing, and nothing waits for them.
 */
export async function reconcileMention(
  context: AppContext,
  id: string,
  admission: Admission,
): Promise<ReconcileResult> {
  const leaseOwner = context.ids.uuid();
  const now = context.clock.now();
  const mention = await context.db.mentions.lease({
    id,
    leaseOwner,
    leaseUntil: new Date(now.getTime() + LEASE_MS).toISOString(),
    now: now.toISOString(),
  });
  if (mention === null) return resultWithoutLease(await dueMention(context, id), now.toISOString());
  let left: Obligation[];
  try {
    left = await settle(context, mention, admission);
  } catch (error) {
    left = [await admitLater(context, mention, error)];
  }
  // The message goes first: dying between the two leaves one too many, never a row without one.
  const dues = left.flatMap(({ dueAt }) => (dueAt === null ? [] : Date.parse(dueAt)));
  const waitMs = Math.min(...dues) - context.clock.now().getTime();
  if (dues.length > 0) await context.enqueue([{ kind: "mention", id }], Math.max(0, Math.ceil(waitMs / 1000)));
  await context.db.mentions.release({ id, leaseOwner, left });
  return { isDone: true };
}

/** As one row, for whoever did not get the lease. */
async function dueMention(context: AppContext, id: string) {
  const { mention, obligations } = await context.db.mentions.withObligations(id);
  const [dueAt] = obligations.flatMap((row) => row.dueAt ?? []).toSorted();
  return mention === null ? null : { dueAt: dueAt ?? null, leaseUntil: mention.leaseUntil };
}

/** What is left afterwards. Throws what admission met. */
async function settle(context: AppContext, mention: MentionRow, admission: Admission): Promise<Obligation[]> {
  const taskId = mention.status === "pending" ? await admission.admit(context, mention) : mention.taskId;
  const { mention: admitted, obligations } = await context.db.mentions.withObligations(mention.id);
  const [left, task] = await Promise.allSettled([
    admitted === null ? [] : settleRest(context, admitted, obligations),
    taskId === null ? undefined : admission.reconcileTask(context, taskId),
  ]);
  // The task has no message of its own before somebody has looked at it.
  if (taskId !== null && (task.status === "rejected" || task.value?.isDone === false))
    await context.enqueue([{ kind: "task", id: taskId }], LEASE_MS / 1000);
  if (left.status === "rejected") throw left.reason;
  return left.value;
}

type Rest = Exclude<KindOf<"mention">, "admit">;
const REST = kindsOf("mention").filter((kind) => kind !== "admit");
const IS_OWED: Record<Rest, (mention: MentionRow) => boolean> = {
  react: ({ status, reaction }) => status !== "pending" && reaction === "owed",
  reply: ({ reply, replyCommentId }) => reply !== null && replyCommentId === null,
};

/** Reaction and reply side by side; each is done, postponed, or given up, by itself. */
async function settleRest(context: AppContext, mention: MentionRow, rows: Obligation[]): Promise<Obligation[]> {
  const now = context.clock.now().toISOString();
  const left = REST.filter((kind) => IS_OWED[kind](mention)).map(async (kind): Promise<Obligation[]> => {
    const row = rows.find((one) => one.kind === kind);
    if (row !== undefined && (row.dueAt === null || row.dueAt > now)) return [row];
    try {
      await HANDS[kind](context, mention, row?.tries ?? 0);
      return [];
    } catch (error) {
      const { next } = await afterTry(context, { mention, kind, tries: row?.tries ?? 0, error });
      return [next];
    }
  });
  return (await Promise.all(left)).flat();
}

type Tried = { mention: MentionRow; kind: KindOf<"mention">; tries: number; error: unknown };

/** `isUnreadable`: what is in the row fails each time; operators were told. */
async function afterTry(
  context: AppContext,
  { mention, kind, tries, error }: Tried,
): Promise<{ next: Obligation; isQuarantined: boolean }> {
  const message = describeError(error);
  const waitMs = error instanceof Unanswered ? CONSISTENT_AFTER_MS : undefined;
  const failed = error instanceof GitHubError ? { waitMs, ...failedAtGitHub(error) } : { message };
  const times = { now: context.clock.now().getTime(), owedSince: Date.parse(mention.createdAt) };
  const next = afterFailure({ subject: mention.id, kind, tries }, failed, times);
  const { dueAt } = next;
  const facts = { mentionId: mention.id, kind, tries: next.tries, dueAt, error: message };
  // What waits for Porter's own limit is as it should be.
  if (error instanceof OverBudget) context.log.info("mention.postponed", facts);
  else context.log.warn("mention.postponed", facts);
  const isQuarantined = isUnreadable(error) && next.tries >= QUARANTINE_AFTER;
  if (!isQuarantined) return { next, isQuarantined };
  await notifyOperators(context, { kind: "mention", id: mention.id, error });
  return { next: { ...next, dueAt: null, gaveUpReason: message.slice(0, 500) }, isQuarantined };
}

/** Nobody waits any more for a command that could not be admitted for days. */
async function admitLater(context: AppContext, mention: MentionRow, error: unknown): Promise<Obligation> {
  const row = await context.db.obligations.get(mention.id, "admit");
  const { next, isQuarantined } = await afterTry(context, { mention, kind: "admit", tries: row?.tries ?? 0, error });
  if (next.dueAt === null)
    await context.db.mentions.settle(mention.id, {
      status: "ignored",
      outcome: isQuarantined ? "unreadable" : "github_unreachable",
      reaction: "none",
      settledAt: context.clock.now().toISOString(),
    });
  return next;
}

const accessOf = ({ installationId, ...mention }: MentionRow) =>
  installationId === null ? null : accessTo({ ...mention, installationId }, { userId: mention.actorId });

const isReplyTo = (found: ReplyKey | null, key: ReplyKey): boolean =>
  found !== null && found.commentId === key.commentId && found.index === key.index;

const HANDS: Record<Rest, (context: AppContext, mention: MentionRow, tries: number) => Promise<void>> = {
  async react(context, mention) {
    const access = accessOf(mention);
    if (access === null) return;
    try {
      await withRepository(context, access, (repository) => repository.reactToComment(mention.commentId, "eyes"));
    } catch (error) {
      if (!(error instanceof OverBudget)) throw error;
      // It says that the command was seen: once the answer is there it says nothing more.
      await context.db.mentions.update(mention.id, { reaction: "none" });
      return;
    }
    await context.db.mentions.update(mention.id, { reaction: "done" });
  },
  async reply(context, mention, tries) {
    const access = accessOf(mention);
    if (access === null || mention.reply === null) return;
    const key = { commentId: mention.commentId, index: mention.commandIndex };
    const body = withReplyMarker(mention.reply, key);
    let isMade = false;
    const posted = await withRepository(context, access, async (repository) => {
      // Adopted before it is created: the answer of the first try may have been lost.
      const own = await repository.ownComments(mention.issueNumber, 100);
      const known = own.find((comment) => isReplyTo(readReplyMarker(comment.body), key));
      if (known !== undefined) return known;
      // A row before the comment: whoever comes after a crash waits for what may be on its way.
      const dueAt = new Date(context.clock.now().getTime() + CONSISTENT_AFTER_MS).toISOString();
      await context.db.obligations.put({ subject: mention.id, kind: "reply", dueAt, tries, gaveUpReason: null });
      const made = await makeComment(() => repository.createComment(mention.issueNumber, body));
      isMade = true;
      return made;
    });
    try {
      await context.db.mentions.update(mention.id, { replyCommentId: posted.id });
    } catch (error) {
      // It is there, and nobody knows: lists may not have it yet.
      if (!isMade) throw error;
      throw new Unanswered({ kind: "unavailable", message: describeError(error) }, error);
    }
  },
};
