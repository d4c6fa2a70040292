import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import budgets from "@/bench/round-trips.json";
import type { Costs } from "@/server/testing/round-trips/counter";
import { countCalls, countTask } from "@/server/testing/round-trips/flows";

declare global {
  namespace Cloudflare {
    interface Env {
      ROUND_TRIPS: string;
    }
  }
}

// What Porter asks of D1, GitHub, Fly, R2 and the queue, counted at its real entry. The figures are exact: what makes a
// flow dearer or cheaper changes them in the same commit (`npm run bench -- round-trips`).

const isTold = env.ROUND_TRIPS === "tell";
/** The first ring has a minute of each; the ten take longer than all else here. */
const isWhole = isTold || env.TEST_RING === "all";
const TASKS = {
  "a task of a minute": { seconds: 60, isWatched: false },
  ...(isWhole && {
    "a task of ten minutes": { seconds: 600, isWatched: false },
    "a task of ten minutes, watched": { seconds: 600, isWatched: true },
  }),
};

/** Rows read are told and not held: a range that ends at another's random id reads one more or less. */
const held = (figures: Record<string, Partial<Costs>>) =>
  Object.entries(figures).map(([name, { rowsRead: _order, ...costs }]) => [name, costs]);

function hold(figures: Record<string, Costs>): void {
  // oxlint-disable-next-line no-console -- bench/round-trips.ts reads it
  if (isTold) return console.log(`round-trips ${JSON.stringify(figures)}`);
  const known = Object.fromEntries(Object.entries(budgets.figures).filter(([name]) => name in figures));
  expect(held(figures)).toEqual(held(known));
}

it("the calls of the hot path cost what is written down", async () => {
  hold(await countCalls());
});

it.each(Object.entries(TASKS))("%s costs what is written down", async (name, task) => {
  hold({ [name]: await countTask(task) });
});
