import { readBounded } from "@/lib/bounded-body";
import { clientOf } from "@/lib/client-address";
import { parseJson } from "@/lib/json";
import type { AppContext, WorkItem } from "@/server/context";
import type { NewDelivery } from "@/server/db/delivery-store";
import { AppError } from "@/server/errors";
import { isPullEvent } from "@/server/github/webhook-payloads";
import { httpStatus, logProblem, problemBody, problemOf, tooManyRequests } from "@/server/http-errors";
import { describeError } from "@/server/log";
import {
  projectAccountChange,
  projectInstallationChange,
  projectIssueChange,
  projectRepositoryChange,
  projectSelectionChange,
} from "./project-changes";
import { projectComment } from "./project-comment";
import { projectPullChange } from "./project-pull";
import { payloadText, isSignature, isSigned } from "./delivery-body";
import { notedProjection, type Projection } from "./projection";

/** GitHub's own cap is 25 MB; nothing that Porter reads comes near this. */
const MAX_BODY_BYTES = 5 * 1024 * 1024;
export type WebhookAnswer = {
  status: number;
  body: Record<string, unknown>;
  work: WorkItem[];
  /** Set when D1 could not take it. */ projection?: Projection;
  headers?: Record<string, string>;
  isRefused?: true;
};

/** Of a delivery that is not GitHub's to this App, as far as anybody can tell. Costs no row. */
async function refuse(
  { request, context }: { request: Request; context: AppContext },
  code: "unauthenticated" | "too_large",
  message: string,
): Promise<WebhookAnswer> {
  const isOver = await context.limits.isOver("refused", clientOf(request.headers));
  const answer = isOver
    ? { status: 429, ...tooManyRequests("Too many deliveries from your address were refused. Try again in a minute.") }
    : { status: httpStatus(code), body: problemBody(code, message) };
  return { ...answer, work: [], isRefused: true };
}

function unavailable(context: AppContext, message: string, error: unknown): WebhookAnswer {
  const told = new AppError("unavailable", message, { cause: error });
  const problem = logProblem(problemOf(told, context.ids.uuid()), {
    log: context.log,
    error,
    where: { path: "webhook" },
  });
  return { status: httpStatus(problem.code), body: { error: problem }, work: [] };
}

/**
 * `POST /api/webhooks/github`. Headers first, then the raw body and its signature, then JSON or a form with it. A good
 * signature is never refused for how many came before. One batch writes the delivery and its mentions; the caller
 * reconciles `work` after the answer.
 */
export async function receiveWebhook(request: Request, context: AppContext): Promise<WebhookAnswer> {
  const call = { request, context };
  const secret = context.env.GITHUB_WEBHOOK_SECRET;
  if (secret === undefined) {
    const message = "No webhook secret is configured (GITHUB_WEBHOOK_SECRET), so no delivery can be trusted.";
    return { ...unavailable(context, message, new Error(message)), isRefused: true };
  }
  const signature = request.headers.get("x-hub-signature-256");
  if (signature === null || !isSignature(signature))
    return refuse(call, "unauthenticated", "The signature (X-Hub-Signature-256) is missing, or is none.");
  const raw = await readBounded(request, MAX_BODY_BYTES);
  if (raw === null) return refuse(call, "too_large", "The delivery is larger than 5 MB.");
  if (!(await isSigned(raw, { signature, secrets: [secret, context.env.GITHUB_WEBHOOK_SECRET_PREVIOUS] })))
    return refuse(call, "unauthenticated", "The signature (X-Hub-Signature-256) does not match the body.");
  const target = request.headers.get("x-github-hook-installation-target-id");
  const targetType = request.headers.get("x-github-hook-installation-target-type");
  if (
    target !== null &&
    (targetType === null || targetType === "integration") &&
    Number(target) !== context.env.GITHUB_APP_ID
  ) {
    return {
      status: 401,
      body: problemBody("unauthenticated", "This is for another GitHub App."),
      work: [],
      isRefused: true,
    };
  }
  // A signed delivery is always recorded: without an id of GitHub's, its body is its id.
  const id = readName(request.headers.get("x-github-delivery")) ?? (await bodyId(raw));
  const event = readName(request.headers.get("x-github-event")) ?? "unknown";
  const sent = textOf(raw);
  const type = request.headers.get("content-type");
  const projection = project(context, { id, event, read: () => payloadOf(sent, type) });
  return recordProjection(context, projection);
}

