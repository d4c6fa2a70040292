import { z } from "zod";
import { backOff } from "@/lib/back-off";
import { eachAtMost } from "@/lib/concurrency";
import { parseJson } from "@/lib/json";
import { type After, type Bindings, composeContext } from "@/server/composition/compose";
import type { AppContext } from "@/server/context";
import { describeError } from "@/server/log";
import { reconcile } from "@/server/reconcile/reconcile";
import { recordProjection } from "@/server/webhooks/handle";
import type { Projection } from "@/server/webhooks/projection";

const workSchema = z.object({
  kind: z.enum(["mention", "task", "delivery", "mirror"]),
  id: z.string().min(1).max(100),
});
const projectionShape = z.object({
  delivery: z.object({ id: z.string(), event: z.string() }),
  mentions: z.array(z.object({ id: z.string(), deliveryId: z.string() })),
  outcome: z.string(),
});
/** The inbox holds what our own projection wrote: its rows go through the same insert as any other. */
const projectionSchema = z.custom<Projection>((value) => projectionShape.safeParse(value).success);

/**
 * Queue consumer. It never throws: a row that failed put itself off in D1 and was sent again with that delay, so its
 * message is acknowledged. A row that nobody could look at keeps its message.
 */
export async function consumeBatch(batch: MessageBatch, bindings: Bindings, after: After): Promise<void> {
  const context = composeContext(bindings, after);
  await eachAtMost(AT_ONCE, batch.messages, (message) => handleMessage(context, batch.queue, message));
}

/** Messages of a batch at once: ten tasks side by side only make each other's calls late. */
const AT_ONCE = 4;

/** Queues are named after their Worker (`npm run setup -- --name`): the ending says which one it is. */
async function handleMessage(context: AppContext, queue: string, message: Message): Promise<void> {
  try {
    if (queue.endsWith("-inbox")) await takeFromInbox(context, message);
    else if (queue.endsWith("-dead")) await recordDeadLetter(context, message);
    else {
      const work = workSchema.safeParse(message.body);
      if (!work.success) context.log.warn("queue.unreadable", { queue });
      else {
        const looked = await reconcile(context, work.data);
        if (!looked.isDone)
          return message.retry({ delaySeconds: reconcileRetrySeconds(context, message, looked.heldUntil) });
      }
    }
    message.ack();
  } catch (error) {
    context.log.warn("queue.failed", { queue, attempts: message.attempts, error: describeError(error) });
    message.retry({
      delaySeconds: queue.endsWith("-reconcile")
        ? reconcileRetrySeconds(context, message, null)
        : inboxRetrySeconds(message),
    });
  }
}

/**
 * Seconds. Nobody else has what is in the inbox, and GitHub was told that it is taken: with the hundred tries of
 * wrangler.toml it outlasts D1 being away for hours.
 */
const inboxRetrySeconds = (message: Message): number => backOff({ first: 5, longest: 300 }, message.attempts);

/** Of a row that nobody could look at. */
const UNSEEN_SECONDS = { first: 5, longest: 20 };

/** Seconds: until the other lease is over, else 10 and then 20. */
function reconcileRetrySeconds(context: AppContext, message: Message, heldUntil: string | null): number {
  if (heldUntil === null) return backOff(UNSEEN_SECONDS, message.attempts);
  return Math.ceil((Date.parse(heldUntil) - context.clock.now().getTime()) / 1000);
}

const bodyOf = (message: Message): unknown =>
  typeof message.body === "string" ? parseJson(message.body) : message.body;

/** What a queue gave up on is written down for operators, once a delivery has had its last chance. */
async function recordDeadLetter(context: AppContext, message: Message): Promise<void> {
  const body = JSON.stringify(message.body).slice(0, 100_000);
  try {
    if (projectionSchema.safeParse(bodyOf(message)).success) return await takeFromInbox(context, message);
  } catch (error) {
    context.log.warn("queue.buried", { error: describeError(error) });
  }
  await context.db.operations.addDeadLetter({ queue: "porter-dead", body, at: context.clock.now().toISOString() });
}

/** Runs the same handler as the webhook; what D1 still refuses goes back to the queue. */
async function takeFromInbox(context: AppContext, message: Message): Promise<void> {
  const received = await recordProjection(context, projectionSchema.parse(bodyOf(message)));
  if (received.status === 503) throw new Error("the delivery is not recorded yet");
  await Promise.all(received.work.map((work) => reconcile(context, work)));
}
