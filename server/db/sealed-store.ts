import type { Database } from "./database";
import { namedStatement } from "./named-statement";

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
  repository_secrets: {
    id: "repository_id || '/' || name",
    owner: "'repository/' || repository_id",
    kind: "name",
    prefix: "",
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
      const { table, currentVersion, afterRowid, limit } = input;
      const { results } = await namedStatement(
        d1,
        `SELECT rowid AS rowid, ${id} AS id, ${owner} AS owner, ${kind} AS kind, ${value} AS encryptedValue,
           ${prefix}iv AS iv, ${prefix}tag AS tag, ${prefix}key_version AS keyVersion
         FROM ${table} WHERE ${prefix}key_version <> :currentVersion AND ${value} IS NOT NULL AND rowid > :afterRowid ORDER BY rowid LIMIT :limit`,
        { currentVersion, afterRowid, limit },
      ).all<Omit<SealedRow, "id" | "owner"> & { id: string | number; owner: string | number }>();
      return results.map((row) => ({ ...row, id: String(row.id), owner: String(row.owner) }));
    },

    /** Puts a value in place of the one with `oldIv`; false when that one has gone meanwhile. */
    async replace(input: { table: SealedTable; rowid: number; oldIv: string; value: SealedValue }): Promise<boolean> {
      const { table, rowid, oldIv } = input;
      const { encryptedValue, iv, tag, keyVersion } = input.value;
      const { prefix } = TABLES[table];
      const result = await namedStatement(
        d1,
        `UPDATE ${table} SET ${valueColumn(table)} = :encryptedValue, ${prefix}iv = :iv, ${prefix}tag = :tag, ${prefix}key_version = :keyVersion
         WHERE rowid = :rowid AND ${prefix}iv = :oldIv`,
        { encryptedValue, iv, tag, keyVersion, rowid, oldIv },
      ).run();
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
      const answers = await d1.batch<{ version: number; rows: number }>(
        counts.map((count) => namedStatement(d1, count)),
      );
      const inUse = new Map<number, number>();
      for (const { version, rows } of answers.flatMap(({ results }) => results)) {
        inUse.set(version, (inUse.get(version) ?? 0) + rows);
      }
      return inUse;
    },
  };
}
export type SealedStore = ReturnType<typeof createSealedStore>;
