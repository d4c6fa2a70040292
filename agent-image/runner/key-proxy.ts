import { randomBytes, timingSafeEqual } from "node:crypto";
import { Agent as HttpAgent, createServer, request as httpRequest } from "node:http";
import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders, Server, ServerResponse } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import type { AddressInfo } from "node:net";
import { pipeline } from "node:stream";
import { endpointOf } from "./provider-endpoints.ts";
import type { ProviderEndpoint } from "./provider-endpoints.ts";
import { type ProviderRefusal, readRefusal, refusalOf } from "./provider-refusal.ts";
import { meterAnswer } from "./spend-meter.ts";
import type { HandedServer } from "./seal/namespace.ts";
import { mayCarrySecrets } from "./trusted-url.ts";
import { limitWords, type RunLimit } from "./run-limit.ts";

export type KeyProxyOptions = {
  /** `baseUrl` without a trailing slash; https, or http on loopback. */
  providers: { id: string; baseUrl: string; key: string }[];
  maxRequests: number;
  /** Estimated dollars; null: no limit. */
  maxCostUsd: number | null;
  /** Told of each refusal as it comes. */
  onRefusal?: (refusal: ProviderRefusal) => void;
  /** Whose connections it answers; absent or null: it listens itself. */
  handed?: HandedServer | null;
};

export type KeyProxy = {
  /** Provider id → URL for the agent, without a trailing slash. It works only for this run. */
  urls: Record<string, string>;
  /** Ends every request that is still under way. */
  close(): Promise<void>;
  /** Billed requests let through, and what they are thought to have cost. */
  stats(): { requests: number; costUsd: number };
  /** What the provider said to the last billed request, if that was no answer of the model. */
  refusal(): ProviderRefusal | null;
  /** Porter's own limit, once it has refused a request. */
  limit(): RunLimit | null;
};

type Route = { endpoint: ProviderEndpoint; baseUrl: string; key: string };
type Refusal = { kind: "refused"; status: number; message: string; endpoint: ProviderEndpoint | null };
type Found = { kind: "found"; route: Route; target: URL; billed: boolean };
type Agents = { "http:": HttpAgent; "https:": HttpsAgent };
type Forward = { target: URL; route: Route; request: IncomingMessage; response: ServerResponse; agents: Agents };

const NOT_FOUND: Refusal = { kind: "refused", status: 404, message: "not found", endpoint: null };

// RFC 9110 7.6.1, and what would carry the agent's placeholder or ask for an encoding that cannot be metered.
const NOT_FORWARDED = new Set(
  "connection keep-alive proxy-connection te trailer transfer-encoding upgrade expect host accept-encoding authorization proxy-authorization x-api-key x-goog-api-key api-key cookie".split(
    " ",
  ),
);
const NOT_RETURNED = new Set(
  "connection keep-alive proxy-connection trailer transfer-encoding upgrade set-cookie location proxy-authenticate".split(
    " ",
  ),
);

/**
 * The only door from an agent to its model: listens on loopback, lets the provider's few model calls through with
 * the real key, and counts them. The agent never sees the key. Throws when a provider is unknown or its base URL
 * may not carry a secret.
 */
export async function startKeyProxy(options: KeyProxyOptions): Promise<KeyProxy> {
  const routes = new Map(options.providers.map(({ id, baseUrl, key }) => [id, routeTo(id, baseUrl, key)]));
  const pass = randomBytes(24).toString("base64url");
  const agents: Agents = { "http:": new HttpAgent({ keepAlive: true }), "https:": new HttpsAgent({ keepAlive: true }) };
  const spent = { requests: 0, costUsd: 0 };
  let last: ProviderRefusal | null = null;
  let reached: RunLimit | null = null;
  const note = (refusal: ProviderRefusal | null): void => {
    last = refusal;
    if (refusal !== null) options.onRefusal?.(refusal);
  };

  const server = createServer((request, response) => {
    const found = findRoute(request, pass, routes);
    if (found.kind === "refused") return refuse(request, response, found);
    const limit = found.billed ? limitReached(spent, options) : null;
    if (limit !== null) {
      // Whatever the provider said before is not what ends the run.
      [last, reached] = [null, limit];
      return refuse(request, response, refusalOver(limit, found));
    }
    if (found.billed) spent.requests++;
    forward(
      { ...found, request, response, agents },
      {
        cost: (usd) => {
          spent.costUsd += usd;
        },
        refusal: found.billed ? note : () => undefined,
      },
    );
  });
  const port = await openDoor(server, options.handed ?? null);

  return {
    urls: Object.fromEntries([...routes.keys()].map((id) => [id, `http://127.0.0.1:${port}/${pass}/${id}`])),
    stats: () => ({ ...spent }),
    refusal: () => last,
    limit: () => reached,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
        for (const agent of Object.values(agents)) agent.destroy();
      }),
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

