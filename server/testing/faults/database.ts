import type { Result, Statement } from "./engine";

/** Sends statements on their way; what a fault does to them happens in here. */
type Send = (statements: Statement[]) => Promise<Result[]>;

const META = {
  duration: 0,
  size_after: 0,
  rows_read: 0,
  rows_written: 0,
  last_row_id: 0,
  changed_db: false,
  changes: 0,
};

const toObjects = <T>(result: Result): T[] =>
  // D1's own answer: of two columns with the same name the last one is left.
  result.rows.map((row) => Object.fromEntries(result.columns.map((name, index) => [name, row[index]])) as T);

class FaultStatement {
  readonly send: Send;
  readonly statement: Statement;
  constructor(send: Send, statement: Statement) {
    this.send = send;
    this.statement = statement;
  }
  bind(...params: unknown[]): FaultStatement {
    return new FaultStatement(this.send, { sql: this.statement.sql, params });
  }
  private async only(): Promise<Result> {
    const [result] = await this.send([this.statement]);
    return result ?? { columns: [], rows: [] };
  }
  async all<T>(): Promise<D1Result<T>> {
    return { success: true, meta: META, results: toObjects<T>(await this.only()) };
  }
  run<T>(): Promise<D1Result<T>> {
    return this.all<T>();
  }
  async first<T>(column?: string): Promise<T | null> {
    const [row] = toObjects<Record<string, unknown>>(await this.only());
    if (row === undefined) return null;
    return (column === undefined ? row : row[column]) as T;
  }
  async raw(): Promise<unknown[][]> {
    return (await this.only()).rows;
  }
}

/** A `D1Database` that hands every statement and batch to `send`. What stores use of D1, and no more. */
export function createDatabase(send: Send): D1Database {
  const database = {
    prepare: (sql: string) => new FaultStatement(send, { sql, params: [] }),
    async batch<T>(statements: FaultStatement[]): Promise<D1Result<T>[]> {
      const results = await send(statements.map(({ statement }) => statement));
      return results.map((result) => ({ success: true as const, meta: META, results: toObjects<T>(result) }));
    },
  };
  return database as object as D1Database;
}
