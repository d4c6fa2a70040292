import { getTableColumns, type Table } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { backOff } from "@/lib/back-off";
import { sleepFor } from "@/lib/sleep";
import { isTransient } from "@/server/errors";
import * as schema from "./schema";

export const openDatabase = (d1: D1Database) => drizzle(d1, { schema });
/** `.$client` is the D1 binding, for guarded batches that builders cannot say. */
export type Database = ReturnType<typeof openDatabase>;

type Value = string | number | null;
type Bindable = Value | boolean | undefined;
export type Assignments = { columns: string[]; values: Value[] };

/** Words of ours as a list in SQL: `'queued', 'running'`. */
export const quotedList = (words: readonly string[]): string => words.map((word) => `'${word}'`).join(", ");

/** Column names and values of a partial row, in the database's own names. Undefined keys are left out. */
export function assignmentsOf(table: Table, row: Record<string, Bindable>): Assignments {
  const known = getTableColumns(table);
  const columns: string[] = [];
  const values: Value[] = [];
  for (const [key, value] of Object.entries(row)) {
    const column = known[key];
    if (column === undefined) throw new Error(`no column for ${key}`);
    if (value === undefined) continue;
    columns.push(column.name);
    values.push(typeof value === "boolean" ? Number(value) : value);
  }
  return { columns, values };
}

const AGAIN_MS = { first: 150, longest: 300 };

/** Three tries, 75 to 300 ms apart. Only for statements that are safe to send twice. */
export async function withRetry<T>(run: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await run();
    } catch (error) {
      if (attempt >= 3 || !isTransient(error)) throw error;
      await sleepFor(backOff(AGAIN_MS, attempt - 1, Math.random()));
    }
  }
}
