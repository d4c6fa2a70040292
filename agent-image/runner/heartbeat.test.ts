import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { startHeartbeat } from "./heartbeat.ts";
import { StopSignal } from "./stop-signal.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it("says that the machine lives only where no batch came for the time between two", async () => {
  const begun = Date.now();
  const said: number[] = [];
  let heardAt = 0;
  const porter = {
    listens: true,
    heartbeat() {
      said.push(Date.now() - begun);
      return Promise.resolve({ kind: "ok" as const });
    },
  };
  const heartbeat = startHeartbeat({ porter, everyMs: 15_000, stop: new StopSignal(), heardAt: () => heardAt });
  for (let second = 1; second <= 40; second++) {
    await vi.advanceTimersByTimeAsync(1000);
    if (second % 5 === 0) heardAt = Date.now();
  }
  expect(said).toEqual([]);
  await vi.advanceTimersByTimeAsync(31_000);
  expect(said).toEqual([55_000, 70_000]);
  heartbeat.end();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(said).toHaveLength(2);
});
