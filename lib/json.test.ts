import { expect, test } from "vitest";
import { z } from "zod";
import { parseJson, readJson, tryJson } from "./json.ts";

const schema = z.object({ kind: z.enum(["a", "b"]) });
const WRONG = ["", "{", "null", '{"kind":"c"}', "[]"];

test("what a schema does not read is no value for the one who tries, and a fault for the one who must have it", () => {
  expect(readJson(schema, '{"kind":"a"}')).toEqual({ kind: "a" });
  expect(tryJson(schema, '{"kind":"a"}')).toEqual({ kind: "a" });
  for (const text of WRONG) {
    expect(tryJson(schema, text)).toBeUndefined();
    expect(() => readJson(schema, text)).toThrow();
  }
});

test("a text that is no JSON is told from JSON's null", () => {
  expect(parseJson("null")).toBeNull();
  expect(parseJson("nul")).toBeUndefined();
});
