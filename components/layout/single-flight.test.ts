import { expect, test } from "vitest";
import { createSingleFlight } from "./single-flight";

function world() {
  const said: string[] = [];
  const flight = createSingleFlight<"saving" | "testing">((error) => void said.push(String(error)));
  const open = Promise.withResolvers<void>();
  let calls = 0;
  const call = () => {
    calls += 1;
    return open.promise;
  };
  return { ...flight, said, open, call, calls: () => calls };
}

test("a second call while one is on its way is not made, whatever it is for", async () => {
  const { run, busy, call, calls, open, said } = world();
  const first = run("saving", call);
  expect(busy.get()).toBe("saving");
  expect(await run("saving", call)).toBe(false);
  expect(await run("testing", call)).toBe(false);
  open.resolve();
  expect(await first).toBe(true);
  expect([calls(), busy.get(), said]).toEqual([1, null, []]);
});

test("what failed is said once, and the next call is free", async () => {
  const { run, busy, call, open, said } = world();
  const first = run("saving", call);
  open.reject(new Error("no line"));
  expect(await first).toBe(false);
  expect(said).toEqual(["Error: no line"]);
  expect(busy.get()).toBeNull();
  expect(await run("testing", async () => {})).toBe(true);
});
