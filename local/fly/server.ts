import { setTimeout as sleep } from "node:timers/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { mkdirSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { z } from "zod";
import { startGuard } from "../processes/guard.ts";
import type { LocalFlyAnswer } from "./answers.ts";
import { checkToken, type LocalFlyApp, type LocalFlyToken } from "./access.ts";
import { answerFlyControl } from "./control.ts";
import { createFaults, faultEffectSchema, type FaultEffect, type FaultRuleInput, type Faults } from "./faults.ts";
import { createFleet, type Fleet } from "./fleet.ts";
import type { RunnerCommand } from "./machine-process.ts";
import { newUlid, type MachineRecord } from "./machine-record.ts";
import { createRateLimiter, type RateLimiter } from "./rate-limit.ts";
import { routeOf } from "./routes.ts";
import { parseJson, readJson } from "../../lib/json.ts";

export type LocalFlyOptions = {
  /** 0: any free port. Loopback only. */
  port: number;
  /** Holds `machines.json` and `machines/<id>/{stdout,stderr}.log`. */
  stateDir: string;
  runner: RunnerCommand;
  tokens: LocalFlyToken[];
  apps: LocalFlyApp[];
  faults?: FaultRuleInput[];
  /** Fly's documented limits; default on. */
  rateLimit?: boolean;
  /** From create to a running process; default 100. */
  bootMs?: number;
  log?: (line: string) => void;
};

export type LocalFly = {
  url: string;
  machines(): MachineRecord[];
  setFaults(rules: FaultRuleInput[]): void;
  close(): Promise<void>;
};

type Context = {
  apps: LocalFlyApp[];
  tokens: LocalFlyToken[];
  fleet: Fleet;
  faults: Faults;
  allows: RateLimiter;
  log: (line: string) => void;
};

const MAX_BODY_BYTES = 5_000_000;

/**
 * A server that speaks the part of the Fly Machines API that Porter uses and runs the machine's program as a
 * process on this computer. Extra, for tests: `x-porter-fault` (a JSON effect) on any request, and
 * `/_control/faults`, `/_control/capacity`, `/_control/machines[/id]`.
 */
export async function startLocalFly(options: LocalFlyOptions): Promise<LocalFly> {
  mkdirSync(options.stateDir, { recursive: true, mode: 0o700 });
  const guard = startGuard();
  const fleet = createFleet({
    stateDir: options.stateDir,
    runner: options.runner,
    guard,
    bootMs: options.bootMs ?? 100,
  });
  const faults = createFaults(options.faults);
  const context: Context = {
    apps: [...options.apps],
    tokens: options.tokens,
    fleet,
    faults,
    allows: options.rateLimit === false ? () => true : createRateLimiter(),
    log: options.log ?? (() => undefined),
  };
  const server = createServer((request, response) => void serve(request, response, context));
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    machines: () => structuredClone(fleet.records()),
    setFaults: (rules) => faults.set(rules),
    async close() {
      await fleet.close();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
      await guard.close();
    },
  };
}

async function serve(request: IncomingMessage, response: ServerResponse, context: Context): Promise<void> {
  const requestId = `${newUlid(Date.now())}-local`;
  const url = new URL(request.url ?? "/", "http://local");
  const outcome = await answer(request, url, context).catch((error: unknown): Outcome => {
    context.log(`fly: ${request.method} ${url.pathname} failed: ${String(error)}`);
    return { status: 500, body: { error: "internal error", status: "unknown" } };
  });
  if (outcome === "drop") {
    context.log(`fly: ${request.method} ${url.pathname} dropped`);
    request.socket.destroy();
    return;
  }
  context.log(`fly: ${request.method} ${url.pathname} ${outcome.status}`);
  response.writeHead(outcome.status, { "content-type": "application/json", "fly-request-id": requestId });
  response.end(JSON.stringify(outcome.body));
}

type Outcome = LocalFlyAnswer | "drop";

async function answer(request: IncomingMessage, url: URL, context: Context): Promise<Outcome> {
  const method = request.method ?? "GET";
  const body = await bodyOf(request);
  if (body === INVALID) return { status: 400, body: { error: "invalid JSON body", status: "unknown" } };
  if (url.pathname.startsWith("/_control/")) return answerFlyControl({ method, path: url.pathname, body }, context);
  const auth = checkToken(context.tokens, request.headers.authorization);
  if (!auth.ok) return { status: auth.refusal.status, body: { error: auth.refusal.error, status: "unknown" } };
  const route = routeOf(method, url.pathname);
  if (!route) return { status: 404, body: { error: "not found", status: "unknown" } };
  if (!context.allows(route.action, route.subject, Date.now())) {
    return { status: 429, body: { error: "rate limit exceeded", status: "unknown" } };
  }
  const region = z.object({ region: z.string() }).safeParse(body).data?.region;
  const fault = headerFault(request) ?? context.faults.strike({ method, path: url.pathname, region });
  const leaseNonce = headerText(request, "fly-machine-lease-nonce");
  const run = async (): Promise<LocalFlyAnswer> =>
    route.run(
      { method, path: url.pathname, query: url.searchParams, body, leaseNonce, token: auth.token, fault },
      context,
    );
  return withFault(fault, run);
}

async function withFault(fault: FaultEffect | null, run: () => Promise<LocalFlyAnswer>): Promise<Outcome> {
  if (fault?.delayMs) await sleep(fault.delayMs);
  if (fault?.executeThenDrop) {
    await run();
    return "drop";
  }
  if (fault?.status !== undefined)
    return { status: fault.status, body: fault.body ?? { error: "injected fault", status: "unknown" } };
  return run();
}

function headerText(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

function headerFault(request: IncomingMessage): FaultEffect | null {
  const value = headerText(request, "x-porter-fault");
  return value === undefined ? null : readJson(faultEffectSchema, value);
}

const INVALID = Symbol("invalid JSON");

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) return INVALID;
    chunks.push(chunk);
  }
  if (size === 0) return undefined;
  const body = parseJson(Buffer.concat(chunks).toString("utf8"));
  return body === undefined ? INVALID : body;
}
