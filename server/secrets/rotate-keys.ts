import type { RotationStep } from "@/lib/operator";
import type { AppContext } from "@/server/context";
import type { SealedRow, SealedTable } from "@/server/db/sealed-store";
import { requireOperator } from "@/server/identity/actor";
import type { SealedAt } from "@/server/crypto/sealer";

/** Values a call: about a second of work. */
const BATCH = 100;
const TABLES: readonly SealedTable[] = [
  "user_secrets",
  "user_oauth_tokens",
  "installation_tokens",
  "task_attempts",
  "change_sets",
  "repository_secrets",
];

/** The place that each table's writer seals for; a value opens nowhere else. */
function sealedAtOf(table: SealedTable, row: SealedRow): SealedAt {
  const id = table === "user_oauth_tokens" ? `${row.owner}:${row.kind}` : row.id;
  return { table, row: id, user: row.owner, field: row.kind };
}

type Cursor = { table: number; afterRowid: number };

/**
 * Seals one batch of values again under the newest key, for an operator. Online and resumable: each value is replaced
 * only if it is still the one that was opened, and what is done is not looked at again. Call it with its own `cursor`
 * until that is null. What does not open is counted, named in the log, and left as it is.
 */
export async function rotateKeys(context: AppContext, cursor: string | null): Promise<RotationStep> {
  requireOperator(context);
  const { currentVersion } = context.sealer;
  let at = readCursor(cursor);
  let rewrapped = 0;
  let unreadable = 0;
  for (let left = BATCH; at !== null && left > 0;) {
    const table = TABLES[at.table];
    if (table === undefined) break;
    const rows = await context.db.sealed.outdated({ table, currentVersion, afterRowid: at.afterRowid, limit: left });
    for (const row of rows) {
      if (await rewrap(context, table, row)) rewrapped += 1;
      else unreadable += 1;
    }
    const last = rows.at(-1);
    const isDone = last === undefined || rows.length < left;
    at = isDone ? nextTable(at) : { table: at.table, afterRowid: last.rowid };
    left -= rows.length;
  }
  const inUse = await context.db.sealed.versionsInUse();
  return {
    currentVersion,
    rewrapped,
    unreadable,
    cursor: at === null ? null : `${at.table}:${at.afterRowid}`,
    inUse: [...inUse].map(([version, rows]) => ({ version, rows })),
    removable: context.sealer.versions.filter((version) => version !== currentVersion && !inUse.has(version)),
  };
}

const nextTable = ({ table }: Cursor): Cursor | null =>
  table + 1 < TABLES.length ? { table: table + 1, afterRowid: 0 } : null;

/** Whatever is no cursor of ours begins at the beginning, which is always right. */
function readCursor(text: string | null): Cursor | null {
  const match = /^([0-5]):(\d{1,15})$/.exec(text ?? "");
  return match === null ? { table: 0, afterRowid: 0 } : { table: Number(match[1]), afterRowid: Number(match[2]) };
}

/** False when the value does not open. One that was saved again meanwhile counts as done: its save used the newest key. */
async function rewrap(context: AppContext, table: SealedTable, row: SealedRow): Promise<boolean> {
  const sealedAt = sealedAtOf(table, row);
  try {
    const plain = await context.sealer.open({ ...row, alg: "A256GCM" }, sealedAt);
    const value = await context.sealer.seal(plain, sealedAt);
    await context.db.sealed.replace({ table, rowid: row.rowid, oldIv: row.iv, value });
    return true;
  } catch (error) {
    if (!(error instanceof Error) || error.name !== "SealError") throw error;
    context.log.warn("keys.unreadable", {
      table,
      row: sealedAt.row,
      keyVersion: row.keyVersion,
      problem: error.message,
    });
    return false;
  }
}
