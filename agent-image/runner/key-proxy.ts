import { randomBytes, timingSafeEqual } from "node:crypto";
import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Budget, type Reserved } from "./meter/budget.ts";
import { type ForwardListeners, Outbound, type Outgoing } from "./meter/forward.ts";
import { type ModelCall, readModelCall, withinBudget } from "./meter/model-call.ts";
import { mostOf, costOfAnswer } from "./meter/prices.ts";
import { RunTally, type Tally } from "./meter/tally.ts";
import { CallQueue } from "./meter/call-queue.ts";
import {
  type AllowedCall,
  endpointOf,
  isProxied,
  type ProviderEndpoint,
  type ProxiedProviderId,
} from "./provider-endpoints.ts";
import type { ProviderRefusal } from "./provider-refusal.ts";
import { limitWords, type RunLimit } from "./run-limit.ts";
import type { HandedServer } from "./seal/namespace.ts";
import { mayCarrySecrets } from "./trusted-url.ts";

export type KeyProxyOptions = {
  /** `baseUrl` without a trailing slash; https, or http on loopback. */
  providers: { id: string; baseUrl: string; key: string }[];
  /** The models that this run may call. */
  mayCall: (model: string) => boolean;
  maxRequests: number;
  /** Dollars for the whole task; null: no limit. */
  budgetUsd: number | null;
  /** What earlier attempts of the task have spent of it. */
  spentBeforeUsd?: number;
  /** Told of each refusal of the provider's as it comes. */
  onRefusal?: (refusal: ProviderRefusal) => void;
  /** Told after each call that cost something. */
  onSpent?: () => void;
  /** Whose connections it answers; absent or null: it listens itself. */
  handed?: HandedServer | null;
};

export type KeyProxyStats = Tally & { costUsd: number };

export type KeyProxy = {
  /** Provider id → URL for the agent, without a trailing slash. It works only for this run. */
  urls: Record<string, string>;
  /** Ends every request that is still under way. */
  close(): Promise<void>;
  /** What this run's calls have cost and held, by Porter's own count. */
  stats(): KeyProxyStats;
  /** What the provider said to the last billed request, if that was no answer of the model. */
  refusal(): ProviderRefusal | null;
  /** Porter's own limit, once it has refused a request. */
  limit(): RunLimit | null;
  /** Why Porter did not let the last call through; null: it did. */
  denied(): string | null;
};

type Route = { id: ProxiedProviderId; endpoint: ProviderEndpoint; baseUrl: string; key: string };
type Refusal = { status: number; message: string; endpoint: ProviderEndpoint | null };
type Found = { route: Route; call: AllowedCall; target: URL; model: string | null };

const AT_ONCE = 4;
const MOST_WAITING = 100;
const MICROS = 1_000_000;

/**
 * The only door from an agent to its model: reads each call, lets the few through that a coding agent needs, with the
 * real key, and counts what they cost. The agent never sees the key. Throws when a provider is unknown or its base URL
 * may not carry a secret.
 */
export async function startKeyProxy(options: KeyProxyOptions): Promise<KeyProxy> {
  const run = new ProxiedRun(options);
  const underWay = new Set<Promise<void>>();
  const server = createServer((request, response) => {
    // Whatever goes wrong, nothing passes.
    const answered = run
      .answer(request, response)
      .catch(() => void response.destroy())
      .finally(() => underWay.delete(answered));
    underWay.add(answered);
  });
  const port = await openDoor(server, options.handed ?? null);
  return {
    urls: Object.fromEntries(run.providers.map((id) => [id, `http://127.0.0.1:${port}/${run.pass}/${id}`])),
    stats: () => run.stats,
    refusal: () => run.refusal,
    limit: () => run.limit,
    denied: () => run.denied,
    close: async () => {
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
      // What breaks off has its cost as well.
      await Promise.all(underWay);
      run.close();
    },
  };
}

/** Answers with the port where the agent finds it. */
async function openDoor(server: Server, handed: HandedServer | null): Promise<number> {
  if (handed !== null) {
    handed.server.on("connection", (client) => server.emit("connection", client));
    return handed.port;
  }
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  return (server.address() as AddressInfo).port;
}

