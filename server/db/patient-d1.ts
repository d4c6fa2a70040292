import { backOff } from "@/lib/back-off";
import { sleepFor } from "@/lib/sleep";
import { isTransient } from "@/server/errors";

/** Refused before anything ran: two processes share one local file (`npm run dev`). A D1 of Cloudflare has one. */
const LOCKED = /database is locked|SQLITE_BUSY/i;
const isLocked = (error: unknown): boolean => error instanceof Error && LOCKED.test(error.message);
/** D1's own failure, which says nothing of the statement. */
const INTERNAL = /\binternal error\b/i;
const isNoFaultOfTheRead = (error: unknown): boolean =>
  isLocked(error) || isTransient(error) || (error instanceof Error && INTERNAL.test(error.message));

const TRIES = 5;
const AGAIN_MS = { first: 30, longest: 240 };

async function again<T>(isHarmless: (error: unknown) => boolean, run: () => Promise<T>): Promise<T> {
  for (let tried = 1; ; tried++) {
    try {
      return await run();
    } catch (error) {
      if (tried >= TRIES || !isHarmless(error)) throw error;
      await sleepFor(backOff(AGAIN_MS, tried - 1, Math.random()));
    }
  }
}

const READ = /^\s*select\b/i;

/**
 * The same D1, asked again where that is harmless, up to 5 times within half a second: a SELECT after a failure of
 * D1 itself, and anything that a locked local file refused. What may have written is left to its store.
 */
export function patientD1(d1: D1Database): D1Database {
  const inners = new WeakMap<D1PreparedStatement, D1PreparedStatement>();
  const patient = (inner: D1PreparedStatement, sql: string): D1PreparedStatement => {
    const isHarmless = READ.test(sql) ? isNoFaultOfTheRead : isLocked;
    const statement = new Proxy(inner, {
      get(target, key) {
        if (key === "bind") return (...values: unknown[]) => patient(target.bind(...values), sql);
        const value: unknown = Reflect.get(target, key, target);
        if (typeof value !== "function") return value;
        return (...args: unknown[]) => again(isHarmless, async (): Promise<unknown> => value.apply(target, args));
      },
    });
    inners.set(statement, inner);
    return statement;
  };
  return new Proxy(d1, {
    get(target, key) {
      if (key === "prepare") return (sql: string) => patient(target.prepare(sql), sql);
      if (key === "batch")
        return (statements: D1PreparedStatement[]) =>
          again(isLocked, () => target.batch(statements.map((statement) => inners.get(statement) ?? statement)));
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === "function" ? (...args: unknown[]): unknown => value.apply(target, args) : value;
    },
  });
}
