import { expect, test } from "vitest";
import type { TaskRowView } from "@/lib/live";
import { needsPolling, recountOnMoves } from "./count-triggers";
import { createTaskFeed } from "./task-feed";

const row = (id: string, seq: number, status: TaskRowView["status"]) => ({ id, seq, status }) as TaskRowView;

test("counts are asked for when a task goes into another state, once for all of one message, and never for progress", () => {
  const feed = createTaskFeed(0);
  let asked = 0;
  const stop = recountOnMoves(feed, () => (asked += 1));
  feed.take([row("a", 1, "running"), row("b", 2, "queued")]);
  expect(asked).toBe(1);
  feed.take([row("a", 3, "running")]);
  expect(asked).toBe(1);
  feed.take([row("a", 4, "success")]);
  expect(asked).toBe(2);
  stop();
  feed.take([row("a", 5, "running")]);
  expect(asked).toBe(2);
});

const [moving, still] = [
  { running: 0, queued: 1 },
  { running: 0, queued: 0 },
];
test.each([
  ["live", false, moving, false],
  ["live", true, still, true],
  ["resting", false, moving, true],
  ["resting", true, still, false],
  ["lost", true, moving, false],
  ["connecting", true, moving, false],
  ["signed_out", true, moving, false],
] as const)(
  "a tab that is %s, stream suspended: %s, with %o asks by the clock: %s",
  (connection, isSuspended, counts, asks) => {
    expect(needsPolling({ connection, isSuspended, ...counts })).toBe(asks);
  },
);
