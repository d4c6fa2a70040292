import { expect, test } from "vitest";
import { changedFields } from "./changed-fields.ts";

test("what differs is named by its path, and told by no value", () => {
  const before = { a: 1, b: { c: [1, 2], d: "secret" }, e: null };
  expect(changedFields(before, structuredClone(before))).toEqual([]);
  expect(changedFields(before, { a: 1, b: { c: [1], d: "other" }, f: { g: 1 } })).toEqual(["b.c", "b.d", "e", "f"]);
  expect(changedFields({ a: { b: 1 } }, { a: 2 })).toEqual(["a"]);
});
