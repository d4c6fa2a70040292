import { desc, eq, lte } from "drizzle-orm";
import { kindsOf } from "@/lib/obligations";
import { type Database, quotedList } from "./database";
import { namedStatement } from "./named-statement";
import { clockTicks, deadLetters } from "./schema";

type DueRow = { kind: "delivery" | "mention" | "task"; id: string };

/** What operators look at: the clock that sweeps, and what the queue gave up on. */
export function createOperationsStore(db: Database) {
  return {
    /** Throws when D1 does not answer. */
    ping: async (): Promise<void> => {
      await namedStatement(db.$client, "SELECT 1").first();
    },
    /** File names, as wrangler notes them; none before the first migration. */
    async appliedMigrations(): Promise<string[]> {
      const table = `SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'd1_migrations'`;
      if ((await namedStatement(db.$client, table).first()) === null) return [];
      const { results } = await namedStatement(db.$client, "SELECT name FROM d1_migrations").all<{ name: string }>();
      return results.map(({ name }) => name);
    },

    /** Notes that the sweep ran. */
    tick: async (name: string, at: string) => {
      await db.insert(clockTicks).values({ name, at }).onConflictDoUpdate({ target: clockTicks.name, set: { at } });
    },
    lastTick: async (name: string): Promise<string | null> =>
      (await db.select().from(clockTicks).where(eq(clockTicks.name, name)).limit(1))[0]?.at ?? null,
    /** True for the one caller that may do `name` now: nobody has begun it after `notAfter`. */
    claimTick: async (name: string, input: { at: string; notAfter: string }): Promise<boolean> => {
      const rows = await db
        .insert(clockTicks)
        .values({ name, at: input.at })
        .onConflictDoUpdate({
          target: clockTicks.name,
          set: { at: input.at },
          setWhere: lte(clockTicks.at, input.notAfter),
        })
        .returning({ name: clockTicks.name });
      return rows.length > 0;
    },
    /** The rows that have been due for longest, at most `limit` of each kind, and that nobody has now. */
    dueRows: async (now: string, limit: number): Promise<DueRow[]> =>
      eachOnce((await dueStatement(db, now, limit).all<DueRow>()).results),

    /** When the sweep last ran, and what is due: what whoever passes by wants to know. */
    async lookAround(now: string, limit: number): Promise<{ sweptAt: string | null; due: DueRow[] }> {
      const tick = namedStatement(db.$client, "SELECT 'tick' AS kind, at AS id FROM clock_ticks WHERE name = 'sweep'");
      const [ticks, due] = await db.$client.batch<DueRow>([tick, dueStatement(db, now, limit)]);
      return { sweptAt: ticks?.results[0]?.id ?? null, due: eachOnce(due?.results ?? []) };
    },
    addDeadLetter: async (row: { queue: string; body: string; at: string }) => {
      await db.insert(deadLetters).values(row);
    },
    deadLetters: (limit: number) => db.select().from(deadLetters).orderBy(desc(deadLetters.id)).limit(limit),
  };
}
export type OperationsStore = ReturnType<typeof createOperationsStore>;

function dueStatement(db: Database, now: string, limit: number): D1PreparedStatement {
  const isFree = "(lease_until IS NULL OR lease_until <= :now)";
  const owing = (kind: "delivery" | "mention", more: string) =>
    `SELECT * FROM (SELECT '${kind}' AS kind, subject AS id FROM obligations WHERE due_at <= :now AND kind IN (${quotedList(kindsOf(kind))})${more} ORDER BY due_at LIMIT :limit)`;
  const text = [
    owing("delivery", ""),
    owing("mention", ` AND EXISTS (SELECT 1 FROM mentions WHERE id = subject AND ${isFree})`),
    `SELECT * FROM (SELECT 'task' AS kind, id FROM tasks WHERE due_at <= :now AND ${isFree} ORDER BY due_at LIMIT :limit)`,
  ].join(" UNION ALL ");
  return namedStatement(db.$client, text, { now, limit });
}

/** A mention may owe two things at once. */
const eachOnce = (rows: DueRow[]): DueRow[] => [...new Map(rows.map((row) => [`${row.kind} ${row.id}`, row])).values()];
