import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { patientD1 } from "./patient-d1";

/** The real D1, which fails the first `times` calls with `message`. */
function failing(message: string, times: number) {
  const seen = { calls: 0 };
  const fail = () => {
    seen.calls += 1;
    if (seen.calls <= times) throw new Error(message);
  };
  const statement = (inner: D1PreparedStatement): D1PreparedStatement =>
    new Proxy(inner, {
      get(target, key) {
        if (key === "bind") return (...values: unknown[]) => statement(target.bind(...values));
        const value: unknown = Reflect.get(target, key, target);
        if (typeof value !== "function") return value;
        return async (...args: unknown[]): Promise<unknown> => {
          fail();
          return value.apply(target, args);
        };
      },
    });
  const d1 = new Proxy(env.DB, {
    get(target, key) {
      if (key === "prepare") return (sql: string) => statement(target.prepare(sql));
      if (key === "batch")
        return async (statements: D1PreparedStatement[]): Promise<unknown> => {
          fail();
          return target.batch(statements.map(() => target.prepare("SELECT 1 AS one")));
        };
      return Reflect.get(target, key, target);
    },
  });
  return { d1: patientD1(d1), seen };
}

const LOST = "D1_ERROR: Network connection lost.";
const INTERNAL = "D1_ERROR: Failed to get session commit token: internal error; reference = fake0reference";
const BUSY = "D1_ERROR: database is locked: SQLITE_BUSY";

describe("a patient D1", () => {
  it.each([LOST, INTERNAL])("asks a SELECT again after %s", async (message) => {
    const { d1, seen } = failing(message, 2);
    const row = await d1.prepare("SELECT ? AS one").bind(1).first<{ one: number }>();
    expect([row, seen.calls]).toEqual([{ one: 1 }, 3]);
    expect(await d1.prepare("SELECT 2 AS two").raw()).toEqual([[2]]);
  });

  it("sends nothing again that may have written", async () => {
    const { d1, seen } = failing(LOST, 1);
    const erase = d1.prepare("DELETE FROM dead_letters WHERE id = ?").bind(-1);
    await expect(erase.run()).rejects.toThrow("Network connection lost");
    expect(seen.calls).toBe(1);
  });

  it("sends everything again that a locked file refused", async () => {
    const { d1, seen } = failing(BUSY, 2);
    await d1.prepare("DELETE FROM dead_letters WHERE id = ?").bind(-1).run();
    expect(seen.calls).toBe(3);
    const other = failing(BUSY, 2);
    const [answer] = await other.d1.batch([other.d1.prepare("SELECT 1 AS one")]);
    expect([answer?.results, other.seen.calls]).toEqual([[{ one: 1 }], 3]);
  });

  it("says at once what is wrong with a statement", async () => {
    await expect(patientD1(env.DB).prepare("SELECT colour FROM nowhere").all()).rejects.toThrow("no such table");
  });

  it("gives up after five tries, with the failure as it was", async () => {
    const { d1, seen } = failing(LOST, 100);
    await expect(d1.prepare("SELECT 1").all()).rejects.toThrow(LOST);
    expect(seen.calls).toBe(5);
  });

  it("takes the statements of a batch as the binding made them", async () => {
    const d1 = patientD1(env.DB);
    const answers = await d1.batch<{ one: number }>([
      d1.prepare("SELECT ? AS one").bind(1),
      d1.prepare("SELECT 2 AS one"),
    ]);
    expect(answers.map(({ results }) => results)).toEqual([[{ one: 1 }], [{ one: 2 }]]);
  });
});
