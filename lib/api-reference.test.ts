import { expect, test } from "vitest";
import { type JsonSchema, schemaText } from "./api-reference.ts";

test.each<[JsonSchema, string]>([
  [{ $ref: "#/components/schemas/Task" }, "Task"],
  [{ type: ["string", "null"] }, "string | null"],
  [{ type: "string", enum: ["a", "b"] }, '"a" | "b"'],
  [{ type: "array", items: { type: "string", enum: ["a", "b"] } }, '("a" | "b")[]'],
  [{ anyOf: [{ type: "integer" }, { type: "number" }, { type: "null" }] }, "number | null"],
  [{ type: "object", additionalProperties: { type: "boolean" } }, "Record<string, boolean>"],
  [{ type: "object", properties: {} }, "object"],
  [{}, "unknown"],
  [{ const: "" }, '""'],
])("%j is %s", (schema, text) => expect(schemaText(schema)).toBe(text));

test("an object says which fields may be missing, and what they mean", () => {
  const schema: JsonSchema = {
    type: "object",
    properties: {
      id: { type: "string" },
      "idempotency-key": { type: "string", description: "The same key\n gives the same task." },
      inner: { type: "object", properties: { count: { type: "integer" } }, required: ["count"] },
    },
    required: ["id"],
  };
  expect(schemaText(schema)).toBe(
    [
      "{",
      "  id: string",
      '  "idempotency-key"?: string // The same key gives the same task.',
      "  inner?: {",
      "    count: number",
      "  }",
      "}",
    ].join("\n"),
  );
});
