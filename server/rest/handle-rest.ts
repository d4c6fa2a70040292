import { callTRPCProcedure, getTRPCErrorFromUnknown, TRPCError } from "@trpc/server";
import { z } from "zod";
import { readBounded } from "@/lib/bounded-body";
import { parseJson } from "@/lib/json";
import { isOwnWrite, isPlainPath } from "@/lib/request-safety";
import type { AppContext } from "@/server/context";
import { AppError } from "@/server/errors";
import { logProblem, problemOf, problemResponse } from "@/server/http-errors";
import { problemOfTrpc } from "@/server/trpc/init";
import { appRouter } from "@/server/trpc/router";
import { answerAuditFile } from "./audit-files";
import { answerLogFile } from "./log-files";
import { answerWorkFile } from "./work-files";
import { openApiDocument } from "./openapi";
import { findRoute, type RestRoute } from "./routes";

const MAX_BODY_BYTES = 200_000;

/**
 * The REST paths, out of the same procedures, schemas and checks as tRPC. Own dispatch instead of
 * trpc-to-openapi's handler: that one turns on coercion in the shared schemas, so that a JSON `null` becomes 0.
 */
export async function handleRest(request: Request, context: AppContext): Promise<Response> {
  const requestId = context.ids.uuid();
  try {
    return await answer(request, { ...context, via: "api" }, requestId);
  } catch (error) {
    // A file's query is no procedure's input.
    const isOwn = error instanceof AppError || error instanceof z.ZodError;
    const problem = isOwn ? problemOf(error, requestId) : problemOfTrpc(getTRPCErrorFromUnknown(error), requestId);
    const where = { method: request.method, path: new URL(request.url).pathname };
    return problemResponse(logProblem(problem, { log: context.log, error: causeOf(error), where }));
  }
}

/** What a procedure met, without tRPC's wrapping. */
const causeOf = (error: unknown): unknown => (error instanceof TRPCError ? (error.cause ?? error) : error);

async function answer(request: Request, context: AppContext, requestId: string): Promise<Response> {
  const { method, headers } = request;
  if (!isPlainPath(request.url)) throw new AppError("bad_request", "This path cannot be read in one way only.");
  const signedIn = context.actor.kind === "user";
  if (!isOwnWrite({ method, headers, publicUrl: context.env.PUBLIC_URL, signedIn }))
    throw new AppError("forbidden", "This request came from another site.");
  const url = new URL(request.url);
  const file =
    (await answerLogFile(request, context)) ??
    (await answerWorkFile(request, context)) ??
    (await answerAuditFile(request, context));
  if (file !== null) return file;
  if (url.pathname === "/api/openapi.json" && method === "GET")
    return Response.json(openApiDocument(context.env.PUBLIC_URL, context.env.MENTION), {
      headers: { "cache-control": "no-store" },
    });
  const found = findRoute(method, url.pathname);
  if (found.kind === "none") throw new AppError("not_found", "There is nothing here.");
  if (found.kind === "other_method") return wrongMethod(found.allowed, requestId);
  const { route, params } = found;
  const given: Record<string, unknown> = method === "GET" ? queryOf(url.searchParams) : await bodyOf(request);
  const key = method === "POST" ? headers.get("idempotency-key") : null;
  if (key !== null) given.idempotencyKey = key;
  const data: unknown = await callTRPCProcedure({
    router: appRouter,
    path: route.procedure,
    type: route.type,
    ctx: { app: context, requestId },
    // The path wins over a body that names another id.
    getRawInput: () => Promise.resolve({ ...given, ...params }),
    signal: request.signal,
    batchIndex: 0,
  });
  return Response.json(data, { status: route.status, headers: { "cache-control": "private, no-store" } });
}

function wrongMethod(allowed: RestRoute["method"][], requestId: string): Response {
  const problem = problemOf(new AppError("bad_request", `Use ${allowed.join(" or ")} here.`), requestId);
  return Response.json(
    { error: problem },
    { status: 405, headers: { allow: allowed.join(", "), "cache-control": "no-store" } },
  );
}

/** One value a name, or the list of them when it is repeated. */
function queryOf(query: URLSearchParams): Record<string, string | string[]> {
  const out: Record<string, string | string[]> = {};
  for (const name of new Set(query.keys())) {
    const values = query.getAll(name);
    out[name] = values.length === 1 ? (values[0] ?? "") : values;
  }
  return out;
}

async function bodyOf(request: Request): Promise<Record<string, unknown>> {
  const bytes = await readBounded(request, MAX_BODY_BYTES);
  if (bytes === null) throw new AppError("too_large", "This request is too large.");
  if (bytes.byteLength === 0) return {};
  const problem = new AppError("bad_request", "Send a JSON object as application/json.");
  if (!/^application\/json\b/i.test(request.headers.get("content-type") ?? "")) throw problem;
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw problem;
  }
  const parsed = parseJson(text);
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) throw problem;
  return { ...parsed };
}
