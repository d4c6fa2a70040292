import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, it } from "vitest";
import { startTicker } from "./ticker.ts";

let server: Server;
let url: string;
let isThere = true;
const seen: string[] = [];
beforeEach(async () => {
  seen.length = 0;
  isThere = true;
  server = createServer((request, response) => {
    seen.push(request.url ?? "");
    if (seen.length === 2) request.socket.destroy();
    else response.writeHead(isThere ? 200 : 404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => server.close());

it("calls the cron handler again and again, also after a failure, until it is stopped", async () => {
  const ticker = await startTicker(url, 5);
  await expect.poll(() => seen.length).toBeGreaterThan(3);
  await ticker.stop();
  // A call that was on its way when the ticker stopped has arrived by the time that a later one has.
  await fetch(url);
  const calls = seen.filter((path) => path !== "/");
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(seen.filter((path) => path !== "/")).toHaveLength(calls.length);
  expect(new Set(calls)).toEqual(new Set(["/cdn-cgi/local/scheduled?cron=*+*+*+*+*"]));
});

it("says at once when the clock has no door", async () => {
  isThere = false;
  await expect(startTicker(url, 5)).rejects.toThrow("no clock");
});
