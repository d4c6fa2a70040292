import { expect, test } from "vitest";
import { withMemory } from "./with-memory";

const MB = 1024 ** 2;
const NOW = 1_000_000;
const waiting = () => Promise.withResolvers<void>();

test("takes as much at once as an isolate has memory for, and again when that is done", async () => {
  const [one, two] = [waiting(), waiting()];
  const first = withMemory(40 * MB, NOW, () => one.promise.then(() => "first"));
  const second = withMemory(30 * MB, NOW, () => two.promise.then(() => "second"));
  expect(await withMemory(10 * MB, NOW, async () => "third")).toBeNull();
  one.resolve();
  expect(await first).toBe("first");
  expect(await withMemory(10 * MB, NOW, async () => "third")).toBe("third");
  two.resolve();
  expect(await second).toBe("second");
});

test("what fails gives its room back, and what the platform ended long ago does not keep it", async () => {
  await expect(withMemory(70 * MB, NOW, () => Promise.reject(new Error("no")))).rejects.toThrow("no");
  const cut = waiting();
  const never = withMemory(70 * MB, NOW, () => cut.promise);
  expect(await withMemory(10 * MB, NOW + 60_000, async () => "soon")).toBeNull();
  expect(await withMemory(10 * MB, NOW + 600_000, async () => "later")).toBe("later");
  cut.resolve();
  await never;
});

test("one thing alone is always taken, however large", async () => {
  expect(await withMemory(500 * MB, NOW, async () => "alone")).toBe("alone");
});
