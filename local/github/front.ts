import { createHash, randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { isManifestPath } from "./app-manifest.ts";
import { answerControl } from "./control.ts";
import { refuseForeignPaths, resolveActor } from "./credentials.ts";
import { relayHook } from "./delivery-routes.ts";
import {
  type GitHubActor,
  type HttpAnswer,
  emptyAnswer,
  type HttpExchange,
  problemAnswer,
  HttpRefusal,
} from "./exchange.ts";
import { faultAnswer } from "./faults.ts";
import { type GitHttp, isGitPath } from "./git-http.ts";
import { isInstallPage } from "./install-page.ts";
import { passOn } from "./proxy.ts";
import { noticeBranches } from "./pull-events.ts";
import { withEtag } from "./rate-limits.ts";
import { dispatchRequest, type HttpRoute } from "./routes.ts";
import { signedPicture } from "./uploads.ts";
import { webPage } from "./web-pages.ts";
import type { GitHubWorld } from "./world.ts";

const maximumBodyBytes = 256 * 1024 * 1024;

export type Front = {
  world: GitHubWorld;
  routes: HttpRoute[];
  git: GitHttp;
  /** The path to which the emulator posts its webhooks; nobody else knows it. */
  hookPath: string;
};

type Incoming = { method: string; url: URL; request: IncomingMessage; body: Buffer };

/** Answers one HTTP request to the front, whatever it is: control, webhook of the emulator, git, page or API. */
export async function serveRequest(front: Front, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { world } = front;
  try {
    const incoming = await receive(world, request);
    const { method, url, body } = incoming;
    if (url.pathname === front.hookPath) {
      write(response, emptyAnswer(202));
      await relayHook(world, String(request.headers["x-github-event"]), body);
      return;
    }
    if (url.pathname.startsWith("/_control/")) {
      write(response, await refusable(() => answerControl(world, { method, url, body, request })));
      return;
    }
    await serveWithFaults(front, incoming, response);
  } catch (error) {
    world.log(`github: ${request.method} ${request.url}: ${String(error)}`);
    if (!response.headersSent) write(response, problemAnswer(500, "Server Error"));
  }
}

async function receive(world: GitHubWorld, request: IncomingMessage): Promise<Incoming> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes: unknown = chunk;
    if (!Buffer.isBuffer(bytes)) throw new TypeError("a request's chunks are buffers");
    size += bytes.length;
    if (size > maximumBodyBytes) throw new Error("the request body is too large");
    chunks.push(bytes);
  }
  const url = new URL(request.url ?? "/", world.url);
  return { method: request.method ?? "GET", url, request, body: Buffer.concat(chunks) };
}

async function serveWithFaults(front: Front, incoming: Incoming, response: ServerResponse): Promise<void> {
  const { method, url, body } = incoming;
  const fault = front.world.faults.take({ method, url: url.pathname + url.search, body });
  if (fault !== undefined && fault.delayMs > 0) await delay(fault.delayMs);
  const replacement = fault === undefined ? undefined : faultAnswer(fault);
  const disturbs = fault?.reset === true || replacement !== undefined;
  const carriedOut = disturbs && fault?.when === "before" ? undefined : await answer(front, incoming);
  if (fault?.reset === true) {
    incoming.request.socket.destroy();
    return;
  }
  write(response, replacement ?? carriedOut ?? problemAnswer(500, "Server Error"));
}

async function refusable(work: () => Promise<HttpAnswer>): Promise<HttpAnswer> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof HttpRefusal) return error.answer;
    throw error;
  }
}

/** The path as the emulator knows it: no Enterprise prefix, owner and repository spelt as they were created. */
function canonicalPath(world: GitHubWorld, pathname: string): string {
  const path = pathname.replace(/^\/api\/v3(?=\/|$)/, "") || "/";
  const [, head = "", owner = "", name = "", rest = ""] = /^(\/repos)?\/([^/]+)\/([^/]+)(.*)$/.exec(path) ?? [];
  const bare = name.replace(/\.git$/, "");
  const wanted = `${owner}/${bare}`.toLowerCase();
  const known = world.repositories.find(({ fullName }) => fullName.toLowerCase() === wanted);
  return known === undefined ? path : `${head}/${known.fullName}${name.slice(bare.length)}${rest}`;
}

