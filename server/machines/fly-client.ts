import { parseJson } from "@/lib/json";
import { flyErrorSchema } from "@/server/machines/fly-schemas";

export type FlyOptions = { apiUrl: string; fetch: typeof fetch };

/** Any answer of the API, whatever its status. `errorText` is Fly's own, redacted, with the request id. */
export type FlyAnswer = {
  status: number;
  body: unknown;
  errorText: string;
  errorStatus: string | null;
  retryAfterMs: number | null;
};

/** No answer: the request may or may not have arrived. */
export class FlyUnreachableError extends Error {
  override readonly name = "FlyUnreachableError";
}

export type FlyRequest = {
  method: "GET" | "POST" | "DELETE";
  /** Below `/v1/apps/{app}` (without an app: below `/v1/apps`), with its query. */
  path: string;
  body?: unknown;
  timeoutMs: number;
  /** Values of the body that an error text must not repeat. */
  secrets?: string[];
};

/** What cannot be a token, machine id or app name is never sent: no header and no path would carry it safely. */
export const isSendableToken = (token: string): boolean => /^[\x21-\x7e]+$/.test(bareToken(token));
export const isMachineId = (id: string): boolean => /^[A-Za-z0-9_-]{1,64}$/.test(id);
export const isAppName = (app: string): boolean => /^[a-z0-9][a-z0-9-]{0,62}$/.test(app);

/** The token without the scheme and the line breaks that people paste with it. */
function bareToken(token: string): string {
  return token
    .trim()
    .replace(/^(flyv1|bearer)\s+/i, "")
    .replace(/\s+/g, "");
}

/** Macaroons (`fm1r_…`, `fm2_…`, comma separated) have a scheme of their own. Source: fly-go `tokens.go`. */
function flyAuthorization(token: string): string {
  const bare = bareToken(token);
  return bare.startsWith("fm") ? `FlyV1 ${bare}` : `Bearer ${bare}`;
}

/** Seconds or an HTTP date, in ms from `now`; null when it says nothing. */
function retryAfterMs(header: string | null, now: number): number | null {
  if (header === null || header.trim() === "") return null;
  const seconds = Number(header);
  const waitMs = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(header) - now;
  return Number.isFinite(waitMs) ? Math.min(Math.max(waitMs, 1000), 600_000) : null;
}

/** One line of at most 400 characters without control characters or any of `secrets`. */
function readableError(text: string, secrets: string[]): string {
  let line = text;
  for (const secret of secrets) if (secret.length >= 8) line = line.replaceAll(secret, "[redacted]");
  return line
    .replace(/[\p{Cc}\p{Cf}\p{Cs}]+/gu, " ")
    .trim()
    .slice(0, 400);
}

/**
 * Raw HTTP to the Fly Machines API. Follows no redirect: a token goes to the configured host only.
 * @throws FlyUnreachableError when there is no complete answer within `timeoutMs`
 */
export function createFlyClient({ apiUrl, fetch }: FlyOptions) {
  const base = apiUrl.replace(/\/+$/, "");
  return async (credentials: { token: string; app: string | null }, request: FlyRequest): Promise<FlyAnswer> => {
    const headers: Record<string, string> = {
      accept: "application/json",
      authorization: flyAuthorization(credentials.token),
      "user-agent": "porter",
    };
    if (request.body !== undefined) headers["content-type"] = "application/json";
    try {
      const app = credentials.app === null ? "" : `/${encodeURIComponent(credentials.app)}`;
      const response = await fetch(`${base}/v1/apps${app}${request.path}`, {
        method: request.method,
        headers,
        body: request.body === undefined ? null : JSON.stringify(request.body),
        redirect: "manual",
        signal: AbortSignal.timeout(request.timeoutMs),
      });
      const text = await response.text();
      const body = parseJson(text);
      const error = flyErrorSchema.safeParse(body).data;
      const requestId = response.headers.get("fly-request-id");
      const secrets = [...(request.secrets ?? []), bareToken(credentials.token)];
      const detail = error?.error ?? error?.message ?? (body === null ? text : "");
      return {
        status: response.status,
        body,
        errorText:
          readableError(`HTTP ${response.status} ${detail}`, secrets) +
          (requestId ? ` (fly-request-id ${requestId.slice(0, 80)})` : ""),
        errorStatus: error?.status ?? null,
        retryAfterMs: retryAfterMs(response.headers.get("retry-after"), Date.now()),
      };
    } catch (cause) {
      const timedOut = cause instanceof Error && cause.name === "TimeoutError";
      throw new FlyUnreachableError(
        timedOut ? `no answer within ${request.timeoutMs / 1000} s` : "the connection failed",
        { cause },
      );
    }
  };
}
export type FlyClient = ReturnType<typeof createFlyClient>;
