import { z } from "zod";
import type { Fix } from "@/lib/fix";
import { fixSchema } from "@/lib/fix-schema";
import { AppError, ERROR_CODES, type ErrorCode } from "./errors";

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
  return { code: "internal", message: `Porter made a mistake. Tell us this id: ${requestId}`, requestId };
}

/** The body of a refusal, for edges that answer without a context. */
export const problemBody = (code: ErrorCode, message: string, fix?: Fix): { error: Problem } => ({
  error: problemOf(new AppError(code, message, fix === undefined ? {} : { fix }), crypto.randomUUID()),
});

/** `{error: Problem}` with its status; never cached. */
export function problemResponse(problem: Problem, headers: Record<string, string> = {}): Response {
  return Response.json(
    { error: problem },
    { status: httpStatus(problem.code), headers: { "cache-control": "no-store", ...headers } },
  );
}
