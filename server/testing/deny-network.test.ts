import { createServer } from "node:http";
import { once } from "node:events";
import { connect } from "node:net";
import { expect, test } from "vitest";

test("a test cannot reach a host outside this machine", async () => {
  await expect(fetch("https://porter.invalid/")).rejects.toMatchObject({
    cause: { message: expect.stringContaining("tests may only use loopback") },
  });
  expect(() => connect(80, "192.0.2.1")).toThrow("tests may only use loopback");
});

test("a test may talk to a server of its own", async () => {
  const server = createServer((_request, response) => response.end("here")).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const answer = await fetch(`http://localhost:${address.port}/`);
  expect(await answer.text()).toBe("here");
  server.close();
});
