import { fetchRequestHandler } from "@trpc/server/adapters/fetch";
import { readBounded } from "@/lib/bounded-body";
import { MOST_QUESTIONS } from "@/lib/most-questions";
import { isOwnWrite, isPlainPath } from "@/lib/request-safety";
import type { AppContext } from "@/server/context";
import { AppError } from "@/server/errors";
import { logProblem, problemOf, problemResponse } from "@/server/http-errors";
import { problemOfTrpc } from "./init";
import { appRouter } from "./router";

const MAX_BODY_BYTES = 200_000;

/** True for `/api/trpc/live.*`, whose answers stay open for minutes. */
export const isStreamPath = (pathname: string): boolean => pathname.startsWith("/api/trpc/live.");

/** `/api/trpc/*`. `context.actor` is set by the caller from the request's session. */
export async function handleTrpc(request: Request, context: AppContext): Promise<Response> {
  const requestId = context.ids.uuid();
  const refuse = (error: AppError) => problemResponse(problemOf(error, requestId));
  const { method, headers } = request;
  if (!["GET", "HEAD", "POST"].includes(method)) {
    const problem = problemOf(new AppError("bad_request", "Use GET or POST here."), requestId);
    return Response.json(
      { error: problem },
      { status: 405, headers: { allow: "GET, POST", "cache-control": "no-store" } },
    );
  }
  if (!isPlainPath(request.url))
    return refuse(new AppError("bad_request", "This path cannot be read in one way only."));
  const signedIn = context.actor.kind === "user";
  if (!isOwnWrite({ method, headers, publicUrl: context.env.PUBLIC_URL, signedIn }))
    return refuse(new AppError("forbidden", "This request came from another site."));
  const body = method === "GET" || method === "HEAD" ? undefined : await readBounded(request, MAX_BODY_BYTES);
  if (body === null) return refuse(new AppError("too_large", "This request is too large."));
  return fetchRequestHandler({
    endpoint: "/api/trpc",
    req: new Request(request.url, { method, headers, signal: request.signal, ...(body === undefined ? {} : { body }) }),
    router: appRouter,
    maxBatchSize: MOST_QUESTIONS,
    createContext: () => ({ app: context, requestId }),
    // The answer is made of the same error by the router's `errorFormatter`.
    onError: ({ error, path }) =>
      logProblem(problemOfTrpc(error, requestId), {
        log: context.log,
        error: error.cause ?? error,
        where: { procedure: path ?? "unknown" },
      }),
    responseMeta: () => ({ headers: { "cache-control": "private, no-store" } }),
  });
}
