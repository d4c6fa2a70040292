import { expect, test } from "vitest";
import { createLateOpener } from "./late-opener";

/** A client that comes when the test says so, and what becomes of one stream. */
function world() {
  const loads: { come: (client: string) => void; fail: (why: Error) => void }[] = [];
  const told: string[] = [];
  const openLate = createLateOpener<string>({
    load: () => new Promise((come, fail) => void loads.push({ come, fail })),
    tellMissing: () => void told.push("missing"),
  });
  const start = () =>
    openLate({
      open: (client) => {
        told.push(`open ${client}`);
        return { unsubscribe: () => void told.push("closed") };
      },
      onError: () => void told.push("error"),
    });
  return { loads, told, start };
}

test("a stream opens when the client is there, and closes with its end", async () => {
  const { loads, told, start } = world();
  const stream = start();
  expect(told).toEqual([]);
  loads[0]?.come("client");
  await Promise.resolve();
  stream.unsubscribe();
  expect(told).toEqual(["open client", "closed"]);
});

test("a stream that was given up before the client came is never opened, nor does it fail", async () => {
  const { loads, told, start } = world();
  start().unsubscribe();
  start().unsubscribe();
  loads[0]?.come("client");
  loads[1]?.fail(new Error("no line"));
  await Promise.resolve();
  await Promise.resolve();
  expect(told).toEqual([]);
});

test("a client that does not come is a failure of the stream; from the third on the page says that it is old, once", async () => {
  const { loads, told, start } = world();
  for (let miss = 0; miss < 5; miss++) {
    start();
    loads[miss]?.fail(new Error("gone"));
    await Promise.resolve();
    await Promise.resolve();
  }
  expect(told).toEqual(["error", "error", "missing", "error", "error", "error"]);
});
