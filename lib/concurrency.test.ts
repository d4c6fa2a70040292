import { expect, test } from "vitest";
import { eachAtMost } from "./concurrency.ts";

test("every item is taken once, in order, and no more at a time than allowed", async () => {
  const items = Array.from({ length: 20 }, (_, index) => index);
  for (const atOnce of [1, 3, 50]) {
    const taken: number[] = [];
    let [running, most] = [0, 0];
    await eachAtMost(atOnce, items, async (item, index) => {
      expect(item).toBe(index);
      taken.push(item);
      most = Math.max(most, ++running);
      await Promise.resolve();
      running--;
    });
    expect(taken).toEqual(items);
    expect(most).toBe(Math.min(atOnce, items.length));
  }
});

test("a failure of one is the failure of all, and nothing is no work", async () => {
  const failing = eachAtMost(2, [1, 2, 3], (item) => (item === 2 ? Promise.reject(new Error("2")) : Promise.resolve()));
  await expect(failing).rejects.toThrow("2");
  await eachAtMost(2, [], () => Promise.reject(new Error("never")));
});
