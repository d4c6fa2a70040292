import { z } from "zod";
import { GitHubError } from "@/server/github/port";
import type { GitHubFailure, LossReason, RuleRefusal } from "@/server/github/port";

export type ErrorAnswer = {
  status: number;
  headers: Record<string, string | number | undefined>;
  data: unknown;
  /** Method and path of the call, for the message. */
  what: string;
};

/** GitHub asks for at least a minute after a secondary limit that names no time. */
const UNNAMED_LIMIT_MS = 60_000;
const MIN_WAIT_MS = 1_000;
const MAX_WAIT_MS = 2 * 3_600_000;
const SECONDARY_LIMIT = /secondary rate limit|abuse detection|submitted too quickly|rate limit exceeded/i;

const oneLine = (text: string, length: number): string =>
  text
    .replace(/[\p{Cc}\p{Cf}\p{Cs}]+/gu, " ")
    .trim()
    .slice(0, length);

function messageOf(data: unknown): string {
  if (typeof data === "object" && data !== null && "message" in data) return oneLine(String(data.message), 300);
  return "";
}

/** GitHub's `errors` are strings or `{resource, field, code, message}`. */
function errorsOf(data: unknown): string[] {
  if (typeof data !== "object" || data === null || !("errors" in data) || !Array.isArray(data.errors)) return [];
  const errors: unknown[] = data.errors;
  return errors.slice(0, 20).map((error) => {
    if (typeof error !== "object" || error === null) return oneLine(String(error), 200);
    if ("message" in error && typeof error.message === "string") return oneLine(error.message, 200);
    const parts = ["resource", "field", "code"].map((key) => (key in error ? String(Reflect.get(error, key)) : ""));
    return oneLine(parts.filter((part) => part !== "").join(" "), 200);
  });
}

/** Headers first; the text decides only where GitHub sends none. null: this is not a limit. */
function limitOf(answer: ErrorAnswer, text: string, now: Date): number | null {
  const { status, headers } = answer;
  if (status !== 403 && status !== 429 && !(status === 422 && /submitted too quickly/i.test(text))) return null;
  const clamp = (ms: number) => Math.min(Math.max(ms, MIN_WAIT_MS), MAX_WAIT_MS);
  const retryAfter = headers["retry-after"];
  if (retryAfter !== undefined && retryAfter !== "") {
    const seconds = Number(retryAfter);
    const ms = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(String(retryAfter)) - now.getTime();
    return Number.isFinite(ms) ? clamp(ms) : UNNAMED_LIMIT_MS;
  }
  const reset = Number(headers["x-ratelimit-reset"]);
  if (String(headers["x-ratelimit-remaining"]) === "0" && Number.isFinite(reset))
    return clamp(reset * 1000 - now.getTime());
  return status === 429 || SECONDARY_LIMIT.test(text) ? UNNAMED_LIMIT_MS : null;
}

/** GitHub says in words why it refuses; only for single sign-on it has a header as well. */
const REFUSALS: readonly [RegExp, LossReason][] = [
  [/\bIP\b.{0,60}\b(?:allow[- ]?list|not permitted)\b|\ballow[- ]?list\b.{0,20}\bIP\b/i, "ip_allow_list"],
  [/\bSAML\b|\bsingle sign-on\b/i, "saml"],
  [/\bsuspended\b/i, "suspended"],
  [/\barchived\b/i, "archived"],
  [/\blocked\b/i, "locked"],
  [/\bnot accessible by (?:integration|GitHub App|personal access token)\b/i, "permission"],
];

function forbidden(answer: ErrorAnswer, text: string): LossReason {
  if (answer.headers["x-github-sso"] !== undefined) return "saml";
  return REFUSALS.find(([words]) => words.test(text))?.[1] ?? "forbidden";
}

/** GitHub's API refuses in JSON; a page of text is somebody's in between. */
const isPage = (data: unknown): boolean => typeof data === "string" && data !== "";

/** Which permission would do, where GitHub says it. */
function needed({ headers }: ErrorAnswer): string | null {
  const permissions = headers["x-accepted-github-permissions"];
  return permissions === undefined ? null : oneLine(String(permissions), 120);
}

