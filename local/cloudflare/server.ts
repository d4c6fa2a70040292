/**
 * Cloudflare for one machine: of its API what `npm run setup` and the wrangler it starts ask for, in memory, with the
 * same refusals, and in place of the deployed Worker its startup check.
 *
 *   node local/cloudflare/server.ts --port 4200
 *
 * prints one JSON line with the variables that set-up wants, and runs until it is stopped.
 */
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import { parseArgs } from "node:util";
import { type HttpAnswer, type HttpExchange, HttpRefusal } from "../github/exchange.ts";
import { dispatchRequest, defineRoute, type HttpRoute } from "../github/routes.ts";
import { listAnswer, errorAnswer } from "./answers.ts";
import type { Account } from "./state.ts";
import { storageRoutes } from "./storage-routes.ts";
import { startupCheck, workerRoutes } from "./worker-routes.ts";

const API = "/client/v4";

export type LocalCloudflare = {
  url: string;
  account: Account;
  env: Record<string, string>;
  close: () => Promise<void>;
};

type Options = {
  port: number;
  /** After a request was carried out and before it is answered. */
  onCarriedOut?: (request: string) => void;
};

function newAccount(): Account {
  return {
    id: "0123456789abcdef0123456789abcdef",
    token: "fake-cloudflare-token-of-local-use",
    others: [],
    subdomain: "local-account",
    databases: [],
    buckets: [],
    queues: [],
    workers: new Map(),
    writes: [],
  };
}

function accountRoutes(account: Account): HttpRoute[] {
  return [
    defineRoute("GET", "/accounts", () => listAnswer([{ id: account.id, name: "Local account" }, ...account.others])),
    ...storageRoutes(account),
    ...workerRoutes(account),
  ];
}

/** Starts it on loopback. Throws when the port is taken. */
export async function startLocalCloudflare(options: Options): Promise<LocalCloudflare> {
  const account = newAccount();
  const routes = accountRoutes(account);
  const server = createServer((request, response) => {
    receive(request)
      .then((exchange) => answer(account, routes, exchange))
      .catch((error: unknown) => (error instanceof HttpRefusal ? error.answer : errorAnswer(500, 10001, String(error))))
      .then(({ status, headers, body }) => {
        options.onCarriedOut?.(`${request.method} ${request.url}`);
        response.writeHead(status, headers).end(body);
      })
      .catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined));
  });
  server.listen(options.port, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  const url = `http://127.0.0.1:${address.port}`;
  return {
    url,
    account,
    env: {
      CLOUDFLARE_API_BASE_URL: url + API,
      CLOUDFLARE_API_TOKEN: account.token,
      CLOUDFLARE_ACCOUNT_ID: account.id,
    },
    close: async () => {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
      for (const { sqlite } of account.databases) sqlite.close();
    },
  };
}

async function receive(request: IncomingMessage): Promise<HttpExchange> {
  const chunks: Uint8Array[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  await once(request, "end");
  const url = new URL(request.url ?? "/", "http://127.0.0.1");
  return {
    method: request.method ?? "GET",
    path: url.pathname,
    query: url.searchParams,
    headers: request.headers,
    body: Buffer.concat(chunks),
    actor: { kind: "anonymous" },
  };
}

const MIGRATIONS = new URL("../../drizzle", import.meta.url);

async function answer(account: Account, routes: HttpRoute[], exchange: HttpExchange): Promise<HttpAnswer> {
  const { method, path, headers } = exchange;
  if (path === "/api/startup/check") {
    const files = readdirSync(MIGRATIONS).filter((name) => name.endsWith(".sql"));
    return startupCheck(account, files, headers.authorization);
  }
  const isUpload = path.endsWith("/assets/upload");
  if (!isUpload && headers.authorization !== `Bearer ${account.token}`)
    return errorAnswer(403, 10000, "Authentication error");
  const given = await dispatchRequest(routes, { ...exchange, path: path.replace(API, "") });
  if (given === undefined)
    return errorAnswer(404, 7003, `Could not route to ${path}, perhaps your object identifier is invalid?`);
  if (method !== "GET" && given.status < 400)
    account.writes.push(`${method} ${path.replace(`${API}/accounts/${account.id}`, "")}`);
  return given;
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { port: { type: "string", default: "0" } } });
  const { url, env } = await startLocalCloudflare({ port: Number(values.port) });
  console.log(JSON.stringify({ url, env }));
}
