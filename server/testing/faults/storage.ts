import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { sqliteEngine, type Engine } from "./engine";

declare global {
  namespace Cloudflare {
    interface Env {
      FAULT_STORAGE: DurableObjectNamespace;
      /** JSON of what `npm run test:faults` was asked for; empty in `npm test`. */
      FAULT_RUN: string;
      /** JSON of the sizes that `npm run bench -- scale` was asked for; empty in `npm test`. */
      SCALE_RUN: string;
      /** "all" in `npm run test:all`, else "first" (vitest.config.ts). */
      TEST_RING: string;
    }
  }
}

/** Runs `work` inside a Durable Object whose SQLite holds the real migrations. */
export function withEngine<T>(work: (engine: Engine) => Promise<T>): Promise<T> {
  const stub = env.FAULT_STORAGE.get(env.FAULT_STORAGE.idFromName("fault run"));
  return runInDurableObject(stub, async (_instance, state) => {
    const { sql } = state.storage;
    const known = sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'tasks'").toArray();
    if (known.length === 0)
      for (const query of env.TEST_MIGRATIONS.flatMap((migration) => migration.queries)) sql.exec(query);
    return work(sqliteEngine(state.storage));
  });
}
