import { backOff } from "../../lib/back-off.ts";
import { sleepFor } from "../../lib/sleep.ts";

// `npm run dev` has two processes on one database file, which lock each other out for moments. D1 itself has one.

/** Refused before anything ran, so that it may be sent again. */
const LOCKED = /database is locked|SQLITE_BUSY/i;

const TRIES = 5;
const AGAIN_MS = { first: 30, longest: 240 };

async function again(run: () => unknown): Promise<unknown> {
  for (let tried = 1; ; tried++) {
    try {
      return await run();
    } catch (error) {
      if (tried >= TRIES || !(error instanceof Error && LOCKED.test(error.message))) throw error;
      await sleepFor(backOff(AGAIN_MS, tried - 1, Math.random()));
    }
  }
}

/** The same D1 binding, which waits while the other process writes: up to five tries within half a second. */
export function waitingD1<D1 extends object>(d1: D1): D1 {
  const inners = new WeakMap<object, object>();
  const innerOf = (statement: object): object => inners.get(statement) ?? statement;
  /** What `wrapped` answers is a statement; everything else that can be called is sent, again where it must be. */
  const over = <Binding extends object>(binding: Binding, wrapped: string): Binding =>
    new Proxy(binding, {
      get(target, key) {
        const value: unknown = Reflect.get(target, key, target);
        if (typeof value !== "function") return value;
        const call = (...args: unknown[]): unknown => Reflect.apply(value, target, args);
        if (key !== wrapped)
          return (first: unknown, ...others: unknown[]) =>
            again(() => call(Array.isArray(first) ? first.map(innerOf) : first, ...others));
        return (...args: unknown[]) => {
          const inner = call(...args) as object;
          const statement = over(inner, "bind");
          inners.set(statement, inner);
          return statement;
        };
      },
    });
  return over(d1, "prepare");
}

type Handlers = Record<string, (event: unknown, env: { DB: object }, ctx: unknown) => unknown>;

/** A Worker over such a D1. */
export function overWaitingD1(worker: Handlers): Handlers {
  // The Worker knows its bindings again by their identity.
  const waiting = new WeakMap<object, { DB: object }>();
  const withWaiting = (env: { DB: object }): { DB: object } => {
    const known = waiting.get(env) ?? { ...env, DB: waitingD1(env.DB) };
    waiting.set(env, known);
    return known;
  };
  return Object.fromEntries(
    Object.entries(worker).map(([name, handle]) => [name, (event, env, ctx) => handle(event, withWaiting(env), ctx)]),
  );
}
