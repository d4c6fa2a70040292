import { z } from "zod";
import { BrokenBody } from "@/lib/bounded-body";
import type { Fix } from "@/lib/fix";
import { fixSchema } from "@/lib/fix-schema";
import { AppError, ERROR_CODES, type ErrorCode, isTransient } from "./errors";
import { describeError, type LogFields, type Logger } from "./log";

/** The one shape of every error that Porter answers: `{error: Problem}` in REST, `data.problem` in tRPC. */
export const problemSchema = z.object({
  code: z.enum(ERROR_CODES),
  message: z.string(),
  /** Input that is wrong, dotted. */
  field: z.string().optional(),
  /** What to do about it. */
  fix: fixSchema.optional(),
  /** Of a conflict: what is true now. */
  current: z.unknown().optional(),
  requestId: z.string(),
});
export type Problem = z.infer<typeof problemSchema>;

const STATUS: Record<ErrorCode, number> = {
  bad_request: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  gone: 410,
  too_large: 413,
  rate_limited: 429,
  unavailable: 503,
  internal: 500,
};
export const httpStatus = (code: ErrorCode): number => STATUS[code];

/**
 * What may be said of anything thrown. Zod's issues name the first wrong field; everything unexpected gets a fixed
 * text, because its message may hold what nobody should read.
 */
export function problemOf(error: unknown, requestId: string): Problem {
  if (error instanceof AppError && error.code !== "internal") {
    const { code, message, field, fix, current } = error;
    return {
      code,
      message,
      ...(field === undefined ? {} : { field }),
      ...(fix === undefined ? {} : { fix }),
      ...(current === undefined ? {} : { current }),
      requestId,
    };
  }
  if (error instanceof BrokenBody) return { code: "bad_request", message: error.message, requestId };
  if (error instanceof z.ZodError) {
    const issue = error.issues[0];
    const field = issue?.path.join(".");
    return {
      code: "bad_request",
      message: issue?.message ?? "The input is not valid.",
      ...(field ? { field } : {}),
      requestId,
    };
  }
  if (isTransient(error))
    return { code: "unavailable", message: "Porter's database is away just now; try again in a moment.", requestId };
  return { code: "internal", message: `Porter made a mistake. Tell us this id: ${requestId}`, requestId };
}

/** Where something failed, for the log. `error`: what was thrown, which the answer does not tell. `id`: of the request. */
export type Failing = { log: Logger; error: unknown; where: LogFields; id?: string };

/** Every problem that is answered goes through here: what is no fault of who asked is in the log under the id they get. */
export function logProblem(problem: Problem, { log, error, where }: Failing): Problem {
  if (httpStatus(problem.code) >= 500)
    log.warn("request.failed", {
      ...where,
      code: problem.code,
      requestId: problem.requestId,
      error: describeError(error),
    });
  return problem;
}

/** The problem of anything thrown, with an id of its own where the request has none. */
export const problemFor = (failing: Failing): Problem =>
  logProblem(problemOf(failing.error, failing.id ?? crypto.randomUUID()), failing);

type RefusalCode = Exclude<ErrorCode, "unavailable" | "internal">;

/** The body of a refusal: a fault of who asked, so nobody looks for its id. */
export const problemBody = (code: RefusalCode, message: string, fix?: Fix): { error: Problem } => ({
  error: problemOf(new AppError(code, message, fix === undefined ? {} : { fix }), crypto.randomUUID()),
});

/** Seconds after which it is worth while to ask again. */
const RETRY_AFTER: Partial<Record<ErrorCode, number>> = { unavailable: 5 };

/** `{error: Problem}` with its status; never cached. */
export function problemResponse(problem: Problem, headers: Record<string, string> = {}): Response {
  const seconds = RETRY_AFTER[problem.code];
  const retry: Record<string, string> = seconds === undefined ? {} : { "retry-after": String(seconds) };
  return Response.json(
    { error: problem },
    { status: httpStatus(problem.code), headers: { "cache-control": "no-store", ...retry, ...headers } },
  );
}

/** A door of Porter's: whatever is thrown behind it is answered as a problem, never by the platform. */
export async function answerOrProblem(
  { log, where }: Omit<Failing, "error">,
  work: () => Promise<Response>,
): Promise<Response> {
  try {
    return await work();
  } catch (error) {
    return problemResponse(problemFor({ log, error, where }));
  }
}

/** So long the platform's counters count (wrangler.toml). */
const LIMIT_SECONDS = 60;

/** What somebody is told who was refused, signed in or asked too often. */
export const tooManyRequests = (message: string): { body: { error: Problem }; headers: { "retry-after": string } } => ({
  body: problemBody("rate_limited", message),
  headers: { "retry-after": String(LIMIT_SECONDS) },
});
