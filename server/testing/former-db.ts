import { applyD1Migrations, type D1Migration } from "cloudflare:test";
import { env } from "cloudflare:workers";

declare global {
  namespace Cloudflare {
    interface Env {
      FORMER_DB: D1Database;
      /** The files of drizzle/later. */
      LATER_MIGRATIONS: D1Migration[];
    }
  }
}

/** A row of that release: the schema of today has other columns. */
export type RawRow = Record<string, string | number | null>;

/** The database as the release before 0004 knew it, empty: files that share a runtime share it, too. */
export async function formerDb(): Promise<D1Database> {
  const db = env.FORMER_DB;
  const { results } = await db
    .prepare(
      "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT GLOB 'sqlite_*' AND name NOT GLOB '_cf_*'",
    )
    .all<{ name: string }>();
  // A view without its tables lets no other table be changed.
  await db.prepare("DROP VIEW IF EXISTS audit").run();
  for (const { name } of results) await db.prepare(`DROP TABLE "${name}"`).run();
  const before = env.TEST_MIGRATIONS.filter(({ name }) => name < "0004");
  await applyD1Migrations(db, before);
  return db;
}

export async function insertRaw(db: D1Database, table: string, row: RawRow): Promise<void> {
  const columns = Object.keys(row);
  const places = columns.map(() => "?").join(", ");
  await db
    .prepare(`INSERT INTO ${table} (${columns.join(", ")}) VALUES (${places})`)
    .bind(...Object.values(row))
    .run();
}