function refused(answer: ErrorAnswer, reason: LossReason, message: string): GitHubFailure {
  const needs = needed(answer);
  return {
    kind: "lost",
    reason,
    ...(needs === null ? { message } : { message: `${message} (needs ${needs})`, needs }),
  };
}

const RULES = /repository rule violations found/i;
const protectedSchema = z.object({
  metadata: z.object({
    secret_scanning: z.object({
      bypass_placeholders: z.array(z.object({ placeholder_id: z.string(), token_type: z.string().default("secret") })),
    }),
  }),
});

/** What a text of GitHub's says of rules, one a paragraph or a line; null: it does not speak of rules. */
export function rulesIn(message: string): string[] | null {
  const parts = message.split(/\n+/);
  const start = parts.findIndex((part) => RULES.test(part));
  if (start === -1) return null;
  const said = parts.slice(start + 1).map((part) => oneLine(part.replace(/^\s*-\s*/, ""), 300));
  return said.filter((part) => part !== "").slice(0, 30);
}

function refusedBy(data: unknown): RuleRefusal | null {
  const message = typeof data === "object" && data !== null && "message" in data ? String(data.message) : "";
  const found = protectedSchema.safeParse(data);
  const placeholders = found.data?.metadata.secret_scanning.bypass_placeholders ?? [];
  const secrets = placeholders
    .slice(0, 30)
    .map((each) => ({ what: oneLine(each.token_type, 200), placeholder: oneLine(each.placeholder_id, 200) }));
  const rules = rulesIn(message);
  return rules === null && secrets.length === 0 ? null : { rules: rules ?? [], secrets };
}

function failureOf(answer: ErrorAnswer, now: Date): GitHubFailure {
  const errors = errorsOf(answer.data);
  const text = [messageOf(answer.data), ...errors].join(" ");
  const requestId = answer.headers["x-github-request-id"];
  const message =
    oneLine(`GitHub answered ${answer.status} to ${answer.what}: ${text}`, 500) +
    (requestId === undefined ? "" : ` (request ${oneLine(String(requestId), 80)})`);
  const retryAfterMs = limitOf(answer, text, now);
  if (retryAfterMs !== null) return { kind: "limited", retryAfterMs, message };
  const { status } = answer;
  if (status === 401) return { kind: "unauthenticated", message };
  // Our own App id or key is wrong: nothing that belongs to a task is lost.
  if (status === 404 && /integration not found/i.test(text)) return { kind: "unauthenticated", message };
  if (status === 403 && isPage(answer.data)) return { kind: "unavailable", message };
  const rules = status < 500 ? refusedBy(answer.data) : null;
  if (rules !== null) return { kind: "invalid", message, errors, refusedBy: rules };
  if (status === 403) return refused(answer, forbidden(answer, text), message);
  if (status === 404) return { kind: "lost", reason: "not_found", message };
  if (status === 410) return { kind: "lost", reason: "gone", message };
  if (status === 451) return { kind: "lost", reason: "forbidden", message };
  if (status === 408 || status >= 500 || status < 400) return { kind: "unavailable", message };
  return { kind: "invalid", message, errors };
}

/** An error status as Porter's error. The answer itself is not kept as cause: it may hold a token or private text. */
export const errorFromAnswer = (answer: ErrorAnswer, now: Date): GitHubError => new GitHubError(failureOf(answer, now));

/** No answer, half an answer, or one that nobody can read: worth another try. */
export const unavailableError = (message: string, cause?: unknown): GitHubError =>
  new GitHubError({ kind: "unavailable", message }, cause);

/** True for what a 404 or 410 became. */
export const isMissing = (error: unknown): boolean =>
  error instanceof GitHubError &&
  error.failure.kind === "lost" &&
  (error.failure.reason === "not_found" || error.failure.reason === "gone");

/** `result`, or null when it fails because the thing is not there. */
export async function orNull<T>(result: Promise<T>): Promise<T | null> {
  try {
    return await result;
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}
