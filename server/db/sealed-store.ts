import type { Database } from "./database";

/** Columns of one sealed value, as stored. */
export type SealedValue = { encryptedValue: string; iv: string; tag: string; keyVersion: number };

/** Tables that hold sealed values, with the columns that say whose a value is. */
const TABLES = {
  user_secrets: { id: "id", owner: "user_id", kind: "name", prefix: "" },
  user_oauth_tokens: { id: "github_user_id", owner: "github_user_id", kind: "kind", prefix: "" },
  installation_tokens: { id: "installation_id", owner: "'app'", kind: "'token'", prefix: "" },
  task_attempts: { id: "task_id || '/' || attempt", owner: "user_id", kind: "'git_token'", prefix: "git_token_" },
  change_sets: {
    id: "task_id || '/' || attempt || '/' || number",
    owner: "user_id",
    kind: "'data_key'",
    prefix: "data_key_",
  },
} as const;
export type SealedTable = keyof typeof TABLES;
const SEALED_TABLES = Object.keys(TABLES) as SealedTable[];

/** `id`, `owner` and `kind` are the parts of which its place is made (`SealedAt`). */
export type SealedRow = SealedValue & { rowid: number; id: string; owner: string; kind: string };

const valueColumn = (table: SealedTable) => {
  const { prefix } = TABLES[table];
  return prefix === "" ? "encrypted_value" : `${prefix}value`;
};

/** Every sealed value of the database, for rewrapping them under a new key. Nothing in here opens one. */
export function createSealedStore(db: Database) {
  const d1 = db.$client;
  return {
    /** Values under another key than `currentVersion`, from `afterRowid` on in the table's own order. */
    async outdated(input: {
      table: SealedTable;
      currentVersion: number;
      afterRowid: number;
      limit: number;
    }): Promise<SealedRow[]> {
      const { id, owner, kind, prefix } = TABLES[input.table];
      const value = valueColumn(input.table);
      const { results } = await d1
        .prepare(
          `SELECT rowid AS rowid, ${id} AS id, ${owner} AS owner, ${kind} AS kind, ${value} AS encryptedValue,
             ${prefix}iv AS iv, ${prefix}tag AS tag, ${prefix}key_version AS keyVersion
           FROM ${input.table} WHERE ${prefix}key_version <> ? AND ${value} IS NOT NULL AND rowid > ? ORDER BY rowid LIMIT ?`,
        )
        .bind(input.currentVersion, input.afterRowid, input.limit)
        .all<Omit<SealedRow, "id" | "owner"> & { id: string | number; owner: string | number }>();
      return results.map((row) => ({ ...row, id: String(row.id), owner: String(row.owner) }));
    },

    /** Puts a value in place of the one with `oldIv`; false when that one has gone meanwhile. */
    async replace(input: { table: SealedTable; rowid: number; oldIv: string; value: SealedValue }): Promise<boolean> {
      const { prefix } = TABLES[input.table];
      const { value } = input;
      const result = await d1
        .prepare(
          `UPDATE ${input.table} SET ${valueColumn(input.table)} = ?, ${prefix}iv = ?, ${prefix}tag = ?, ${prefix}key_version = ?
           WHERE rowid = ? AND ${prefix}iv = ?`,
        )
        .bind(value.encryptedValue, value.iv, value.tag, value.keyVersion, input.rowid, input.oldIv)
        .run();
      return result.meta.changes > 0;
    },

    /** Key versions that rows need, with how many: sealed values, and attempts whose machines may still call. */
    async versionsInUse(): Promise<Map<number, number>> {
      const counts = SEALED_TABLES.map((table) => {
        const { prefix } = TABLES[table];
        return `SELECT ${prefix}key_version AS version, count(*) AS rows FROM ${table} WHERE ${valueColumn(table)} IS NOT NULL GROUP BY 1`;
      });
      counts.push(
        `SELECT hmac_key_version AS version, count(*) AS rows FROM task_attempts WHERE ended_at IS NULL GROUP BY 1`,
      );
      // Side by side: D1 takes no more than five SELECTs in one.
      const answers = await d1.batch<{ version: number; rows: number }>(counts.map((count) => d1.prepare(count)));
      const inUse = new Map<number, number>();
      for (const { version, rows } of answers.flatMap(({ results }) => results)) {
        inUse.set(version, (inUse.get(version) ?? 0) + rows);
      }
      return inUse;
    },
  };
}
export type SealedStore = ReturnType<typeof createSealedStore>;
