import { createServer, type Server } from "node:http";
import { connect, type AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, it } from "vitest";
import { startDevFront, type DevFront } from "./dev-front.ts";
import { freePort } from "./free-port.ts";

let next: Server;
let engine: Server;
let front: DevFront;
let port: number;

async function named(name: string): Promise<Server> {
  const server = createServer((request, response) => {
    response.writeHead(201, { "x-host": request.headers.host ?? "" });
    request.pipe(response, { end: false });
    request.on("end", () => response.end(` ${name} ${request.method} ${request.url}`));
  });
  server.on("upgrade", (_request, socket) => socket.end(`HTTP/1.1 101 Switching Protocols\r\n\r\n${name}`));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}
const portOf = (server: Server): number => (server.address() as AddressInfo).port;

beforeEach(async () => {
  [next, engine, port] = [await named("next"), await named("engine"), await freePort()];
  front = await startDevFront({ port, nextPort: portOf(next), enginePort: portOf(engine) });
});
afterEach(async () => {
  await front.close();
  next.close();
  engine.close();
});

it.each([
  ["/api/webhooks/github", "engine"],
  ["/api/callbacks/claim", "engine"],
  ["/api/tasks?x=/api/callbacks/", "next"],
  ["/", "next"],
])("sends %s to %s with its body and host", async (path, name) => {
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, { method: "POST", body: "body" });
  expect([answer.status, await answer.text()]).toEqual([201, `body ${name} POST ${path}`]);
  expect(answer.headers.get("x-host")).toBe(`127.0.0.1:${port}`);
});

it("passes the reload socket to next", async () => {
  const socket = connect(port, "127.0.0.1");
  socket.write("GET /_next/hmr HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
  const chunks: string[] = [];
  for await (const chunk of socket.setEncoding("utf8") as AsyncIterable<string>) chunks.push(chunk);
  expect(chunks.join("")).toMatch(/^HTTP\/1\.1 101 [\s\S]*next$/);
});

it("answers 502 while the process behind it restarts", async () => {
  await new Promise((resolve) => next.close(resolve));
  expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(502);
  next = await named("next");
});