function routeTo(id: string, baseUrl: string, key: string): Route {
  const endpoint = endpointOf(id);
  if (endpoint === null) throw new Error(`the key proxy knows no provider ${id}`);
  if (!mayCarrySecrets(baseUrl))
    throw new Error(`the address of provider ${id} must be https, or http on this machine`);
  return { endpoint, baseUrl: baseUrl.replace(/\/+$/, ""), key };
}

/** `/<pass>/<provider>/<path>`; the path must be one of the provider's, letter by letter: no dots, no escapes. */
function findRoute(request: IncomingMessage, pass: string, routes: Map<string, Route>): Found | Refusal {
  const [path = "", query = ""] = (request.url ?? "").split("?", 2);
  const [, givenPass = "", id = "", ...rest] = path.split("/");
  const route = routes.get(id);
  if (!sameText(givenPass, pass) || route === undefined) return NOT_FOUND;
  const inner = `/${rest.join("/")}`;
  const rule = route.endpoint.allow.find(
    ({ methods, path: allowed }) => methods.includes(request.method ?? "") && allowed.test(inner),
  );
  if (rule === undefined) {
    const message = `Porter's key proxy does not let ${request.method} ${inner.slice(0, 100)} through.`;
    return { kind: "refused", status: 403, message, endpoint: route.endpoint };
  }
  const target = new URL(route.baseUrl + inner);
  const parameters = new URLSearchParams(query);
  for (const name of route.endpoint.keyParameters) parameters.delete(name);
  target.search = parameters.toString();
  return { kind: "found", route, target, billed: rule.billed };
}

type Limits = Pick<KeyProxyOptions, "maxRequests" | "maxCostUsd">;

function limitReached(
  spent: { requests: number; costUsd: number },
  { maxRequests, maxCostUsd }: Limits,
): RunLimit | null {
  if (spent.requests >= maxRequests) return { kind: "requests", most: maxRequests };
  return maxCostUsd !== null && spent.costUsd >= maxCostUsd ? { kind: "cost", mostUsd: maxCostUsd } : null;
}

/** Not 429: opencode would try again for more than a minute. */
const refusalOver = (limit: RunLimit, { route }: Found): Refusal => ({
  kind: "refused",
  status: 402,
  message: limitWords(limit),
  endpoint: route.endpoint,
});

function refuse(request: IncomingMessage, response: ServerResponse, why: Refusal): void {
  request.resume();
  if (response.headersSent) {
    if (!response.writableEnded) response.destroy();
    return;
  }
  const body = JSON.stringify(why.endpoint?.error(why.message) ?? { error: { message: why.message } });
  // Anthropic's SDK obeys this header; without it a limit would be tried again for minutes.
  response
    .writeHead(why.status, {
      "content-type": "application/json",
      "x-should-retry": why.status === 502 ? "true" : "false",
    })
    .end(body);
}

type Listeners = { cost: (usd: number) => void; refusal: (refusal: ProviderRefusal | null) => void };

function forward(call: Forward, on: Listeners): void {
  const { target, route, request, response, agents } = call;
  const headers = forwardedHeaders(request.headers, route);
  const options = { method: request.method, headers };
  const upstream =
    target.protocol === "https:"
      ? httpsRequest(target, { ...options, agent: agents["https:"] })
      : httpRequest(target, { ...options, agent: agents["http:"] });
  const fail = (message: string): void =>
    refuse(request, response, { kind: "refused", status: 502, message, endpoint: route.endpoint });

  upstream.on("response", (answer) => {
    const status = answer.statusCode ?? 502;
    if (status >= 300 && status < 400) {
      answer.destroy();
      fail("The model provider answered with a redirect, which Porter does not follow.");
      return;
    }
    response.writeHead(status, returnedHeaders(answer.headers));
    const { headers } = answer;
    const said = (body: string, refused = status): void =>
      on.refusal(refusalOf({ status: refused, headers, body, now: Date.now() }));
    if (status < 400) on.refusal(null);
    const reader =
      status < 400 ? meterAnswer(headers["content-type"] ?? "", { ...on, error: said }) : readRefusal(said);
    // An answer that breaks off is passed on as one that breaks off: pipeline destroys both ends.
    pipeline(answer, reader, response, () => {});
  });
  upstream.on("error", () => fail("The model provider could not be reached."));
  response.on("close", () => {
    if (!response.writableFinished) upstream.destroy();
  });
  pipeline(request, upstream, () => {});
}

function forwardedHeaders(headers: IncomingHttpHeaders, route: Route): OutgoingHttpHeaders {
  const listed = new Set(
    String(headers.connection ?? "")
      .toLowerCase()
      .split(/\s*,\s*/),
  );
  const kept = Object.entries(headers).filter(([name]) => !NOT_FORWARDED.has(name) && !listed.has(name));
  const { header, prefix } = route.endpoint.auth;
  return { ...Object.fromEntries(kept), "accept-encoding": "identity", [header]: prefix + route.key };
}

const returnedHeaders = (headers: IncomingHttpHeaders): OutgoingHttpHeaders =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !NOT_RETURNED.has(name)));

function sameText(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