class ProxiedRun {
  readonly pass = randomBytes(24).toString("base64url");
  refusal: ProviderRefusal | null = null;
  limit: RunLimit | null = null;
  denied: string | null = null;
  readonly #options: KeyProxyOptions;
  readonly #routes: Map<string, Route>;
  readonly #budget: Budget;
  readonly #spentBefore: number;
  readonly #tally = new RunTally();
  readonly #callQueue = new CallQueue({ room: AT_ONCE, queue: MOST_WAITING });
  readonly #outbound = new Outbound();

  constructor(options: KeyProxyOptions) {
    const { budgetUsd, spentBeforeUsd = 0 } = options;
    this.#options = options;
    this.#routes = new Map(options.providers.map((provider) => [provider.id, routeTo(provider)]));
    this.#spentBefore = Math.round(spentBeforeUsd * MICROS);
    const limit = budgetUsd === null ? null : Math.round(budgetUsd * MICROS);
    this.#budget = new Budget({ limit, spent: this.#spentBefore });
  }

  get providers(): string[] {
    return [...this.#routes.keys()];
  }

  get stats(): KeyProxyStats {
    return { ...this.#tally.now, costUsd: (this.#budget.spent - this.#spentBefore) / MICROS };
  }

  close(): void {
    this.#outbound.close();
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const found = findRoute(request, this.pass, this.#routes);
    if ("status" in found) return refuse(request, response, found);
    const gone = new AbortController();
    response.on("close", () => gone.abort());
    const leave = await this.#callQueue.enter(gone.signal);
    if (leave === null)
      return refuse(request, response, { status: 429, message: "Too many calls at once.", ...found.route });
    try {
      await (found.call.dialect === null
        ? this.#greet(request, response, found)
        : this.#pass(found.call.dialect, { request, response, found, gone: gone.signal }));
    } finally {
      leave();
    }
  }

  /** Where nothing is asked and nothing is said. */
  async #greet(request: IncomingMessage, response: ServerResponse, found: Found): Promise<void> {
    const outgoing = outgoingOf(found, { method: request.method ?? "GET", headers: {}, body: null });
    await this.#outbound.forward(outgoing, response, {
      refusal: () => undefined,
      fail: (message) => refuse(request, response, { status: 502, message, ...found.route }),
    });
  }

  async #pass(
    dialect: NonNullable<AllowedCall["dialect"]>,
    {
      request,
      response,
      found,
      gone,
    }: { request: IncomingMessage; response: ServerResponse; found: Found; gone: AbortSignal },
  ): Promise<void> {
    const { route, call: rule, model: pathModel } = found;
    const say = (status: number, message: string): void => refuse(request, response, { status, message, ...route });
    const { mayCall } = this.#options;
    const call = await readModelCall(request, { provider: route.id, call: rule, mayCall, dialect, pathModel });
    if (call.is === "refused") {
      this.#tally.refuse();
      this.denied = call.why;
      return say(call.status, call.why);
    }
    this.#tally.takeOut(call.takenOut);
    const on = { refusal: () => undefined, fail: (message: string) => say(502, message) };
    if (!rule.billed) {
      await this.#send(response, { found, call, on });
      return;
    }
    const reserved = await this.#budget.reserve(mostOf(call.asked), gone);
    if (gone.aborted) return reserved?.settle(0);
    const limit = this.#limitReached(reserved);
    if (limit !== null || reserved === null) {
      reserved?.settle(0);
      if (limit === null) return;
      // Whatever the provider said before is not what ends the run.
      [this.refusal, this.limit] = [null, limit];
      // Not 429: opencode would try again for more than a minute.
      return say(402, limitWords(limit));
    }
    this.#tally.request();
    this.denied = null;
    if (!call.asked.price.isKnown) this.#tally.unpriced(`${route.id}/${call.model}`);
    const fitting = withinBudget(call, reserved);
    const refusal = (said: ProviderRefusal | null): void => this.#note(said);
    const cost = await this.#send(response, { found, call: fitting, on: { ...on, refusal } });
    const settled = cost.is === "free" ? null : costOfAnswer(cost.told, fitting.asked);
    if (settled !== null) this.#tally.settle(settled);
    reserved.settle(settled?.micros ?? 0);
    this.#options.onSpent?.();
  }

