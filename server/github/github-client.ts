import { request as octokitRequest } from "@octokit/request";
import type { z } from "zod";
import { errorFromAnswer, unavailableError } from "@/server/github/errors";
import { GitHubError } from "@/server/github/port";
import { followRedirects } from "@/server/github/redirects";

export type GitHubOptions = { apiUrl: string; fetch: typeof fetch; now: () => Date };

const API_VERSION = "2022-11-28";
const TIMEOUT_MS = 10_000;
export const GRAPHQL_PATH = "/graphql";
const silent = () => undefined;

export type GitHubCall = {
  method: "GET" | "POST" | "PATCH" | "PUT" | "DELETE";
  /** Built by `apiPath`, so that every value in it is one encoded segment. */
  path: string;
  query?: Record<string, string | number>;
  /** Bytes are JSON that is made already. */
  body?: Record<string, unknown> | Uint8Array;
  accept?: string;
  /** App JWT, installation token or user token; null: anonymous. */
  token: string | null;
  /** Instead of a token: the OAuth client's id and secret, encoded for Basic. */
  basic?: string;
  /** The answer that is known already: GitHub answers 304 when it is still so, and the caller gets that status. */
  etag?: string;
  /** For what takes long to send; else 10 s. */
  timeoutMs?: number;
};
export type GitHubAnswer = {
  status: number;
  headers: Record<string, string | number | undefined>;
  data: unknown;
  /** The path in the call is out of date: the repository was renamed or transferred. */
  moved: boolean;
};

/** A path whose values cannot leave their segment. @throws GitHubError (not_found) for a value that no name can be. */
export function apiPath(strings: TemplateStringsArray, ...values: (string | number)[]): string {
  return String.raw({ raw: strings }, ...values.map(segment));
}
function segment(value: string | number): string {
  const text = String(value);
  if (text === "" || text === "." || text === "..") {
    throw new GitHubError({
      kind: "lost",
      reason: "not_found",
      message: `GitHub: ${JSON.stringify(text)} names nothing`,
    });
  }
  return encodeURIComponent(text.toWellFormed());
}

/** JSON that every reader takes: no lone surrogate, no NUL. */
const toJson = (body: Record<string, unknown>): string =>
  JSON.stringify(body, (_key, value: unknown) =>
    typeof value === "string" ? value.toWellFormed().replaceAll("\0", "\uFFFD") : value,
  );

function headersOf(call: GitHubCall): Record<string, string> {
  return {
    accept: call.accept ?? "application/vnd.github+json",
    "user-agent": "porter",
    "x-github-api-version": API_VERSION,
    ...(call.token === null ? {} : { authorization: `Bearer ${call.token}` }),
    ...(call.etag === undefined ? {} : { "if-none-match": call.etag }),
    ...(call.basic === undefined ? {} : { authorization: `Basic ${call.basic}` }),
  };
}

/** What octokit adds to a thrown error that came with an answer. */
function answerOf(error: unknown): { status: number; headers: GitHubAnswer["headers"]; data: unknown } | null {
  if (!(error instanceof Error) || !("response" in error)) return null;
  const { response } = error;
  if (typeof response !== "object" || response === null || !("status" in response)) return null;
  const headers = "headers" in response ? Object.fromEntries(Object.entries(response.headers ?? {})) : {};
  return { status: Number(response.status), headers: headers, data: "data" in response ? response.data : null };
}

/** HTTP to GitHub's REST API: one time-out, one error type, tokens only to `apiUrl`'s origin. */
export function createGitHubClient(options: GitHubOptions) {
  const baseUrl = options.apiUrl.replace(/\/+$/, "");
  // An Enterprise server has REST under /api/v3, and GraphQL beside it.
  const rootOf = (call: GitHubCall): string => (call.path === GRAPHQL_PATH ? baseUrl.replace(/\/v3$/, "") : baseUrl);

  /** @throws GitHubError for every status but 2xx, and when there is no whole answer within 10 s */
  async function send(call: GitHubCall, parseBody = true): Promise<GitHubAnswer> {
    const what = `${call.method} ${call.path}`;
    const query = call.query === undefined ? "" : `?${new URLSearchParams(mapValues(call.query))}`;
    let moved = false;
    const answer = await octokitRequest({
      method: call.method,
      baseUrl: rootOf(call),
      url: call.path + query,
      headers: headersOf(call),
      ...(call.body === undefined ? {} : { data: call.body instanceof Uint8Array ? call.body : toJson(call.body) }),
      request: {
        fetch: followRedirects(options.fetch, () => {
          moved = true;
        }),
        signal: AbortSignal.timeout(call.timeoutMs ?? TIMEOUT_MS),
        parseSuccessResponseBody: parseBody,
        log: { debug: silent, info: silent, warn: silent, error: silent },
      },
    }).catch((error: unknown) => {
      const refusal = answerOf(error);
      // octokit throws for it.
      if (refusal?.status === 304 && call.etag !== undefined) return refusal;
      if (refusal !== null) throw errorFromAnswer({ ...refusal, what }, options.now());
      throw unavailableError(`GitHub did not answer ${what}`, error);
    });
    const status: number = answer.status;
    if (status >= 300 && !(status === 304 && call.etag !== undefined))
      throw errorFromAnswer({ status, headers: answer.headers, data: answer.data, what }, options.now());
    return { status, headers: answer.headers, data: answer.data, moved };
  }

  /** The answer's body. @throws GitHubError (unavailable) also for a body that `schema` does not accept */
  function read<T>(schema: z.ZodType<T>, answer: GitHubAnswer, call: GitHubCall): T {
    const parsed = schema.safeParse(answer.data);
    if (parsed.success) return parsed.data;
    const issue = parsed.error.issues[0];
    const where = issue === undefined || issue.path.length === 0 ? "" : ` at ${issue.path.join(".")}`;
    throw unavailableError(`GitHub's answer to ${call.method} ${call.path} could not be read${where}`);
  }

  return {
    send: (call: GitHubCall) => send(call),
    /** The body as a stream, for text that may be too long to take whole. */
    stream: (call: GitHubCall) => send(call, false),
    get: async <T>(schema: z.ZodType<T>, call: GitHubCall): Promise<T> => read(schema, await send(call), call),
    read,
  };
}
export type GitHubClient = ReturnType<typeof createGitHubClient>;

const mapValues = (query: Record<string, string | number>): Record<string, string> =>
  Object.fromEntries(Object.entries(query).map(([key, value]) => [key, String(value)]));
