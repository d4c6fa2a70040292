export type Statement = { sql: string; params: unknown[] };
/** What one statement answered: names of its columns, and rows in their order. */
export type Result = { columns: string[]; rows: unknown[][] };

/** Runs statements as one transaction. Throws as SQLite does; nothing happened then. */
export type Engine = { run(statements: Statement[]): Result[] | Promise<Result[]> };

/**
 * workerd's SQLite beside the code: what D1 is made of, without the hop to it. D1 allows 100 bound parameters and no
 * `undefined`; so does this.
 */
export function sqliteEngine(storage: DurableObjectStorage): Engine {
  return {
    run: (statements) =>
      storage.transactionSync(() =>
        statements.map(({ sql, params }) => {
          if (params.length > 100) throw new Error("D1_ERROR: too many SQL variables");
          const cursor = storage.sql.exec(sql, ...params.map(bindable));
          return { columns: cursor.columnNames, rows: [...cursor.raw()] };
        }),
      ),
  };
}

function bindable(value: unknown): SqlStorageValue {
  if (value === null || typeof value === "string" || typeof value === "number") return value;
  if (typeof value === "boolean") return Number(value);
  throw new Error(`D1_TYPE_ERROR: Type '${typeof value}' not supported `);
}

/** The D1 binding itself. */
export function bindingEngine(d1: D1Database): Engine {
  return {
    async run(statements) {
      const [only, ...others] = statements.map(({ sql, params }) => d1.prepare(sql).bind(...params));
      if (only === undefined) return [];
      if (others.length === 0) {
        const [columns, ...rows] = await only.raw({ columnNames: true });
        return [{ columns: columns.map(String), rows }];
      }
      const answers = await d1.batch<Record<string, unknown>>([only, ...others]);
      return answers.map(({ results }) => ({
        columns: Object.keys(results[0] ?? {}),
        rows: results.map((row) => Object.values(row)),
      }));
    },
  };
}