  #send(response: ServerResponse, { found, call, on }: { found: Found; call: ModelCall; on: ForwardListeners }) {
    const headers = { ...call.headers, "content-type": "application/json" };
    const outgoing = outgoingOf(found, { method: "POST", headers, body: JSON.stringify(call.body) });
    return this.#outbound.forward(outgoing, response, on);
  }

  #note(refusal: ProviderRefusal | null): void {
    this.refusal = refusal;
    if (refusal !== null) this.#options.onRefusal?.(refusal);
  }

  #limitReached(reserved: Reserved | null): RunLimit | null {
    const { maxRequests, budgetUsd } = this.#options;
    if (this.#tally.requests >= maxRequests) return { kind: "requests", most: maxRequests };
    if (reserved !== null || budgetUsd === null) return null;
    return { kind: "budget", spentUsd: this.#budget.spent / MICROS, budgetUsd };
  }
}

function routeTo({ id, baseUrl, key }: KeyProxyOptions["providers"][number]): Route {
  const endpoint = endpointOf(id);
  if (endpoint === null || !isProxied(id)) throw new Error(`the key proxy knows no provider ${id}`);
  if (!mayCarrySecrets(baseUrl))
    throw new Error(`the address of provider ${id} must be https, or http on this machine`);
  return { id, endpoint, baseUrl: baseUrl.replace(/\/+$/, ""), key };
}

/** `/<pass>/<provider>/<path>`; the path must be one of the provider's, letter by letter: no dots, no escapes. */
function findRoute(request: IncomingMessage, pass: string, routes: Map<string, Route>): Found | Refusal {
  const [path = "", query = ""] = (request.url ?? "").split("?", 2);
  const [, givenPass = "", id = "", ...rest] = path.split("/");
  const route = routes.get(id);
  if (!sameText(givenPass, pass) || route === undefined) return { status: 404, message: "not found", endpoint: null };
  const inner = `/${rest.join("/")}`;
  const method = request.method === "HEAD" ? "GET" : request.method;
  for (const call of route.endpoint.allow) {
    const match = call.method === method ? call.path.exec(inner) : null;
    if (match === null) continue;
    const target = new URL(route.baseUrl + inner);
    for (const [name, values] of Object.entries(call.query ?? {})) {
      const [value, ...others] = new URLSearchParams(query).getAll(name);
      if (value !== undefined && others.length === 0 && values.test(value)) target.searchParams.set(name, value);
    }
    return { route, call, target, model: match[1] ?? null };
  }
  const message = `Porter's key proxy does not let ${request.method} ${inner.slice(0, 100)} through.`;
  return { status: 403, message, endpoint: route.endpoint };
}

function outgoingOf(
  { route, call, target }: Found,
  { method, headers, body }: Pick<Outgoing, "method" | "headers" | "body">,
): Outgoing {
  const { header, prefix } = route.endpoint.auth;
  const own = { "accept-encoding": "identity", [header]: prefix + route.key };
  return {
    target,
    method,
    body,
    headers: { ...headers, ...own },
    counts: call.dialect?.counts ?? ((_json, told) => told),
  };
}

function refuse(request: IncomingMessage, response: ServerResponse, why: Refusal): void {
  request.resume();
  if (response.headersSent) {
    if (!response.writableEnded) response.destroy();
    return;
  }
  const body = JSON.stringify(why.endpoint?.error(why.message) ?? { error: { message: why.message } });
  const mayRetry = why.status === 502 || why.status === 429;
  // Anthropic's SDK obeys this header; without it a limit would be tried again for minutes.
  response.writeHead(why.status, { "content-type": "application/json", "x-should-retry": String(mayRetry) }).end(body);
}

function sameText(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
