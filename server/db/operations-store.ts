import { desc } from "drizzle-orm";
import type { Database } from "./database";
import { clockTicks, deadLetters } from "./schema";

/** What operators look at: the clock that sweeps, and what the queue gave up on. */
export function createOperationsStore(db: Database) {
  return {
    /** Throws when D1 does not answer. */
    ping: async (): Promise<void> => {
      await db.$client.prepare("SELECT 1").first();
    },
    /** File names, as wrangler notes them; none before the first migration. */
    async appliedMigrations(): Promise<string[]> {
      const table = `SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'd1_migrations'`;
      if ((await db.$client.prepare(table).first()) === null) return [];
      const { results } = await db.$client.prepare("SELECT name FROM d1_migrations").all<{ name: string }>();
      return results.map(({ name }) => name);
    },

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
