import { createServer, request as httpRequest } from "node:http";
import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders, Server, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { pipeline } from "node:stream";
import type { Socket } from "node:net";
import type { Dialer } from "./dialer.ts";
import { plainHost } from "./host-list.ts";
import { refusalBody, RefusedByPorter, statusOf } from "./refused-by-porter.ts";
import { tunnelTls } from "./tunnel-tls.ts";

/** A call that the door refused, and the connection that it came on. */
export type RefusedCall = { host: string; port: number; client: Duplex };

export type SealDoor = {
  /** A connection to the HTTP proxy. */
  proxy(client: Socket): void;
  /** A connection that is plain HTTP to one host. null: to none that is known. */
  plain(client: Socket, host: string | null): void;
  /** A connection that is TLS to one host. */
  secure(client: Socket, host: string | null): void;
};

/** Not for the next one (RFC 9110 7.6.1). `upgrade` is dropped and not refused: Java's client asks each server for h2c. */
const OWN_HEADERS = "connection keep-alive proxy-connection proxy-authorization te trailer transfer-encoding upgrade";
const HOP_BY_HOP = new Set(OWN_HEADERS.split(" "));

/**
 * The way out of a sealed machine: an HTTP proxy (CONNECT and absolute form), and the same for connections whose host is
 * known already. It opens no TLS. It is given its connections; who listens, and where, is not its matter.
 */
export function createDoor(parts: { dialer: Dialer; onRefused: (call: RefusedCall) => void }): SealDoor {
  const { dialer, onRefused } = parts;
  // Which connections belong to one host. Others are the proxy's.
  const hosts = new WeakMap<Duplex, string>();
  const server = createServer((request, response) => {
    forward({ request, response, dialer, fixed: hosts.get(request.socket) ?? null }, onRefused).catch(() =>
      response.destroy(),
    );
  });
  server.on("connect", (request: IncomingMessage, client: Duplex, head: Buffer) => {
    client.on("error", () => client.destroy());
    if (head.length > 0) client.unshift(head);
    openTunnel({ request, client, dialer, server, hosts }, onRefused).catch(() => client.destroy());
  });
  server.on("clientError", (_error, client) => client.destroy());
  const secure = async (client: Socket, host: string | null): Promise<void> => {
    client.on("error", () => client.destroy());
    try {
      if (host === null) throw new RefusedByPorter("not_a_name");
      await tunnelTls(client, host, await dialer.dial(host, 443));
    } catch (error) {
      if (error instanceof RefusedByPorter) onRefused({ host: host ?? "?", port: 443, client });
      client.destroy();
    }
  };
  return {
    proxy: (client) => void server.emit("connection", client),
    plain: (client, host) => {
      hosts.set(client, host ?? "?");
      server.emit("connection", client);
    },
    secure: (client, host) => void secure(client, host),
  };
}

type Forwarded = { request: IncomingMessage; response: ServerResponse; dialer: Dialer; fixed: string | null };

/** One plain request. `fixed`: the only host that this connection may name. */
async function forward(call: Forwarded, onRefused: (call: RefusedCall) => void): Promise<void> {
  const { request, response, dialer, fixed } = call;
  // Put together, not resolved: new URL("//other.example", base) would be the other host.
  const url = URL.parse(fixed === null ? (request.url ?? "") : `http://${fixed}${request.url ?? ""}`);
  const host = plainHost(url?.hostname ?? fixed ?? "?");
  const port = Number(url?.port || 80);
  try {
    if (url?.protocol !== "http:" || (fixed !== null && host !== fixed)) throw new RefusedByPorter("not_http");
    const named = plainHost((request.headers.host ?? host).replace(/:80$/, ""));
    if (fixed !== null && named !== fixed) throw new RefusedByPorter("other_host");
    // TLS is for tunnels: plain text to a port of TLS is neither.
    if (port !== 80) throw new RefusedByPorter("port");
    const socket = await dialer.dial(host, port);
    send({ request, response, path: url.pathname + url.search, host, socket });
  } catch (error) {
    if (error instanceof RefusedByPorter) onRefused({ host, port, client: request.socket });
    const body = error instanceof RefusedByPorter ? refusalBody(host, port, error) : "";
    request.resume();
    response.writeHead(statusOf(error), { "content-type": "application/json", connection: "close" }).end(body);
  }
}

type Onwards = { request: IncomingMessage; response: ServerResponse; path: string; host: string; socket: Socket };

function send({ request, response, path, host, socket }: Onwards): void {
  const headers = { ...endToEnd(request.headers), ...framing(request.headers), host };
  const onwards = httpRequest({ method: request.method, path, headers, createConnection: () => socket });
  onwards.on("response", (answer) => {
    // pipeline throws, and so would end the supervisor, when the agent has hung up meanwhile.
    if (response.destroyed) return void answer.destroy();
    response.writeHead(answer.statusCode ?? 502, endToEnd(answer.headers));
    pipeline(answer, response, () => undefined);
  });
  onwards.on("error", () => response.destroy());
  response.on("close", () => onwards.destroy());
  if (request.destroyed) onwards.destroy();
  else pipeline(request, onwards, () => undefined);
}

/** Without what is for one connection only, and what its `connection` header lists as such. */
function endToEnd(headers: OutgoingHttpHeaders): OutgoingHttpHeaders {
  const listed = new Set(
    String(headers.connection ?? "")
      .toLowerCase()
      .split(/\s*,\s*/),
  );
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !HOP_BY_HOP.has(name) && !listed.has(name)));
}

/**
 * How long a body is, always said anew: without it what a GET or a DELETE brings along would be sent as it is, and be the
 * next request on that connection, to a host that nobody looked at.
 */
function framing({ "content-length": length, "transfer-encoding": coding }: IncomingHttpHeaders): OutgoingHttpHeaders {
  if (coding !== undefined) return { "transfer-encoding": "chunked" };
  return length === undefined ? {} : { "content-length": length };
}

type Connect = {
  request: IncomingMessage;
  client: Duplex;
  dialer: Dialer;
  server: Server;
  hosts: WeakMap<Duplex, string>;
};

async function openTunnel(call: Connect, onRefused: (call: RefusedCall) => void): Promise<void> {
  const { request, client, dialer, server, hosts } = call;
  const [, name = "?", digits = "0"] = /^(.*?):(\d{1,5})$/.exec(request.url ?? "") ?? [];
  const [host, port] = [plainHost(name), Number(digits)];
  let isOpen = false;
  const accept = (): void => {
    client.write("HTTP/1.1 200 Connection established\r\n\r\n");
    isOpen = true;
  };
  try {
    if (port === 80) {
      // undici tunnels plain HTTP, too: it is read as requests to that host.
      dialer.permit(host, port);
      accept();
      hosts.set(client, host);
      server.emit("connection", client);
      return;
    }
    const upstream = await dialer.dial(host, port);
    accept();
    await tunnelTls(client, host, upstream);
  } catch (error) {
    if (error instanceof RefusedByPorter) onRefused({ host, port, client });
    if (isOpen) client.destroy();
    else client.end(refusedConnect(host, port, error));
  }
}

function refusedConnect(host: string, port: number, error: unknown): string {
  const body = error instanceof RefusedByPorter ? refusalBody(host, port, error) : "";
  const status = error instanceof RefusedByPorter ? "403 Closed by Porter" : "502 Not reached";
  const head = ["content-type: application/json", `content-length: ${Buffer.byteLength(body)}`, "connection: close"];
  return `HTTP/1.1 ${status}\r\n${head.join("\r\n")}\r\n\r\n${body}`;
}
