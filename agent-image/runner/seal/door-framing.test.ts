import { once } from "node:events";
import { createServer as createHttpServer } from "node:http";
import { type AddressInfo, connect, createServer, type Server } from "node:net";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { DEFAULT_NETWORK_POLICY } from "../../../lib/network.ts";
import { Dialer } from "./dialer.ts";
import { createDoor, type RefusedCall } from "./door.ts";
import { HostList } from "./host-list.ts";

// Behind one address of a content network stand many hosts: whoever slips a second request into the connection of a
// listed one reaches any of them.

/** What the listed host heard. */
const heard: { method: string; host: string; path: string; body: string }[] = [];
const refused: RefusedCall[] = [];
const servers: Server[] = [];
let proxy: number;

async function listening(server: Server): Promise<number> {
  servers.push(server.listen(0, "127.0.0.1"));
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

beforeAll(async () => {
  const host = createHttpServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const { method = "", url: path = "" } = request;
      if (path !== "/last")
        heard.push({ method, host: request.headers.host ?? "", path, body: Buffer.concat(chunks).toString() });
      response.end("fine");
    });
  });
  const port = await listening(host);
  const dialer = new Dialer({
    hosts: new HostList({ ...DEFAULT_NETWORK_POLICY, allow: ["listed.example"] }, []),
    standIns: new Map([["listed.example:80", { host: "127.0.0.1", port }]]),
    resolve: () => Promise.reject(new Error("nobody else is looked up")),
  });
  const door = createDoor({ dialer, onRefused: (call) => void refused.push(call) });
  proxy = await listening(createServer((client) => door.proxy(client)));
});
beforeEach(() => {
  heard.length = 0;
  refused.length = 0;
});
afterAll(() => {
  for (const server of servers) server.close();
});

const LISTED = "http://listed.example/own HTTP/1.1\r\nhost: listed.example\r\n";
const LAST = `GET ${LISTED.replace("/own", "/last")}connection: close\r\n\r\n`;

/** Sends these bytes and one more request on one connection, and waits until the door has hung up. */
async function say(bytes: string): Promise<string> {
  const client = connect(proxy, "127.0.0.1");
  client.on("error", () => undefined);
  let answer = "";
  client.on("data", (chunk: Buffer) => (answer += chunk.toString()));
  // What was meant as a body may have taken the last request in.
  client.setTimeout(2000, () => client.destroy());
  client.write(bytes + LAST);
  await once(client, "close");
  return answer;
}

const INNER = "GET /slipped HTTP/1.1\r\nhost: evil.example\r\n\r\n";
const chunked = (text: string): string => `${text.length.toString(16)}\r\n${text}\r\n0\r\n\r\n`;
const BY_LENGTH = `content-length: ${INNER.length}\r\n`;
const BY_CHUNKS = "transfer-encoding: chunked\r\n";

test.each(
  ["GET", "HEAD", "DELETE", "OPTIONS", "TRACE", "POST", "PUT", "PATCH", "PROPFIND"].flatMap((method) => [
    [`${method} in chunks`, `${method} ${LISTED}${BY_CHUNKS}\r\n${chunked(INNER)}`],
    [`${method} of a length`, `${method} ${LISTED}${BY_LENGTH}\r\n${INNER}`],
    [
      `${method} of a length that is for one connection only`,
      `${method} ${LISTED}${BY_LENGTH}connection: content-length\r\n\r\n${INNER}`,
    ],
    [
      `${method} in chunks that are for one connection only`,
      `${method} ${LISTED}${BY_CHUNKS}connection: transfer-encoding\r\n\r\n${chunked(INNER)}`,
    ],
  ]),
)("a body stays a body: %s", async (_name, bytes) => {
  await say(bytes);
  expect(heard.map(({ host, path, body }) => [host, path, body])).toEqual([["listed.example", "/own", INNER]]);
});

test.each([
  ["two lengths", `GET ${LISTED}content-length: 0\r\n${BY_LENGTH}\r\n${INNER}`],
  ["a length and chunks", `POST ${LISTED}${BY_LENGTH}${BY_CHUNKS}\r\n0\r\n\r\n${INNER}`],
  ["a length with a sign", `POST ${LISTED}content-length: +${INNER.length}\r\n\r\n${INNER}`],
  ["a space before a colon", `POST ${LISTED}transfer-encoding : chunked\r\n\r\n${chunked(INNER)}`],
  ["a folded line", `POST ${LISTED}x: y\r\n transfer-encoding: chunked\r\n\r\n${INNER}`],
  ["a bare line feed", `GET ${LISTED.replaceAll("\r\n", "\n")}x: y\nhost: evil.example\n\n`],
  ["another coding", `POST ${LISTED}transfer-encoding: xchunked\r\n\r\n${INNER}`],
  ["two codings", `POST ${LISTED}transfer-encoding: chunked, identity\r\n\r\n${INNER}`],
  ["a chunk with a length that overflows", `POST ${LISTED}${BY_CHUNKS}\r\nfffffffffffffffff\r\n${INNER}`],
])("what can be read in two ways reaches nobody as two: %s", async (_name, bytes) => {
  await say(bytes);
  expect(heard.filter(({ host, path }) => host !== "listed.example" || path !== "/own")).toEqual([]);
});

test("requests one after the other on one connection are each looked at", async () => {
  const evil = "GET http://evil.example/out HTTP/1.1\r\nhost: evil.example\r\n\r\n";
  const answer = await say(`GET ${LISTED}\r\n${evil}`);
  expect(heard.map(({ host, path }) => host + path)).toEqual(["listed.example/own"]);
  // After a refusal the door hangs up.
  expect(answer.match(/HTTP\/1\.1 \d+/g)).toEqual(["HTTP/1.1 200", "HTTP/1.1 403"]);
  expect(refused.map(({ host }) => host)).toEqual(["evil.example"]);
});

test.each([
  "http://listed.example@evil.example/",
  "http://evil.example/#@listed.example/",
  "http://evil.example\\@listed.example/",
  "http://listed.example:80@evil.example/",
  "http://listed.example.evil.example/",
  "http://evil.example%2elisted.example/",
  "//evil.example/",
  "/evil",
  "ftp://listed.example/",
  "https://listed.example/",
  "http://listed.example:443/",
  "http://listed.example:22/",
  "http://0177.0.0.1/",
  "http://①②⑦.0.0.1/",
])("an address that means another host is refused: %s", async (url) => {
  const answer = await say(`GET ${url} HTTP/1.1\r\nhost: listed.example\r\n\r\n`);
  expect(answer).toMatch(/^(?:HTTP\/1\.1 (?:403|400|502) |$)/);
  expect(heard).toEqual([]);
});

test("a listed host is told its own name, whatever `Host` says", async () => {
  await say(`GET http://listed.example/own HTTP/1.1\r\nhost: evil.example\r\n\r\n`);
  expect(heard.map(({ host, path }) => host + path)).toEqual(["listed.example/own"]);
});
