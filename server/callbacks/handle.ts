import {
  claimRequestSchema,
  completeRequestSchema,
  heartbeatRequestSchema,
  progressRequestSchema,
} from "@/lib/agent-protocol";
import type { AppContext, Work } from "@/server/context";
import { AppError, isTransient } from "@/server/errors";
import { httpStatus, problemBody, problemOf } from "@/server/http-errors";
import { describeError } from "@/server/log";
import { attemptByCallbackToken, attemptByClaimToken, bearerOf, bodyOf } from "./authenticate";
import { receiveChanges } from "./changes";
import { claimAttempt } from "./claim";
import { completeAttempt } from "./complete";
import { partQueryOf, receivePart } from "./part";
import { applyProgress, gone } from "./progress";
import type { z } from "zod";

export const CALLBACK_KINDS = ["claim", "progress", "heartbeat", "complete", "part", "changes"] as const;
export type CallbackKind = (typeof CALLBACK_KINDS)[number];

type Answer = { status: number; body: Record<string, unknown>; work: Work[] };
const ok = (body: Record<string, unknown>, work: Work[] = []): Answer => ({ status: 200, body, work });

/**
 * `POST /api/callbacks/{claim,progress,heartbeat,complete}`: what machines say (lib/agent-protocol), and
 * `/{part,changes}`: what they hand over (lib/change-set-upload). The bearer belongs to one attempt; the caller reconciles
 * `work` after the answer.
 */
export async function receiveCallback(kind: CallbackKind, request: Request, context: AppContext): Promise<Answer> {
  try {
    const token = bearerOf(request);
    return await HANDLERS[kind](context, { token, request });
  } catch (error) {
    const problem = problemOf(error, context.ids.uuid());
    if (isTransient(error)) {
      context.log.warn("callback.postponed", { kind, error: describeError(error) });
      return { status: 503, body: problemBody("unavailable", "Porter's database is away; send this again."), work: [] };
    }
    if (problem.code === "internal")
      context.log.warn("callback.failed", { kind, requestId: problem.requestId, error: describeError(error) });
    return { status: httpStatus(problem.code), body: { error: problem }, work: [] };
  }
}

type Call = { token: string; request: Request };

const HANDLERS: Record<CallbackKind, (context: AppContext, call: Call) => Promise<Answer>> = {
  async claim(context, { token, request: sent }) {
    const request = parse(claimRequestSchema, await bodyOf(sent));
    const attempt = await attemptByClaimToken(context, { taskId: request.taskId, attempt: request.attempt, token });
    return ok(await claimAttempt(context, attempt, request));
  },
  async progress(context, { token, request: sent }) {
    const request = parse(progressRequestSchema, await bodyOf(sent));
    const attempt = await attemptByCallbackToken(context, { taskId: request.taskId, attempt: request.attempt, token });
    const outcome = await applyProgress(context, attempt, request);
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
  async heartbeat(context, { token, request: sent }) {
    const request = parse(heartbeatRequestSchema, await bodyOf(sent));
    const attempt = await attemptByCallbackToken(context, { taskId: request.taskId, attempt: request.attempt, token });
    const task = await context.db.tasks.get(attempt.taskId);
    if (task === null || task.attempt !== attempt.attempt || task.status !== "running")
      return ended(task?.failureCode ?? "ended");
    const isLive = await context.db.attempts.heartbeat(
      attempt.taskId,
      attempt.attempt,
      context.clock.now().toISOString(),
    );
    return isLive ? ok({ ok: true }) : ended(attempt.endReason ?? "ended");
  },
  async complete(context, { token, request: sent }) {
    const request = parse(completeRequestSchema, await bodyOf(sent));
    const attempt = await attemptByCallbackToken(context, {
      taskId: request.taskId,
      attempt: request.attempt ?? null,
      token,
    });
    const { replayed } = await completeAttempt(context, attempt, request);
    return ok({ ok: true, ...(replayed ? { replayed } : {}) }, [{ kind: "task", id: attempt.taskId }]);
  },
  async part(context, { token, request }) {
    const query = partQueryOf(request.url);
    const attempt = await handingOver(context, { taskId: query.task, attempt: query.attempt, token });
    const place = await receivePart(context, attempt, { query, request });
    if (place.kind === "kept") return ok({});
    const body = problemBody("conflict", "Another part comes next.");
    return { status: 409, body: place.kind === "gap" ? { ...body, expected: place.expected } : body, work: [] };
  },
  async changes(context, { token, request }) {
    return ok(await receiveChanges(context, request, (of) => handingOver(context, { ...of, token })));
  },
};

/** An attempt that ended otherwise may still save its work; after its own last word nothing more belongs to it. */
async function handingOver(context: AppContext, input: { taskId: string; attempt: number; token: string }) {
  const attempt = await attemptByCallbackToken(context, input);
  if (attempt.completion !== null) throw gone(attempt.endReason ?? "ended");
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
