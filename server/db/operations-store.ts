import { desc } from "drizzle-orm";
import type { Database } from "./database";
import { clockTicks, deadLetters } from "./schema";

/** What operators look at: the clock that sweeps, and what the queue gave up on. */
export function createOperationsStore(db: Database) {
  return {
    /** Notes that the sweep ran. */
    tick: async (name: string, at: string) => {
      await db.insert(clockTicks).values({ name, at }).onConflictDoUpdate({ target: clockTicks.name, set: { at } });
    },
    lastTick: async (): Promise<string | null> => (await db.select().from(clockTicks).limit(1))[0]?.at ?? null,
    addDeadLetter: async (row: { queue: string; body: string; at: string }) => {
      await db.insert(deadLetters).values(row);
    },
    deadLetters: (limit: number) => db.select().from(deadLetters).orderBy(desc(deadLetters.id)).limit(limit),
  };
}
export type OperationsStore = ReturnType<typeof createOperationsStore>;
