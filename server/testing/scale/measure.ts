import { LINE_TOLD } from "@/lib/queue";
import { TERMINAL_STATUSES } from "@/lib/task";
import type { TaskSection } from "@/lib/task-state";
import { NOW } from "@/server/testing/rows";
import { openStores } from "@/server/db/open-stores";
import type { Stores } from "@/server/db/stores";
import { rebuildEndedWeeks } from "@/server/db/ended-weeks";
import { openDatabase } from "@/server/db/database";
import { fillHeavy, fillOthers, fillSubject, HEAVY, withoutTriggers } from "./fill";
import { type StatementCost, meteredDatabase } from "./metered";
import { QUESTIONS } from "./questions";

/** What one method costs, and the steps of its plans that grow with their table. */
export type Measured = { method: string; statements: number; read: number; written: number; plans: string[] };

/** A sort of what was found, or a walk over a whole table or index (the second word is its name or alias). */
const SORT = /USE TEMP B-TREE/;
const WALK = /^SCAN (\w+)/;

const STATISTICS_FROM = 100_000;
const A_PAGE = 20_000;

export type ScaleWorld = ReturnType<typeof createScaleWorld>;

/** The database of the questions, which grows. */
export function createScaleWorld(storage: DurableObjectStorage) {
  const { d1, costs } = meteredDatabase(storage);
  const stores = openStores(d1);
  let others = 0;
  const tables = new Set(
    storage.sql
      .exec<{ name: string }>("SELECT name FROM sqlite_master WHERE type = 'table'")
      .toArray()
      .map(({ name }) => name),
  );

  const planOf = ({ sql, params }: StatementCost): string[] =>
    storage.sql
      .exec<{ detail: string }>(`EXPLAIN QUERY PLAN ${sql}`, ...Array.from({ length: params }, () => 1))
      .toArray()
      .map(({ detail }) => detail);

  /** Whatever `ask` writes is taken back: every method meets the same rows. */
  async function measure(method: string, ask: () => Promise<unknown>): Promise<Measured> {
    const first = costs.length;
    await storage.transaction(async (transaction) => {
      await ask();
      transaction.rollback();
    });
    const own = costs.slice(first);
    const sum = (field: "read" | "written") => own.reduce((total, cost) => total + cost[field], 0);
    const plans = own
      .flatMap((cost) => planOf(cost))
      .filter((step) => SORT.test(step) || tables.has(WALK.exec(step)?.[1] ?? ""));
    return {
      method,
      statements: own.length,
      read: sum("read"),
      written: sum("written"),
      plans: [...new Set(plans)],
    };
  }

  return {
    stores,
    measure,
    /** One person with their tasks, somebody with very many, and nobody else. */
    async begin(heavy: number = HEAVY.tasks): Promise<void> {
      withoutTriggers(storage.sql, () => {
        fillSubject(storage.sql);
        fillHeavy(storage.sql, heavy);
      });
      await rebuildEndedWeeks(openDatabase(d1));
    },
    /** As many tasks of other people in all. */
    async growTo(count: number): Promise<void> {
      // On disk page by page: what is not there yet is held in memory.
      for (; others < count; others = Math.min(count, others + A_PAGE)) {
        withoutTriggers(storage.sql, () => fillOthers(storage.sql, others, Math.min(count, others + A_PAGE)));
        await storage.sync();
      }
      await rebuildEndedWeeks(openDatabase(d1));
      // Of a small table the planner rightly thinks that a walk over it is as good.
      if (count >= STATISTICS_FROM) storage.sql.exec("PRAGMA optimize");
    },
    /** Every method of every store, as the stores have them. */
    async measureAll(): Promise<Measured[]> {
      const all: Measured[] = [];
      for (const [method, ask] of everyMethod(stores)) all.push(await measure(method, ask));
      return all;
    },
    /** What the database is asked for the list and the history of somebody with very many tasks. */
    async measurePages(): Promise<{ page: string; read: number }[]> {
      const all: { page: string; read: number }[] = [];
      for (const [page, ask] of pagesOf(stores)) {
        all.push({ page, read: (await measure(page, ask)).read });
      }
      return all;
    },
    bytes: (): number => storage.sql.databaseSize,
  };
}

/** Names that the stores have; one without a question throws. */
function everyMethod(stores: Stores): [string, () => Promise<unknown>][] {
  const questions: Record<string, Record<string, () => unknown[]>> = QUESTIONS;
  return Object.entries(stores).flatMap(([store, methods]) =>
    Object.entries<(...args: never[]) => unknown>(methods).map(([name, method]): [string, () => Promise<unknown>] => {
      const asked = questions[store]?.[name];
      if (asked === undefined) throw new Error(`no question of ${store}.${name} in server/testing/scale/questions.ts`);
      return [`${store}.${name}`, async () => method(...(asked() as never[]))];
    }),
  );
}

/** As `app/(work)` asks: the frame, then its lists or the history. */
function pagesOf({ tasks }: Stores): [string, () => Promise<unknown>][] {
  const now = Date.parse(NOW);
  const frame = () => tasks.frame(HEAVY.userId, now, LINE_TOLD);
  const list = (section: TaskSection, limit: number) => tasks.search(HEAVY.userId, { section, now, limit: limit + 1 });
  return [
    [
      "/tasks",
      async () => [
        await frame(),
        await list("attention", 25),
        await list("running", 50),
        await list("queued", 50),
        await list("done", 40),
      ],
    ],
    [
      "/history",
      async () => [
        await frame(),
        await tasks.search(HEAVY.userId, { statuses: [...TERMINAL_STATUSES], now, limit: 51 }),
        await tasks.stats(HEAVY.userId, {
          now,
          statuses: [...TERMINAL_STATUSES],
          offsets: [{ since: "", minutes: 0 }],
        }),
      ],
    ],
  ];
}
