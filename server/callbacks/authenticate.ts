import { readBounded } from "@/lib/bounded-body";
import { parseJson } from "@/lib/json";
import type { AppContext } from "@/server/context";
import type { AttemptRow, TaskRow } from "@/server/db/task-store";
import { AppError } from "@/server/errors";
import { CALLBACK_CHECK, CLAIM_CHECK, namedInToken } from "@/server/tasks/attempt/attempt-plan";
import { TIMES } from "@/server/tasks/times";

/** Bodies of machines: a full batch of records is the largest. */
const MAX_BODY_BYTES = 12 * 1024 * 1024;

/** What is read of anybody's, to learn from it who they are. */
const UNKNOWN_BODY_BYTES = 64 * 1024;

/** An attempt with its task, as both stood when the call came. */
export type CalledBack = { attempt: AttemptRow; task: TaskRow };

/**
 * Who calls. `called`: whose the token is, where it says so itself; null until the body did. `isKnown`: the token was
 * right, whatever becomes of the call.
 */
export type Caller = { token: string; called: CalledBack | null; isKnown: boolean };

/** The bearer token of a request; throws `unauthenticated` without one. */
export function bearerOf(request: Request): string {
  const match = /^Bearer ([A-Za-z0-9_-]{16,512})$/.exec(request.headers.get("authorization") ?? "");
  if (match?.[1] === undefined) throw new AppError("unauthenticated", "This call needs the attempt's bearer token.");
  return match[1];
}

/** A caller who is known by the token alone where it names its attempt. Throws for one that names another's. */
export async function recogniseCaller(context: AppContext, caller: Caller): Promise<Caller> {
  const named = namedInToken(caller.token);
  if (named !== null) caller.called = await attemptByCallbackToken(context, caller, named);
  return caller;
}

/** How much is read of a caller: of one who is not known yet, no more than names them. */
export const mostOf = ({ called }: Caller, most: number): number =>
  called === null ? Math.min(most, UNKNOWN_BODY_BYTES) : most;

/** A body of at most `limit` bytes. Throws `too_large` or `bad_request`. */
export async function textOf(request: Request, limit: number): Promise<string> {
  const bytes = await readBounded(request, limit);
  if (bytes === null) throw new AppError("too_large", `The body is larger than ${limit / 1024} KB.`);
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new AppError("bad_request", "The body is not UTF-8.");
  }
}

/** JSON of a capped body. Throws `too_large` or `bad_request`. */
export async function bodyOf(request: Request, caller: Caller): Promise<unknown> {
  const body = parseJson(await textOf(request, mostOf(caller, MAX_BODY_BYTES)));
  if (body === undefined) throw new AppError("bad_request", "The body is not JSON.");
  return body;
}

/** The caller's attempt, which is the one that the body names: an attempt speaks for no other. */
export async function attemptOf(
  context: AppContext,
  caller: Caller,
  said: { taskId: string; attempt?: number | undefined },
): Promise<CalledBack> {
  const { called } = caller;
  if (called === null) return attemptByCallbackToken(context, caller, said);
  requireSame(called.attempt, said);
  return called;
}

type Ref = { taskId: string; attempt: number };
/** @throws AppError (unauthenticated) where the body speaks of another attempt than the token */
export function requireSame(own: Ref, said: { taskId: string; attempt?: number | undefined }): void {
  if (own.taskId !== said.taskId || (said.attempt ?? own.attempt) !== own.attempt) throw unauthenticated();
}

const unauthenticated = () => new AppError("unauthenticated", "The token does not belong to this attempt.");

/** The attempt whose claim token this is. An unknown task answers like a wrong token. */
export async function attemptByClaimToken(
  context: AppContext,
  caller: Caller,
  said: { taskId: string; attempt: number },
): Promise<CalledBack> {
  const { attempt, task } = await context.db.attempts.withTask(said.taskId, said.attempt);
  const given = await context.sealer.hmac(CLAIM_CHECK, caller.token, versionOf(context, attempt));
  if (!isSame(given, attempt?.claimHmac ?? "") || attempt === null) throw unauthenticated();
  caller.isKnown = true;
  return { attempt, task: taskOf(task) };
}

/** Rows of tasks and of their attempts go together. */
function taskOf(task: TaskRow | null): TaskRow {
  if (task === null) throw new AppError("gone", "This attempt is over.");
  return task;
}

/**
 * The attempt whose callback token this is, while the token lives (deadline + 120 s). The newest one of the task when
 * the caller does not name it (the short body of a run by hand).
 */
async function attemptByCallbackToken(
  context: AppContext,
  caller: Caller,
  said: { taskId: string; attempt?: number | undefined },
): Promise<CalledBack> {
  const number = said.attempt ?? (await context.db.tasks.get(said.taskId))?.attempt ?? 0;
  const { attempt: row, task } = await context.db.attempts.withTask(said.taskId, number);
  const given = await context.sealer.hmac(CALLBACK_CHECK, caller.token, versionOf(context, row));
  if (!isSame(given, row?.callbackHmac ?? "") || row === null) throw unauthenticated();
  caller.isKnown = true;
  if (context.clock.now().getTime() > Date.parse(row.deadlineAt) + TIMES.deadlineGrace)
    throw new AppError("gone", "The attempt's time is over.");
  return { attempt: row, task: taskOf(task) };
}

/**
 * A machine lives that a callback token of today names: known and noted in one statement. Answers whose it is; null: who
 * it is, and what is to be said to them, is to be asked as of anybody.
 */
export async function beatByToken(context: AppContext, caller: Caller): Promise<Ref | null> {
  const named = namedInToken(caller.token);
  if (named === null) return null;
  const hmacKeyVersion = context.sealer.currentVersion;
  const now = context.clock.now();
  const isLive = await context.db.attempts.beat({
    ...named,
    hmacKeyVersion,
    callbackHmac: await context.sealer.hmac(CALLBACK_CHECK, caller.token, hmacKeyVersion),
    now: now.toISOString(),
    diedBefore: new Date(now.getTime() - TIMES.deadlineGrace).toISOString(),
  });
  if (!isLive) return null;
  caller.isKnown = true;
  return named;
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
