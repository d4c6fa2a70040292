import { type Column, type SQL, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { backOff } from "@/lib/back-off";
import { sleepFor } from "@/lib/sleep";
import { isTransient } from "@/server/errors";
import * as schema from "./schema";

export const openDatabase = (d1: D1Database) => drizzle(d1, { schema });
/** `.$client` is the D1 binding, for what the builder cannot say (db/named-statement.ts). */
export type Database = ReturnType<typeof openDatabase>;

/** Words of ours as a list in SQL: `'queued', 'running'`. */
export const quotedList = (words: readonly string[]): string => words.map((word) => `'${word}'`).join(", ");

/** The column has one of our words. Literals, not parameters: only so does SQLite use a partial index over them. */
export const isAmong = (column: Column, words: readonly string[]): SQL =>
  sql`${column} IN (${sql.raw(quotedList(words))})`;

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

/** What the last statement of a batch answered. */
export const lastOf = <Last>(answers: readonly [...unknown[], Last]): Last => answers[answers.length - 1] as Last;
