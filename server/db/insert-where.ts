import { Column, getTableColumns, is, SQL, sql } from "drizzle-orm";
import type { SQLiteTable } from "drizzle-orm/sqlite-core";
import type { Database } from "./database";

/** A row as it is inserted; a column may take what it holds from the table that is selected from. */
type Row<Table extends SQLiteTable> = {
  [Key in keyof Table["$inferInsert"]]: Table["$inferInsert"][Key] | SQL | Column;
};

/** `row` in the order of its table; what it does not name has its default. */
function columnsOf<Table extends SQLiteTable>(table: Table, row: Row<Table>): SQL {
  const given = new Map<string, unknown>(Object.entries(row));
  const values = Object.entries(getTableColumns(table)).map(([name, column]) => {
    const own = given.get(name);
    const value: unknown = own === undefined ? column.default : own;
    if (is(value, SQL) || is(value, Column)) return value;
    return value === undefined ? sql`NULL` : sql`${sql.param(value, column)}`;
  });
  return sql.join(values, sql`, `);
}

/**
 * `INSERT … SELECT`: writes `row` where the condition holds, and nothing otherwise. With `from` there is one of each row
 * of that table which the condition finds: so a batch hangs on what its first statement did.
 */
export const insertWhere = <Table extends SQLiteTable>(
  db: Database,
  table: Table,
  { row, from, where }: { row: Row<Table>; from?: SQLiteTable; where: SQL | undefined },
) =>
  db
    .insert(table)
    .select(sql`SELECT ${columnsOf(table, row)}${from === undefined ? sql`` : sql` FROM ${from}`} WHERE ${where}`);