async function answer(front: Front, { method, url, request, body }: Incoming): Promise<HttpAnswer> {
  const { world } = front;
  const path = canonicalPath(world, url.pathname);
  const anonymous: GitHubActor = { kind: "anonymous" };
  const unsigned: HttpExchange = {
    method,
    path,
    query: url.searchParams,
    headers: request.headers,
    body,
    actor: anonymous,
  };
  const knowsNoToken = [isInstallPage, isManifestPath].some((isOne) => isOne(path));
  if (path.startsWith("/login/") || path.startsWith("/applications/") || knowsNoToken)
    return refusable(async () => (await dispatchRequest(front.routes, unsigned)) ?? passOn(world, unsigned));
  const picture = method === "GET" ? signedPicture(world, path, url.searchParams) : undefined;
  const page = picture ?? (method === "GET" ? await webPage(world, path) : undefined);
  if (page !== undefined) return page;
  let actor: GitHubActor = anonymous;
  const given = await refusable(async () => {
    actor = await resolveActor(world, request.headers);
    const exchange = { ...unsigned, actor };
    if (isGitPath(path)) return front.git.answer(exchange);
    refuseForeignPaths(actor, path);
    return (await dispatchRequest(front.routes, exchange)) ?? passOn(world, exchange);
  });
  if (method !== "GET" && given.status < 300 && movesBranches.test(path)) await noticeEverywhere(world, path, actor);
  if (isGitPath(path)) return given.status === 401 ? gitChallenge(given) : given;
  return finish(world, { ...unsigned, actor }, given);
}

/** What may move or end a branch. Merges of pull requests tell of it themselves. */
const movesBranches = /\/(?:git-receive-pack|graphql)$|^\/repos\/[^/]+\/[^/]+\/(?:git\/refs|contents|merges)/;

async function noticeEverywhere(world: GitHubWorld, path: string, actor: GitHubActor): Promise<void> {
  for (const repository of world.repositories) {
    const isNamed = path.startsWith(`/repos/${repository.fullName}/`) || path.startsWith(`/${repository.fullName}`);
    if (isNamed || path.endsWith("/graphql")) await noticeBranches(world, repository, actor);
  }
}

function gitChallenge(given: HttpAnswer): HttpAnswer {
  return { ...given, headers: { ...given.headers, "www-authenticate": 'Basic realm="GitHub"' } };
}

/** What every API answer carries: ETag, rate limit, request id, and the scopes of a person's token. */
function finish(world: GitHubWorld, exchange: HttpExchange, given: HttpAnswer): HttpAnswer {
  const cacheable = exchange.method === "GET" && given.status === 200;
  const digest = createHash("sha256").update(given.body).digest("hex");
  const tagged = cacheable ? withEtag(given, digest, exchange.headers["if-none-match"]) : given;
  const free = exchange.path === "/rate_limit";
  const limits = world.rateLimits.headers(exchange.actor, free ? 304 : tagged.status);
  const scopes: Record<string, string> =
    exchange.actor.kind === "user" ? { "x-oauth-scopes": exchange.actor.scopes.join(", ") } : {};
  const id = { "x-github-request-id": randomBytes(8).toString("hex").toUpperCase() };
  return { ...tagged, headers: { ...tagged.headers, ...limits, ...scopes, ...id } };
}

function write(response: ServerResponse, { status, headers, body }: HttpAnswer): void {
  const bodiless = status === 204 || status === 304;
  const length = bodiless ? {} : { "content-length": String(body.length) };
  response.writeHead(status, { ...headers, ...length });
  response.end(bodiless ? undefined : body);
}
