import { initTRPC, TRPCError, type TRPC_ERROR_CODE_KEY } from "@trpc/server";
import { z } from "zod";
import type { AppContext } from "@/server/context";
import { AppError, type ErrorCode, isTransient } from "@/server/errors";
import { type Problem, problemOf } from "@/server/http-errors";
import { requireOperator, requireUser } from "@/server/identity/actor";
import { reconcileAfterRequest } from "@/server/reconcile/reconcile";

/** `app.actor` is who sends the request; every procedure checks it itself. */
export type TrpcContext = { app: AppContext; requestId: string };
export type RestMethod = "GET" | "POST" | "PUT" | "DELETE";
/** `openapi` is the procedure's REST path under `/api`; `status` what a success answers there (default 200). */
export type ProcedureMeta = {
  openapi?: { method: RestMethod; path: `/${string}`; tags: string[]; summary: string; description?: string };
  status?: 200 | 201;
};

/** Meta of a procedure that REST serves as well: `restMeta("GET /tasks/{id}", { tag: "tasks", summary: "One task" })`. */
export function restMeta(
  route: `${RestMethod} /${string}`,
  about: { tag: string; summary: string; description?: string; status?: 201 },
): ProcedureMeta {
  const [method, path] = route.split(" ") as [RestMethod, `/${string}`];
  const { tag, summary, description, status } = about;
  return {
    openapi: { method, path, tags: [tag], summary, ...(description === undefined ? {} : { description }) },
    ...(status === undefined ? {} : { status }),
  };
}

const t = initTRPC
  .context<TrpcContext>()
  .meta<ProcedureMeta>()
  .create({
    // Pings let the platform see that a client has gone; clients that hear none for long connect again.
    sse: { ping: { enabled: true, intervalMs: 15_000 }, client: { reconnectAfterInactivityMs: 40_000 } },
    errorFormatter({ shape, error, ctx }) {
      const problem = problemOfTrpc(error, ctx?.requestId ?? "unknown");
      const { code, httpStatus, path } = shape.data;
      return { code: shape.code, message: problem.message, data: { code, httpStatus, path, problem } };
    },
  });

const TRPC_CODE: Record<ErrorCode, TRPC_ERROR_CODE_KEY> = {
  bad_request: "BAD_REQUEST",
  unauthenticated: "UNAUTHORIZED",
  forbidden: "FORBIDDEN",
  not_found: "NOT_FOUND",
  conflict: "CONFLICT",
  gone: "NOT_FOUND",
  too_large: "PAYLOAD_TOO_LARGE",
  rate_limited: "TOO_MANY_REQUESTS",
  unavailable: "SERVICE_UNAVAILABLE",
  internal: "INTERNAL_SERVER_ERROR",
};

export const asTrpcError = (cause: AppError): TRPCError =>
  new TRPCError({ code: TRPC_CODE[cause.code], message: cause.message, cause });

/** What a tRPC failure says to callers: our own errors as they are, tRPC's own by their code, the rest as internal. */
export function problemOfTrpc(error: TRPCError, requestId: string): Problem {
  const { cause } = error;
  if (cause instanceof AppError || isTransient(cause)) return problemOf(cause, requestId);
  if (error.code === "BAD_REQUEST" && cause instanceof z.ZodError) return problemOf(cause, requestId);
  if (error.code === "NOT_FOUND") return problemOf(new AppError("not_found", "There is nothing here."), requestId);
  if (error.code === "BAD_REQUEST" || error.code === "PARSE_ERROR" || error.code === "METHOD_NOT_SUPPORTED")
    return problemOf(new AppError("bad_request", "This request cannot be read."), requestId);
  return problemOf(error, requestId);
}

/** Gives a verb's `AppError` its tRPC code. */
const withErrors = t.middleware(async function withErrors({ next }) {
  const result = await next();
  if (result.ok) return result;
  const { cause } = result.error;
  if (cause instanceof AppError) throw asTrpcError(cause);
  if (isTransient(cause)) throw new TRPCError({ code: "SERVICE_UNAVAILABLE", message: "The database is away.", cause });
  return result;
});

/** Refuses who is not signed in. Ownership is the verb's to check: it alone knows the row. */
const signedIn = t.middleware(async function signedIn({ ctx, next }) {
  requireUser(ctx.app.actor);
  return next();
});

/** What a change made due goes on at once, after the answer: the queue and the sweep are only what nothing is lost by. */
const goesOn = t.middleware(async function goesOn({ ctx, type, next }) {
  const result = await next();
  if (type === "mutation" && result.ok) ctx.app.waitUntil(reconcileAfterRequest(ctx.app));
  return result;
});

export const router = t.router;
export const mergeRouters = t.mergeRouters;
export const createCallerFactory = t.createCallerFactory;
/** For the signed-in user; the base of every procedure that is not public by decision. */
export const userProcedure = t.procedure.use(withErrors).use(goesOn).use(signedIn);
/** Each call leaves its line before it does anything. */
const operatorsOnly = t.middleware(async function operatorsOnly({ ctx, path, next }) {
  const { app } = ctx;
  requireOperator(app);
  const person =
    app.actor.kind === "user" ? { actorId: app.actor.userId, actorLogin: app.actor.login } : { actorId: null };
  await app.db.audit.append({ ...person, action: path, through: "operator", object: "porter" });
  return next();
});
/** For the people who run this Porter, and their scripts, who need no account. */
export const operatorProcedure = t.procedure.use(withErrors).use(operatorsOnly);
