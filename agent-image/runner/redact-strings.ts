import type { z } from "zod";
import { readJson } from "../../lib/json.ts";

/** The same data with every text in it hidden; paths, names of branches and the like are the agent's words. */
export function redactStrings<Schema extends z.ZodType>(
  all: readonly z.infer<Schema>[],
  schema: Schema,
  hide: (text: string) => string,
): z.infer<Schema>[] {
  const hidden = (_: string, value: unknown): unknown => (typeof value === "string" ? hide(value) : value);
  return all.map((one) => readJson(schema, JSON.stringify(one, hidden)));
}
