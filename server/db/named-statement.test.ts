import { DatabaseSync } from "node:sqlite";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { namedStatement } from "./named-statement";

/** What reaches D1, which is SQLite. */
function database() {
  const sqlite = new DatabaseSync(":memory:");
  const d1 = {
    prepare: (sql: string) => ({
      sql,
      all: () => sqlite.prepare(sql).all(),
      bind: (...values: (string | number | null)[]) => ({ sql, values, all: () => sqlite.prepare(sql).all(...values) }),
    }),
  };
  return d1 as object as D1Database;
}
const rows = (text: string, values?: Record<string, string | number | null>): unknown =>
  namedStatement(database(), text, values).all();

describe("parameters by name", () => {
  test("stand for their values, wherever and however often they are used", () => {
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.stringMatching(/^v[a-zA-Z0-9_]{0,8}$/),
          fc.oneof(fc.string(), fc.integer(), fc.constant(null)),
          { minKeys: 1, maxKeys: 20, noNullPrototype: true },
        ),
        fc.infiniteStream(fc.nat()),
        (values, chance) => {
          const known = Object.keys(values);
          const more = Array.from(chance.take(10), (at) => known[at % known.length] ?? "");
          const used = [...more, ...known];
          const text = `SELECT ${used.map((name, at) => `:${name} AS c${at}`).join(", ")}`;
          const expected = Object.fromEntries(used.map((name, at) => [`c${at}`, values[name]]));
          expect(rows(text, values)).toEqual([expect.objectContaining(expected)]);
        },
      ),
    );
  });

  test.each([
    ["SELECT :id AS id, :other AS other", { id: 1 }, "no value for :other"],
    ["SELECT :id AS id", { id: 1, other: 2 }, "no :other in"],
    ["SELECT ':id' AS id", { id: 1 }, "no :id in"],
    ["SELECT :id AS id, ? AS other", { id: 1 }, "a parameter without a name"],
    ["SELECT ?1 AS id", {}, "a parameter without a name"],
    ["SELECT :toString AS id", {}, "no value for :toString"],
  ])("%s with %o is refused", (text, values, reason) => {
    expect(() => namedStatement(database(), text, values)).toThrow(reason);
  });

  test("are not looked for in texts and quoted names", () => {
    const text = `SELECT strftime('%H:%M', '2026-01-01T10:20:30Z') AS at, 'it''s :no, is it?' AS said, :id AS ":id?"`;
    expect(rows(text, { id: 7 })).toEqual([
      expect.objectContaining({ at: "10:20", said: "it's :no, is it?", ":id?": 7 }),
    ]);
  });

  test("need not be there", () => {
    expect(rows("SELECT 1 AS one")).toEqual([expect.objectContaining({ one: 1 })]);
  });
});
