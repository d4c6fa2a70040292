import type { Fix } from "@/lib/fix";

/** Kinds of expected failure that a caller can act on. `http-errors.ts` and tRPC's mapper are exhaustive over it. */
export const ERROR_CODES = [
  "bad_request",
  "unauthenticated",
  "forbidden",
  "not_found",
  "conflict",
  "gone",
  "too_large",
  "rate_limited",
  "unavailable",
  "internal",
] as const;
export type ErrorCode = (typeof ERROR_CODES)[number];

/**
 * An expected failure with a text that people may read. `field` names the input, `fix` says what to do; a conflict
 * carries in `current` what is true now.
 */
export class AppError extends Error {
  override readonly name = "AppError";
  readonly code: ErrorCode;
  readonly field: string | undefined;
  readonly fix: Fix | undefined;
  readonly current: unknown;

  constructor(
    code: ErrorCode,
    message: string,
    detail: { field?: string; fix?: Fix; current?: unknown; cause?: unknown } = {},
  ) {
    super(message, { cause: detail.cause });
    this.code = code;
    this.field = detail.field;
    this.fix = detail.fix;
    this.current = detail.current;
  }
}

const TRANSIENT =
  /Network connection lost|reset because its code was updated|storage caused object to be reset|Cannot resolve D1 DB|overloaded|operation exceeded timeout/i;

/** True for D1 failures after which the same statements may be sent again. */
export const isTransient = (error: unknown): boolean =>
  error instanceof Error && (TRANSIENT.test(error.message) || (error.cause !== undefined && isTransient(error.cause)));
