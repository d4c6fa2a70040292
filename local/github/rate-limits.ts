import type { GitHubActor, HttpAnswer } from "./exchange.ts";

type Window = { used: number; resetSeconds: number };

const limit = 5_000;
const anonymousLimit = 60;
const windowSeconds = 3_600;

/** Counts requests for each actor as GitHub's primary rate limit does. It never refuses: that is a fault to inject. */
export class RateLimits {
  readonly #windows = new Map<string, Window>();

  /** Counts one request and answers with its headers; a 304 is free. */
  headers(actor: GitHubActor, status: number): Record<string, string> {
    const window = this.#window(actor);
    if (status !== 304) window.used += 1;
    const state = this.state(actor);
    return {
      "x-ratelimit-limit": String(state.limit),
      "x-ratelimit-remaining": String(state.remaining),
      "x-ratelimit-reset": String(state.reset),
      "x-ratelimit-used": String(state.used),
      "x-ratelimit-resource": "core",
    };
  }

  state(actor: GitHubActor): { limit: number; remaining: number; reset: number; used: number } {
    const { used, resetSeconds } = this.#window(actor);
    const most = actor.kind === "anonymous" ? anonymousLimit : limit;
    return { limit: most, remaining: Math.max(0, most - used), reset: resetSeconds, used };
  }

  #window(actor: GitHubActor): Window {
    const key = actorKey(actor);
    const now = Math.floor(Date.now() / 1000);
    const current = this.#windows.get(key);
    if (current !== undefined && current.resetSeconds > now) return current;
    const fresh = { used: 0, resetSeconds: now + windowSeconds };
    this.#windows.set(key, fresh);
    return fresh;
  }
}

function actorKey(actor: GitHubActor): string {
  switch (actor.kind) {
    case "installation":
      return `installation ${actor.installationId}`;
    case "user":
      return `user ${actor.login}`;
    case "app":
    case "anonymous":
      return actor.kind;
  }
}

/** `GET /rate_limit`, which is itself free. */
export function rateLimitBody(limits: RateLimits, actor: GitHubActor): unknown {
  const core = { ...limits.state(actor), resource: "core" };
  const other = (resource: string, most: number) => ({
    limit: most,
    remaining: most,
    reset: core.reset,
    used: 0,
    resource,
  });
  return {
    resources: { core, search: other("search", 30), graphql: other("graphql", 5_000) },
    rate: core,
  };
}

/** GitHub's quick proof that a client has the newest answer: a weak ETag, and 304 when the client names it. */
export function withEtag(answer: HttpAnswer, digest: string, ifNoneMatch: string | undefined): HttpAnswer {
  const etag = `W/"${digest}"`;
  const names = (ifNoneMatch ?? "").split(",").map((name) => name.trim());
  const headers = { ...answer.headers, etag };
  return names.includes(etag) ? { status: 304, headers, body: Buffer.alloc(0) } : { ...answer, headers };
}
