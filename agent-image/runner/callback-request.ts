import { z } from "zod";
import { endedAnswerSchema, gapAnswerSchema } from "../../lib/agent-protocol.ts";
import { backOff } from "../../lib/back-off.ts";
import { parseJson } from "../../lib/json.ts";
import { RUNNER_VERSION } from "./runner-version.ts";

/** What became of one call to Porter; everything but `unreachable` is Porter's own answer. */
export type CallbackReply =
  | { kind: "ok"; body: unknown }
  /** 410: the attempt has ended; `reason` is a failure code. */
  | { kind: "ended"; reason: string }
  /** 409 with the number that Porter expects next. */
  | { kind: "gap"; expected: number }
  /** 409: somebody else holds this attempt, or it is not the current one. */
  | { kind: "superseded" }
  /** 401: the credential is dead. */
  | { kind: "unauthorized" }
  | { kind: "rejected"; status: number }
  /** `challenged`: the last answer was a bot check's, not Porter's. */
  | { kind: "unreachable"; lastStatus: number | null; challenged: boolean };

/** Of all calls: how often the runner tried and what it heard last. */
export type CallbackStats = { attempts: number; lastHttpCode: number | null };

export type CallbackRequest = {
  url: string;
  bearer: string | null;
  /** Made for each try, because it may say how many there were. Bytes go as they are, all else as JSON. */
  body: () => unknown;
  /** Epoch ms after which nothing is tried again; asked each time. The first try is always made. */
  until: () => number;
  maxAttempts: number;
  timeoutMs: number;
  signal?: AbortSignal;
  onAttempt: () => void;
  onStatus: (status: number) => void;
};

/** Cloudflare names what it answered in Porter's place: a page that only a browser gets past. */
const MITIGATED = "cf-mitigated";
const RETRIED = new Set([408, 425, 429]);
const DELAY_MS = { first: 500, longest: 15_000 };
const LARGEST_ANSWER = 8 * 1024 * 1024;

/**
 * POSTs until Porter answers: network faults, 408, 425, 429 and 5xx are tried again with jitter, `Retry-After`
 * is honoured, redirects are never followed (the bearer would go with them). So is a bot check's page, which an operator
 * may take away meanwhile.
 */
export async function callPorter(request: CallbackRequest): Promise<CallbackReply> {
  let lastStatus: number | null = null;
  let challenged = false;
  for (let attempt = 1; ; attempt += 1) {
    const tried = await tryOnce(request);
    if (tried.kind === "answered") return tried.reply;
    lastStatus = tried.status ?? lastStatus;
    if (tried.status !== null) challenged = tried.challenged;
    const delay = tried.retryAfterMs ?? backOff(DELAY_MS, attempt - 1, Math.random());
    if (attempt >= request.maxAttempts || Date.now() + delay >= request.until() || request.signal?.aborted) {
      return { kind: "unreachable", lastStatus, challenged };
    }
    await abortableSleep(delay, request.signal);
  }
}

type Tried =
  | { kind: "answered"; reply: CallbackReply }
  | { kind: "failed"; status: number | null; challenged: boolean; retryAfterMs: number | null };

async function tryOnce(request: CallbackRequest): Promise<Tried> {
  request.onAttempt();
  const timeout = AbortSignal.timeout(request.timeoutMs);
  try {
    const body = request.body();
    const isBytes = body instanceof Uint8Array;
    const response = await fetch(request.url, {
      method: "POST",
      headers: {
        "content-type": isBytes ? "application/octet-stream" : "application/json",
        accept: "application/json",
        "user-agent": `porter-runner/${RUNNER_VERSION}`,
        ...(request.bearer === null ? {} : { authorization: `Bearer ${request.bearer}` }),
      },
      body: isBytes ? Uint8Array.from(body) : JSON.stringify(body),
      redirect: "manual",
      signal: request.signal ? AbortSignal.any([timeout, request.signal]) : timeout,
    });
    request.onStatus(response.status);
    const text = await readCapped(response);
    const challenged = response.headers.has(MITIGATED);
    if (challenged || RETRIED.has(response.status) || response.status >= 500) {
      return { kind: "failed", status: response.status, challenged, retryAfterMs: retryAfterMs(response.headers) };
    }
    return { kind: "answered", reply: interpret(response.status, text) };
  } catch {
    return { kind: "failed", status: null, challenged: false, retryAfterMs: null };
  }
}

function interpret(status: number, text: string): CallbackReply {
  const body = parseJson(text);
  if (status >= 200 && status < 300) return { kind: "ok", body };
  if (status === 401) return { kind: "unauthorized" };
  if (status === 410) {
    const ended = endedAnswerSchema.or(z.object({ reason: z.string() })).safeParse(body);
    return { kind: "ended", reason: ended.success ? ended.data.reason : "stopped_by_user" };
  }
  if (status === 409) {
    const gap = gapAnswerSchema.safeParse(body);
    return gap.success ? { kind: "gap", expected: gap.data.expected } : { kind: "superseded" };
  }
  return { kind: "rejected", status };
}

async function readCapped(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > LARGEST_ANSWER) throw new Error("the answer is too large");
  }
  return text + decoder.decode();
}

/** Seconds or a date (RFC 9110 10.2.3), in ms; null where absent or unreadable. */
export function retryAfterMs(headers: Headers): number | null {
  const value = headers.get("retry-after");
  if (value === null) return null;
  if (/^\d+$/.test(value)) return Number(value) * 1000;
  const at = Date.parse(value);
  return Number.isNaN(at) ? null : Math.max(0, at - Date.now());
}

/** Waits, or returns at once when the signal fires. */
export async function abortableSleep(ms: number, signal?: AbortSignal): Promise<void> {
  if (signal?.aborted) return;
  await new Promise<void>((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal?.addEventListener("abort", done, { once: true });
  });
}
