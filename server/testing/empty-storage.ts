import { env } from "cloudflare:workers";

/** What a fault run writes down what it saw in (faults/history): each write of a later file would be counted with it. */
async function dropHistory(): Promise<void> {
  const { results } = await env.DB.prepare(
    "SELECT type, name FROM sqlite_master WHERE name GLOB 'fault_*' AND type IN ('table', 'trigger') ORDER BY type DESC",
  ).all<{ type: string; name: string }>();
  if (results.length > 0) await env.DB.batch(results.map(({ type, name }) => env.DB.prepare(`DROP ${type} "${name}"`)));
}

async function emptyTables(): Promise<void> {
  const { results } = await env.DB.prepare(
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT GLOB 'd1_*' AND name NOT GLOB '_cf_*'",
  ).all<{ name: string }>();
  const emptied = results.map(({ name }) => env.DB.prepare(`DELETE FROM "${name}"`));
  // The audit log lets nobody delete a line of it, and would write down the deletions.
  const { results: triggers } = await env.DB.prepare(
    "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name GLOB 'audit_*'",
  ).all<{ name: string; sql: string }>();
  await env.DB.batch([
    env.DB.prepare("PRAGMA defer_foreign_keys = on"),
    ...triggers.map(({ name }) => env.DB.prepare(`DROP TRIGGER "${name}"`)),
    ...emptied,
    ...triggers.map(({ sql }) => env.DB.prepare(sql)),
    // What the planner was told of the rows that went is read again with them: else the next file's plans are of theirs.
    env.DB.prepare("ANALYZE sqlite_schema"),
  ]);
}

async function emptyBucket(): Promise<void> {
  for (let cursor: string | undefined, isMore = true; isMore;) {
    const page = await env.LOGS.list(cursor === undefined ? {} : { cursor });
    if (page.objects.length > 0) await env.LOGS.delete(page.objects.map(({ key }) => key));
    isMore = page.truncated;
    cursor = page.truncated ? page.cursor : undefined;
  }
}

/** Every row of D1 and every file of R2 goes. */
export async function emptyStorage(): Promise<void> {
  await dropHistory();
  await Promise.all([emptyTables(), emptyBucket()]);
}
