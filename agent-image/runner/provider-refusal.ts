import type { IncomingHttpHeaders } from "node:http";
import { Transform } from "node:stream";
import { z } from "zod";
import { parseJson } from "../../lib/json.ts";
import type { ModelError } from "./agents/agent-failure.ts";

/** What the provider answered instead of an answer of the model, in its own words. */
export type ProviderRefusal = ModelError & { status: number };

const MAX_BODY_CHARS = 8_000;
/** Longer than a year is a mistake of somebody's. */
const MAX_WAIT_MS = 366 * 86_400_000;

const errorBody = z.object({
  error: z.union([
    z.string(),
    z.looseObject({ type: z.unknown().optional(), code: z.unknown().optional(), message: z.unknown().optional() }),
  ]),
});

/** A refusal from an answer's status, headers and body. */
export function refusalOf(answer: {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
  now: number;
}): ProviderRefusal {
  return { status: answer.status, text: wordsOf(answer.body), retryAt: retryAt(answer.headers, answer.now) };
}

/** Passes the body of a refusal on and tells what it said when it has ended. */
export function readRefusal(onBody: (body: string) => void): Transform {
  const decoder = new TextDecoder();
  let body = "";
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      if (body.length < MAX_BODY_CHARS) body += decoder.decode(chunk, { stream: true });
      done(null, chunk);
    },
    destroy(error, done) {
      onBody(body.slice(0, MAX_BODY_CHARS));
      done(error);
    },
  });
}

/** Kind, code and message of the error, as every provider has them; a body that is no such JSON as it is. */
function wordsOf(body: string): string {
  const json = parseJson(body);
  // Google puts its error into a list.
  const parsed = errorBody.safeParse(Array.isArray(json) ? json[0] : json);
  if (!parsed.success) return body;
  const { error } = parsed.data;
  if (typeof error === "string") return error;
  return [error.type, error.code, error.message].filter((part) => typeof part === "string").join(" ");
}

/** From `retry-after` (seconds or a date, RFC 9110 10.2.3) and `retry-after-ms`. */
function retryAt(headers: IncomingHttpHeaders, now: number): number | null {
  const exact = headers["retry-after-ms"];
  if (typeof exact === "string" && /^\d{1,12}$/.test(exact)) return within(now + Number(exact), now);
  const value = headers["retry-after"]?.trim();
  if (value === undefined) return null;
  if (/^\d{1,9}(?:\.\d+)?$/.test(value)) return within(now + Math.round(Number(value) * 1000), now);
  const date = Date.parse(value);
  return Number.isNaN(date) ? null : within(date, now);
}

const within = (time: number, now: number): number | null => (time - now > MAX_WAIT_MS ? null : Math.max(now, time));
