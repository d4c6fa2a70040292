import { CALLBACK_KINDS, type CallbackKind, receiveCallback } from "@/server/callbacks/handle";
import { type After, type Bindings, composeContext } from "@/server/composition/compose";
import type { AppContext, WorkItem } from "@/server/context";
import { problemBody } from "@/server/http-errors";
import { describeError } from "@/server/log";
import { createLookAround } from "@/server/reconcile/look-around";
import { reconcile } from "@/server/reconcile/reconcile";
import { receiveWebhook } from "@/server/webhooks/handle";
import type { Projection } from "@/server/webhooks/projection";

const WEBHOOK = "/api/webhooks/github";
const CALLBACKS = "/api/callbacks/";
const isKind = (text: string): text is CallbackKind => (CALLBACK_KINDS as readonly string[]).includes(text);

/** True when `handleHotPath` answers this path. */
export const isHotPath = (pathname: string): boolean =>
  pathname === WEBHOOK || (pathname.startsWith(CALLBACKS) && isKind(pathname.slice(CALLBACKS.length)));

/**
 * Webhook and callbacks, for both doors: `server/entry/worker.ts` ahead of Next, and the routes under `app/api`.
 * The answer comes first; `after` runs what it left to do, and the queue has it as well, should `after` be cut.
 */
export async function handleHotPath(request: Request, bindings: Bindings, after: After): Promise<Response> {
  const { pathname } = new URL(request.url);
  if (request.method !== "POST")
    return answer({
      status: 405,
      body: problemBody("bad_request", "Use POST here."),
      headers: { allow: "POST" },
    });
  const context = composeContext(bindings, after);
  if (pathname === WEBHOOK) {
    const received = await receiveWebhook(request, context);
    if (
      received.projection !== undefined &&
      (await keepInInbox({ context, bindings, projection: received.projection }))
    ) {
      return answer({ status: 202, body: { outcome: "queued" } });
    }
    // Who is refused costs no more than that: not one question to D1.
    if (received.isRefused !== true) after(followUp({ context, bindings }, received.work));
    return answer(received);
  }
  const kind = pathname.slice(CALLBACKS.length);
  if (!isKind(kind)) return answer({ status: 404, body: problemBody("not_found", "There is no such callback.") });
  const received = await receiveCallback(kind, request, context);
  if (received.isRefused !== true) after(followUp({ context, bindings }, received.work));
  return answer(received);
}

function answer(input: { status: number; body: Record<string, unknown>; headers?: Record<string, string> }): Response {
  const headers = new Headers({ "cache-control": "no-store", ...input.headers });
  if (input.status === 503) headers.set("retry-after", "5");
  return Response.json(input.body, { status: input.status, headers });
}

/** Follow-ups of one isolate at once: more would only wait for D1, and the next deliveries' answers with them. */
const AT_ONCE = 4;
/** The platform ends what follows an answer after so long, and then nobody counts it off. */
const FOLLOW_UP_MS = 30_000;
let underWay: number[] = [];
/** Bindings are one object for as long as an isolate lives. */
const lookArounds = new WeakMap<Bindings, ReturnType<typeof createLookAround>>();

function lookAroundOf(bindings: Bindings): ReturnType<typeof createLookAround> {
  const known = lookArounds.get(bindings) ?? createLookAround();
  lookArounds.set(bindings, known);
  return known;
}

type Served = { context: AppContext; bindings: Bindings };

/**
 * The edge reconciles at once, for speed; the queue and the sweep are what nothing is lost by. In a storm of
 * deliveries they do what is more than this isolate can.
 */
async function followUp({ context, bindings }: Served, work: WorkItem[]): Promise<void> {
  const sent = context.enqueue(work, 5);
  const now = context.clock.now().getTime();
  underWay = underWay.filter((since) => now - since < FOLLOW_UP_MS);
  if (underWay.length >= AT_ONCE) return sent;
  underWay.push(now);
  try {
    await Promise.all([sent, ...work.map((item) => reconcile(context, item))]);
    await lookAroundOf(bindings)(context);
  } finally {
    underWay.splice(underWay.indexOf(now), 1);
  }
}

type Inbox = Served & { projection: Projection };

/** D1 is away: the delivery waits in a queue, under its 128 KB. False when that fails too. */
async function keepInInbox({ context, bindings, projection }: Inbox): Promise<boolean> {
  const text = JSON.stringify(projection);
  if (text.length > 100_000) return false;
  try {
    await bindings.INBOX_QUEUE.send(text, { contentType: "text" });
    return true;
  } catch (error) {
    context.log.warn("inbox.send_failed", { delivery: projection.delivery.id, error: describeError(error) });
    return false;
  }
}
