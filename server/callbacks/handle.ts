import { clientOf } from "@/lib/client-address";
import {
  claimRequestSchema,
  completeRequestSchema,
  heartbeatRequestSchema,
  pictureRequestSchema,
  progressRequestSchema,
} from "@/lib/agent-protocol";
import { UPLOAD_LIMITS } from "@/lib/change-set-upload";
import type { AppContext, WorkItem } from "@/server/context";
import { AppError } from "@/server/errors";
import { httpStatus, problemBody, problemFor, tooManyRequests } from "@/server/http-errors";
import {
  attemptByClaimToken,
  attemptOf,
  beatByToken,
  bearerOf,
  bodyOf,
  type CalledBack,
  type Caller,
  recogniseCaller,
  requireSame,
  mostOf,
} from "./authenticate";
import { receiveChanges } from "./changes";
import { claimAttempt } from "./claim";
import { completeAttempt } from "./complete";
import { partQueryOf, receivePart } from "./part";
import { handOutPicture } from "@/server/tasks/attempt/context-files";
import { isRunning } from "@/server/tasks/attempt/is-running";
import { applyProgress, attemptGone } from "./progress";
import type { z } from "zod";

export const CALLBACK_KINDS = ["claim", "progress", "heartbeat", "complete", "part", "changes", "picture"] as const;
export type CallbackKind = (typeof CALLBACK_KINDS)[number];

/** `isRefused`: of somebody whose token did not belong to an attempt. */
type Answer = {
  status: number;
  body: Record<string, unknown>;
  work: WorkItem[];
  headers?: Record<string, string>;
  isRefused?: true;
};
const ok = (body: Record<string, unknown>, work: WorkItem[] = []): Answer => ({ status: 200, body, work });

/**
 * `POST /api/callbacks/{claim,progress,heartbeat,complete,picture}`: what machines say (lib/agent-protocol), and
 * `/{part,changes}`: what they hand over (lib/change-set-upload). The bearer belongs to one attempt; the caller reconciles
 * `work` after the answer. Who is refused too often is not listened to for a while; a good token always is.
 */
export async function receiveCallback(kind: CallbackKind, request: Request, context: AppContext): Promise<Answer> {
  const caller: Caller = { token: "", called: null, isKnown: false };
  try {
    caller.token = bearerOf(request);
    return await HANDLERS[kind](context, { caller, request });
  } catch (error) {
    const problem = problemFor({ log: context.log, error, where: { callback: kind }, id: context.ids.uuid() });
    const status = httpStatus(problem.code);
    if (caller.isKnown || status >= 500) return { status, body: { error: problem }, work: [] };
    const isOver = await context.limits.isOver("refused", clientOf(request.headers));
    const answer = isOver
      ? { status: 429, ...tooManyRequests("Too many calls from your address were refused. Try again in a minute.") }
      : { status, body: { error: problem } };
    return { ...answer, work: [], isRefused: true };
  }
}

type Call = { caller: Caller; request: Request };

/** What a machine says, and whose it is. */
async function heard<T extends { taskId: string; attempt?: number | undefined }>(
  context: AppContext,
  { caller, request }: Call,
  schema: z.ZodType<T>,
): Promise<{ said: T } & CalledBack> {
  await recogniseCaller(context, caller);
  const said = parse(schema, await bodyOf(request, caller));
  return { said, ...(await attemptOf(context, caller, said)) };
}

const HANDLERS: Record<CallbackKind, (context: AppContext, call: Call) => Promise<Answer>> = {
  async claim(context, { caller, request }) {
    const said = parse(claimRequestSchema, await bodyOf(request, caller));
    return ok(await claimAttempt(context, await attemptByClaimToken(context, caller, said), said));
  },
  async progress(context, call) {
    const { said, attempt, task } = await heard(context, call, progressRequestSchema);
    const outcome = await applyProgress(context, { attempt, task }, said);
    switch (outcome.kind) {
      case "applied":
        return ok(outcome.answer, outcome.phaseChanged ? [{ kind: "task", id: attempt.taskId }] : []);
      case "repeated":
        return ok(outcome.answer);
      case "gap":
        return {
          status: 409,
          body: { ...problemBody("conflict", "Records before these are missing."), expected: outcome.expected },
          work: [],
        };
      case "ended":
        return { ...ended(outcome.reason), work: outcome.isNews ? [{ kind: "task", id: attempt.taskId }] : [] };
    }
  },
  async heartbeat(context, call) {
    const living = await beatByToken(context, call.caller);
    if (living !== null) {
      requireSame(living, parse(heartbeatRequestSchema, await bodyOf(call.request, call.caller)));
      return ok({ ok: true });
    }
    const { attempt, task } = await heard(context, call, heartbeatRequestSchema);
    if (!isRunning(task, attempt)) return ended(task.failureCode ?? "ended");
    const isLive = await context.db.attempts.heartbeat(
      attempt.taskId,
      attempt.attempt,
      context.clock.now().toISOString(),
    );
    return isLive ? ok({ ok: true }) : ended(attempt.endReason ?? "ended");
  },
  async complete(context, call) {
    const { said, attempt, task } = await heard(context, call, completeRequestSchema);
    const { replayed } = await completeAttempt(context, { attempt, task }, said);
    return ok({ ok: true, ...(replayed ? { replayed } : {}) }, [{ kind: "task", id: attempt.taskId }]);
  },
  async picture(context, call) {
    const { said, attempt, task } = await heard(context, call, pictureRequestSchema);
    return ok(await handOutPicture(context, { attempt, task }, said));
  },
  async part(context, { caller, request }) {
    const query = partQueryOf(request.url);
    const attempt = await handingOver(context, await recogniseCaller(context, caller), {
      taskId: query.task,
      attempt: query.attempt,
    });
    const position = await receivePart(context, attempt, { query, request });
    if (position.kind === "kept") return ok({});
    const body = problemBody("conflict", "Another part comes next.");
    return { status: 409, body: position.kind === "gap" ? { ...body, expected: position.expected } : body, work: [] };
  },
  async changes(context, { caller, request }) {
    await recogniseCaller(context, caller);
    const most = mostOf(caller, UPLOAD_LIMITS.manifestBytes);
    return ok(await receiveChanges(context, { request, most, attemptOf: (of) => handingOver(context, caller, of) }));
  },
};

/** An attempt that ended otherwise may still save its work; after its own last word nothing more belongs to it. */
async function handingOver(context: AppContext, caller: Caller, of: { taskId: string; attempt: number }) {
  const { attempt } = await attemptOf(context, caller, of);
  if (attempt.completion !== null) throw attemptGone(attempt.endReason ?? "ended");
  return attempt;
}

const ended = (reason: string): Answer => ({
  status: 410,
  body: { ...problemBody("gone", `This attempt is over (${reason}).`), reason },
  work: [],
});

function parse<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new AppError("bad_request", `${issue?.path.join(".") || "body"}: ${issue?.message ?? "malformed"}`, {
    field: issue?.path.join(".") || "body",
  });
}
