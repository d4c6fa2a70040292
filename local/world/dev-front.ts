import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from "node:http";
import { connect } from "node:net";
import type { Duplex } from "node:stream";

export type DevFront = { close(): Promise<void> };

/** What the engine answers: the paths of server/entry/hot-paths.ts. */
const HOT = /^\/api\/(webhooks\/|callbacks\/)/;

/**
 * Porter's one address in development: hot paths go to the engine, everything else to `next dev`, its reload socket
 * included. Two processes that both write the one database would lock each other out, and the hot paths write most.
 */
export async function startDevFront(ports: { port: number; enginePort: number; nextPort: number }): Promise<DevFront> {
  const target = (request: IncomingMessage): number =>
    HOT.test(request.url ?? "") ? ports.enginePort : ports.nextPort;
  const server = createServer((request, response) => forward(request, response, target(request)));
  server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) =>
    tunnel(request, { socket, head }, target(request)),
  );
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(ports.port, "127.0.0.1", resolve);
  });
  return {
    async close() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

function forward(request: IncomingMessage, response: ServerResponse, port: number): void {
  const { method, url, headers } = request;
  const passed = httpRequest({ host: "127.0.0.1", port, method, path: url, headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  passed.on("error", () => {
    if (!response.headersSent) response.writeHead(502);
    response.end();
  });
  // A reader that left must not keep an event stream open.
  response.on("close", () => passed.destroy());
  request.pipe(passed);
}

function tunnel(request: IncomingMessage, from: { socket: Duplex; head: Buffer }, port: number): void {
  const { socket, head } = from;
  const through = connect(port, "127.0.0.1", () => {
    const headers = request.rawHeaders.flatMap((text, index) =>
      index % 2 === 0 ? [`${text}: ${request.rawHeaders[index + 1] ?? ""}`] : [],
    );
    through.write([`${request.method} ${request.url} HTTP/1.1`, ...headers, "", ""].join("\r\n"));
    through.write(head);
    through.pipe(socket).pipe(through);
  });
  through.on("error", () => socket.destroy());
  socket.on("error", () => through.destroy());
  socket.on("close", () => through.destroy());
}
