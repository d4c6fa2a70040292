import { createServer, request as plainRequest } from "node:http";
import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders, Server, ServerResponse } from "node:http";
import { request as secureRequest } from "node:https";
import { pipeline } from "node:stream";
import { refusalBody, RefusedByPorter, statusOf } from "./refused-by-porter.ts";

export const GITHUB = "https://github.com";
/** Where GitHub keeps the files of releases. */
const FILE_HOSTS = ["objects.githubusercontent.com", "release-assets.githubusercontent.com"];
const MOST_REDIRECTS = 5;
/** No token of anybody's among them: what is private stays out of reach. */
const SENT = [
  "accept",
  "accept-encoding",
  "content-encoding",
  "content-length",
  "content-type",
  "git-protocol",
  "range",
  "user-agent",
];
const RETURNED = [
  "cache-control",
  "content-disposition",
  "content-encoding",
  "content-length",
  "content-range",
  "content-type",
  "etag",
];

const NAME = "[A-Za-z0-9_.-]+";
const REPOSITORY = `/${NAME}/${NAME}`;
const READS = [
  { method: "GET", path: new RegExp(`^${REPOSITORY}/info/refs\\?service=git-upload-pack$`) },
  { method: "POST", path: new RegExp(`^${REPOSITORY}/git-upload-pack$`) },
  { method: "GET", path: new RegExp(`^${REPOSITORY}/releases/(?:latest/)?download/[A-Za-z0-9_.+/~-]+$`) },
  { method: "HEAD", path: new RegExp(`^${REPOSITORY}/releases/(?:latest/)?download/[A-Za-z0-9_.+/~-]+$`) },
];

export type RefusedRead = { host: string; port: number; request: IncomingMessage };

/**
 * Reads of git hosts for the agent, whose door does not lead to them: a tunnel to github.com carries a push with
 * somebody's token as well as a clone. `/<host>/<owner>/<repository>/…` serves fetches of public repositories, and files
 * of their releases. `origin`: the task's own git host.
 */
export function createGitReads(parts: { origin: string; onRefused: (call: RefusedRead) => void }): Server {
  const hosts = new Map([GITHUB, parts.origin].map((origin) => [new URL(origin).host, origin]));
  return createServer((request, response) => {
    const [, host = "", path = ""] = /^\/([^/]+)(\/.*)$/.exec(request.url ?? "") ?? [];
    const origin = hosts.get(host);
    const isRead = READS.some((read) => read.method === request.method && read.path.test(path));
    if (origin === undefined || !isRead || path.includes("/../") || path.includes("/./")) {
      const port = Number(new URL(origin ?? GITHUB).port || 443);
      const name = origin === undefined ? "?" : new URL(origin).hostname;
      parts.onRefused({ host: name, port, request });
      request.resume();
      const refused = new RefusedByPorter("writes");
      response
        .writeHead(statusOf(refused), { "content-type": "application/json" })
        .end(refusalBody(name, port, refused));
      return;
    }
    read({ request, response, origin, prefix: `/${host}`, url: new URL(origin + path), redirects: 0 });
  });
}

/** What git is to be told so that it reads there: its settings, for the file in the agent's home. */
export function gitSettings(port: number, origin: string): string {
  const section = (base: string, others: string[]): string =>
    [`[url "http://127.0.0.1:${port}/${new URL(base).host}/"]`, ...others.map((url) => `\tinsteadOf = ${url}`)].join(
      "\n",
    );
  const ssh = (host: string): string[] => [`git@${host}:`, `ssh://git@${host}/`, `git://${host}/`];
  const bases = [...new Set([GITHUB, origin])];
  return `${bases.map((base) => section(base, [`${base}/`, ...ssh(new URL(base).hostname)])).join("\n")}\n`;
}

type Read = {
  request: IncomingMessage;
  response: ServerResponse;
  origin: string;
  prefix: string;
  url: URL;
  redirects: number;
};

function read(call: Read): void {
  const { request, response, url } = call;
  const send = url.protocol === "https:" ? secureRequest : plainRequest;
  const onwards = send(url, { method: request.method, headers: { ...pick(request.headers, SENT) } });
  onwards.on("response", (answer) => {
    const location = redirectOf(answer, url);
    if (location !== null) {
      answer.resume();
      return redirect(call, location);
    }
    if (response.destroyed) return void answer.destroy();
    response.writeHead(answer.statusCode ?? 502, pick(answer.headers, RETURNED));
    pipeline(answer, response, () => undefined);
  });
  onwards.on("error", () => {
    if (response.headersSent) response.destroy();
    else response.writeHead(502).end();
  });
  response.on("close", () => onwards.destroy());
  if (request.method === "POST" && !request.destroyed) pipeline(request, onwards, () => undefined);
  else onwards.end();
}

const redirectOf = (answer: IncomingMessage, url: URL): URL | null =>
  (answer.statusCode ?? 0) >= 300 && (answer.statusCode ?? 0) < 400 && answer.headers.location !== undefined
    ? URL.parse(answer.headers.location, url.href)
    : null;

/** A repository that was renamed, which git asks for again; or a release's file, which is fetched where it lies. */
function redirect(call: Read, to: URL): void {
  const { request, response, origin, prefix, redirects } = call;
  if (to.origin === origin && to.pathname.includes("/info/refs")) {
    response.writeHead(301, { location: `${prefix}${to.pathname}${to.search}` }).end();
    return;
  }
  const isFile = to.protocol === "https:" && FILE_HOSTS.includes(to.hostname) && to.port === "";
  const mayFollow = request.method !== "POST" && redirects < MOST_REDIRECTS && (isFile || to.origin === origin);
  if (mayFollow) read({ ...call, url: to, redirects: redirects + 1 });
  else response.writeHead(502).end();
}

const pick = (headers: IncomingHttpHeaders, names: readonly string[]): OutgoingHttpHeaders =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => names.includes(name)));