/** Writes a projection; also what the inbox queue's consumer calls. */
export async function recordProjection(context: AppContext, projection: Projection): Promise<WebhookAnswer> {
  const { delivery, mentions, outcome } = projection;
  try {
    const pulls = await lookAtPulls(context, projection);
    if (pulls?.length === 0) return { status: 202, body: { outcome: "not_ours" }, work: [] };
    const { claimed, mentionIds } = await context.db.deliveries.claim(delivery, mentions);
    const work: WorkItem[] = mentionIds.map((mentionId) => ({ kind: "mention" as const, id: mentionId }));
    work.push(...(pulls ?? []));
    if (claimed && delivery.dueAt != null) work.push({ kind: "delivery", id: delivery.id });
    // Known by its id, or the same comment under another one.
    const isKnown = mentionIds.length === 0 && (!claimed || mentions.length > 0);
    context.log.info("webhook.handled", {
      delivery: delivery.id,
      githubEvent: delivery.event,
      action: delivery.action ?? null,
      outcome: isKnown ? "duplicate" : outcome,
      mentions: mentionIds.length,
    });
    if (isKnown) return { status: 202, body: { duplicate: true }, work: [] };
    return { status: 202, body: { outcome }, work };
  } catch (error) {
    const message = "The delivery could not be recorded; it will be asked for again.";
    return { ...unavailable(context, message, error), projection };
  }
}

/** The tasks whose pull requests are looked at for it; null: it is about no pull request. */
async function lookAtPulls({ db, clock }: AppContext, { pulls }: Projection): Promise<WorkItem[] | null> {
  if (pulls === undefined) return null;
  const { waitMs, ...named } = pulls;
  const at = new Date(clock.now().getTime() + waitMs).toISOString();
  return (await db.pulls.lookAt(named, at)).map((id) => ({ kind: "task", id }));
}

const readName = (text: string | null): string | null => (text !== null && /^[\w-]{1,100}$/.test(text) ? text : null);

async function bodyId(raw: BufferSource): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", raw);
  return `body-${Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}

/** The text that was signed; null where it is not UTF-8, which GitHub's never is: no other text is read for it. */
function textOf(raw: Uint8Array): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(raw);
  } catch {
    return null;
  }
}

/** Pure reading of a delivery: which row it is, and which mentions are in it. */
function project(context: AppContext, input: { id: string; event: string; read: () => unknown }): Projection {
  const now = context.clock.now().toISOString();
  const delivery: NewDelivery = { id: input.id, event: input.event, outcome: "ignored", receivedAt: now };
  try {
    const payload = input.read();
    switch (input.event) {
      case "ping":
        return notedProjection(delivery, "pong");
      case "issue_comment":
        return projectComment(context, payload, delivery);
      case "issues":
        return projectIssueChange(payload, delivery);
      case "repository":
        return projectRepositoryChange(payload, delivery);
      case "installation":
        return projectInstallationChange(payload, delivery);
      case "installation_repositories":
        return projectSelectionChange(payload, delivery);
      case "installation_target":
        return projectAccountChange(payload, delivery);
      default:
        return isPullEvent(input.event)
          ? projectPullChange(input.event, payload, delivery)
          : notedProjection(delivery, "ignored");
    }
  } catch (error) {
    // A signed payload that Porter cannot read is recorded as such: an answer of 4xx would help nobody.
    context.log.warn("webhook.unreadable", { delivery: input.id, error: describeError(error) });
    // Our own words only: what a JSON parser says quotes the body.
    const problem = error instanceof AppError ? error.message : "Porter failed while it read the payload";
    return notedProjection({ ...delivery, facts: JSON.stringify({ problem: problem.slice(0, 300) }) }, "unreadable");
  }
}

function payloadOf(sent: string | null, contentType: string | null): unknown {
  if (sent === null) throw new AppError("bad_request", "the body is not UTF-8");
  const text = payloadText(sent, contentType);
  if (text === null) throw new AppError("bad_request", "a form without the field `payload`");
  const payload = parseJson(text);
  if (payload === undefined) throw new AppError("bad_request", "the body is no JSON");
  return payload;
}
