import { readBounded } from "@/lib/bounded-body";
import { parseJson } from "@/lib/json";
import type { AppContext } from "@/server/context";
import type { AttemptRow } from "@/server/db/task-store";
import { AppError } from "@/server/errors";
import { CALLBACK_CHECK, CLAIM_CHECK } from "@/server/tasks/attempt-plan";
import { TIMES } from "@/server/tasks/times";

/** Bodies of machines: a full batch of records is the largest. */
const MAX_BODY_BYTES = 12 * 1024 * 1024;

/** The bearer token of a request; throws `unauthenticated` without one. */
export function bearerOf(request: Request): string {
  const match = /^Bearer ([A-Za-z0-9_-]{16,512})$/.exec(request.headers.get("authorization") ?? "");
  if (match?.[1] === undefined) throw new AppError("unauthenticated", "This call needs the attempt's bearer token.");
  return match[1];
}

/** JSON of a capped body; throws `too_large` or `bad_request`. */
export async function bodyOf(request: Request): Promise<unknown> {
  const bytes = await readBounded(request, MAX_BODY_BYTES);
  if (bytes === null) throw new AppError("too_large", "The body is larger than 12 MB.");
  const body = parseJson(new TextDecoder().decode(bytes));
  if (body === undefined) throw new AppError("bad_request", "The body is not JSON.");
  return body;
}

const unauthenticated = () => new AppError("unauthenticated", "The token does not belong to this attempt.");

/** The attempt whose claim token this is. An unknown task answers like a wrong token. */
export async function attemptByClaimToken(
  context: AppContext,
  input: { taskId: string; attempt: number; token: string },
): Promise<AttemptRow> {
  const row = await context.db.attempts.get(input.taskId, input.attempt);
  const given = await context.sealer.hmac(CLAIM_CHECK, input.token, versionOf(context, row));
  if (!isSame(given, row?.claimHmac ?? "") || row === null) throw unauthenticated();
  return row;
}

/**
 * The attempt whose callback token this is, while the token lives (deadline + 120 s). `attempt` is
 * taken from the task when the caller does not name it (the spec's bare body).
 */
export async function attemptByCallbackToken(
  context: AppContext,
  input: { taskId: string; attempt: number | null; token: string },
): Promise<AttemptRow> {
  const number = input.attempt ?? (await context.db.tasks.get(input.taskId))?.attempt ?? 0;
  const row = await context.db.attempts.get(input.taskId, number);
  const given = await context.sealer.hmac(CALLBACK_CHECK, input.token, versionOf(context, row));
  if (!isSame(given, row?.callbackHmac ?? "") || row === null) throw unauthenticated();
  if (context.clock.now().getTime() > Date.parse(row.deadlineAt) + TIMES.deadlineGrace)
    throw new AppError("gone", "The attempt's time is over.");
  return row;
}

/** The key version that the attempt was made under; without a row any one keeps the time the same. */
const versionOf = (context: AppContext, row: AttemptRow | null) => row?.hmacKeyVersion ?? context.sealer.currentVersion;

/** Compares two base64url strings in constant time for their length. */
function isSame(a: string, b: string): boolean {
  let difference = a.length ^ b.length;
  for (let index = 0; index < a.length; index++)
    difference |= a.charCodeAt(index) ^ b.charCodeAt(index % Math.max(1, b.length));
  return difference === 0;
}
