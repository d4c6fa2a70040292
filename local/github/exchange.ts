import type { IncomingHttpHeaders } from "node:http";
import { parseJson as parseText } from "../../lib/json.ts";

/** Who a request acts as. `authorization` is the header value with which the emulator knows the same actor. */
export type GitHubActor =
  | { kind: "anonymous" }
  | { kind: "app"; authorization: string }
  | {
      kind: "user";
      token: string;
      login: string;
      scopes: string[];
      issuedTo: "app" | "classic" | "nobody";
      authorization: string;
    }
  | {
      kind: "installation";
      token: string;
      installationId: number;
      permissions: Record<string, string>;
      authorization: string;
    };

/** One request, its path without the `/api/v3` prefix and with owner and repository spelt as they were created. */
export type HttpExchange = {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
  body: Buffer;
  actor: GitHubActor;
};

export type HttpAnswer = { status: number; headers: Record<string, string>; body: Buffer };

/** An error answer as GitHub words it, thrown where a check inside a handler fails. */
export class HttpRefusal extends Error {
  readonly answer: HttpAnswer;

  constructor(answer: HttpAnswer) {
    super(`refused with ${answer.status}`);
    this.answer = answer;
  }
}

export function jsonAnswer(status: number, value: unknown, headers: Record<string, string> = {}): HttpAnswer {
  return {
    status,
    headers: { "content-type": "application/json; charset=utf-8", ...headers },
    body: Buffer.from(JSON.stringify(value)),
  };
}

export function emptyAnswer(status: number): HttpAnswer {
  return { status, headers: {}, body: Buffer.alloc(0) };
}

/** GitHub's error body; `errors` are the entries of a 422. */
export function problemAnswer(status: number, message: string, errors?: Record<string, string>[]): HttpAnswer {
  return jsonAnswer(status, {
    message,
    ...(errors === undefined ? {} : { errors }),
    documentation_url: "https://docs.github.com/rest",
    status: String(status),
  });
}

export function invalidAnswer(...errors: Record<string, string>[]): HttpAnswer {
  return problemAnswer(422, "Validation Failed", errors);
}

/** The JSON in a body; undefined when it is empty or no JSON. */
export const parseJson = (body: Buffer): unknown => parseText(body.toString("utf8"));

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** One page of a list by `pageOf` and `per_page`, with GitHub's `link` header when there are more. */
export function pageOf<T>(
  exchange: HttpExchange,
  origin: string,
  items: T[],
): { items: T[]; headers: Record<string, string> } {
  const size = Math.min(100, Math.max(1, Number(exchange.query.get("per_page")) || 30));
  const number = Math.max(1, Number(exchange.query.get("page")) || 1);
  const last = Math.max(1, Math.ceil(items.length / size));
  const link = (target: number, rel: string): string => {
    const query = new URLSearchParams(exchange.query);
    query.set("page", String(target));
    return `<${origin}${exchange.path}?${query.toString()}>; rel="${rel}"`;
  };
  const links = [
    ...(number > 1 ? [link(number - 1, "prev")] : []),
    ...(number < last ? [link(number + 1, "next"), link(last, "last")] : []),
    ...(number > 1 ? [link(1, "first")] : []),
  ];
  return {
    items: items.slice((number - 1) * size, number * size),
    headers: links.length > 0 ? { link: links.join(", ") } : {},
  };
}
