import { createDatabase } from "../faults/database";
import type { Statement } from "../faults/engine";

/** What a statement cost: rows that D1 would bill as read and written, and what it is. */
export type StatementCost = { sql: string; params: number; read: number; written: number };

/** workerd's SQLite as a D1 database that writes down what each statement costs. */
export function meteredDatabase(storage: DurableObjectStorage): { d1: D1Database; costs: StatementCost[] } {
  const costs: StatementCost[] = [];
  const run = ({ sql, params }: Statement) => {
    const values = params.map((value) => (typeof value === "boolean" ? Number(value) : value) as SqlStorageValue);
    const cursor = storage.sql.exec(sql, ...values);
    const rows = [...cursor.raw()];
    costs.push({ sql, params: params.length, read: cursor.rowsRead, written: cursor.rowsWritten });
    return { columns: cursor.columnNames, rows };
  };
  const d1 = createDatabase(async (statements) => storage.transactionSync(() => statements.map(run)));
  return { d1, costs };
}
