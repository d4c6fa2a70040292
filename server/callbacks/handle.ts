import {
  claimRequestSchema,
  completeRequestSchema,
  heartbeatRequestSchema,
  progressRequestSchema,
  tokenRequestSchema,
} from "@/lib/agent-protocol";
import type { AppContext, Work } from "@/server/context";
import { AppError, isTransient } from "@/server/errors";
import { httpStatus, problemBody, problemOf } from "@/server/http-errors";
import { describeError } from "@/server/log";
import { mintGitToken } from "@/server/tasks/git-token";
import { attemptByCallbackToken, attemptByClaimToken, bearerOf, bodyOf } from "./authenticate";
import { claimAttempt } from "./claim";
import { completeAttempt } from "./complete";
import { applyProgress, gone } from "./progress";
import type { z } from "zod";

export const CALLBACK_KINDS = ["claim", "progress", "heartbeat", "token", "complete"] as const;
export type CallbackKind = (typeof CALLBACK_KINDS)[number];

type Answer = { status: number; body: Record<string, unknown>; work: Work[] };
const ok = (body: Record<string, unknown>, work: Work[] = []): Answer => ({ status: 200, body, work });

/**
 * `POST /api/callbacks/{claim,progress,heartbeat,token,complete}`: what machines say (lib/agent-protocol). The
 * bearer belongs to one attempt; the caller reconciles `work` after the answer.
 */
export async function receiveCallback(kind: CallbackKind, request: Request, context: AppContext): Promise<Answer> {
  try {
    const token = bearerOf(request);
    return await HANDLERS[kind](context, { token, body: await bodyOf(request) });
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

type Call = { token: string; body: unknown };

const HANDLERS: Record<CallbackKind, (context: AppContext, call: Call) => Promise<Answer>> = {
  async claim(context, { token, body }) {
    const request = parse(claimRequestSchema, body);
    const attempt = await attemptByClaimToken(context, { taskId: request.taskId, attempt: request.attempt, token });
    return ok(await claimAttempt(context, attempt, request));
  },
  async progress(context, { token, body }) {
    const request = parse(progressRequestSchema, body);
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
        return ended(outcome.reason);
    }
  },
  async heartbeat(context, { token, body }) {
    const request = parse(heartbeatRequestSchema, body);
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
  async token(context, { token, body }) {
    const request = parse(tokenRequestSchema, body);
    const attempt = await attemptByCallbackToken(context, { taskId: request.taskId, attempt: request.attempt, token });
    const task = await context.db.tasks.get(attempt.taskId);
    // A stopped attempt may still save its work; an ended one may not.
    if (task === null || attempt.endedAt !== null) throw gone("ended");
    const minted = await mintGitToken(context, task, { door: "renewal", attempt, keys: {} });
    return ok({ token: minted.token, expiresAt: minted.expiresAt });
  },
  async complete(context, { token, body }) {
    const request = parse(completeRequestSchema, body);
    const attempt = await attemptByCallbackToken(context, {
      taskId: request.taskId,
      attempt: request.attempt ?? null,
      token,
    });
    const { replayed } = await completeAttempt(context, attempt, request);
    return ok({ ok: true, ...(replayed ? { replayed } : {}) }, [{ kind: "task", id: attempt.taskId }]);
  },
};

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
