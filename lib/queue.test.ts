import { expect, it } from "vitest";
import { ordinalOf, positionInQueue, queueSentence } from "./queue.ts";

it("counts as people do", () => {
  expect([1, 2, 3, 4, 11, 12, 13, 21, 111, 112].map(ordinalOf)).toEqual(
    "1st 2nd 3rd 4th 11th 12th 13th 21st 111th 112th".split(" "),
  );
});

it("says the position and what it waits for", () => {
  expect(queueSentence({ position: 2, waiting: 4, running: 5 }, null)).toBe("2nd of 4: five tasks are running");
  expect(queueSentence({ position: 1, waiting: 1, running: 0 }, null)).toBe("1st of 1: a machine is asked for");
  const reason = { kind: "fly_full", region: "iad", next: "ord" } as const;
  expect(queueSentence({ position: 1, waiting: 2, running: 1 }, reason)).toBe(
    "1st of 2: Fly has no capacity in iad, trying ord",
  );
});

it("finds a task's position in the queue, and none for what does not stand in it", () => {
  const line = { line: ["two", "one"], queued: 3, running: 5 };
  expect(positionInQueue("one", line)).toEqual({ position: 2, waiting: 3, running: 5 });
  expect(positionInQueue("three", line)).toBeNull();
});
