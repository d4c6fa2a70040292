import { createServer } from "node:net";
import { expect, it } from "vitest";
import { freePort } from "./free-port.ts";

it("takes the wanted port when it is free, and another one when it is busy", async () => {
  const wanted = await freePort();
  expect(await freePort([wanted])).toBe(wanted);
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(wanted, "127.0.0.1", resolve));
  const other = await freePort([wanted]);
  expect(other).not.toBe(wanted);
  expect(other).toBeGreaterThan(0);
  await new Promise((resolve) => server.close(resolve));
});
