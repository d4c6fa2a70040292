/** What the page of the API shows: the OpenAPI document, flat and in the words of TypeScript. */

export type ApiEndpoint = {
  /** The anchor: `get-tasks-id-status`. */
  id: string;
  method: string;
  /** With `/api`. */
  path: string;
  summary: string;
  description: string | null;
  /** What a request needs to get in; null: nothing. */
  needs: string | null;
  parameters: { name: string; where: string; required: boolean; type: string; description: string | null }[];
  body: string | null;
  answers: { status: string; description: string; type: string | null }[];
};
export type ApiReference = {
  groups: { name: string; endpoints: ApiEndpoint[] }[];
  schemas: { name: string; text: string }[];
};

/** The parts of JSON Schema that Porter's own schemas have. */
export type JsonSchema = {
  $ref?: string;
  type?: string | string[];
  enum?: unknown[];
  const?: unknown;
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  items?: JsonSchema;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  additionalProperties?: boolean | JsonSchema;
  description?: string;
};

/** A schema as TypeScript would write it; references by their name. `depth`: how far it stands in. */
export function schemaText(schema: JsonSchema, depth = 0): string {
  if (schema.$ref !== undefined) return schema.$ref.split("/").at(-1) ?? "unknown";
  const options = schema.anyOf ?? schema.oneOf;
  if (options !== undefined) return [...new Set(options.map((option) => schemaText(option, depth)))].join(" | ");
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum !== undefined) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  if (Array.isArray(schema.type)) return schema.type.map((type) => schemaText({ ...schema, type }, depth)).join(" | ");
  switch (schema.type) {
    case "array":
      return listText(schema.items ?? {}, depth);
    case "object":
      return objectText(schema, depth);
    case "integer":
      return "number";
    case undefined:
      return "unknown";
    default:
      return schema.type;
  }
}

function listText(items: JsonSchema, depth: number): string {
  const text = schemaText(items, depth);
  return text.includes(" | ") && !text.startsWith("{") ? `(${text})[]` : `${text}[]`;
}

function objectText(schema: JsonSchema, depth: number): string {
  const fields = Object.entries(schema.properties ?? {});
  const more = typeof schema.additionalProperties === "object" ? schema.additionalProperties : null;
  if (fields.length === 0) return more === null ? "object" : `Record<string, ${schemaText(more, depth)}>`;
  const indent = "  ".repeat(depth + 1);
  const lines = fields.map(([name, field]) => {
    const mark = schema.required?.includes(name) ? "" : "?";
    const note = field.description === undefined ? "" : ` // ${field.description.replaceAll(/\s+/g, " ")}`;
    return `${indent}${/^\w+$/.test(name) ? name : JSON.stringify(name)}${mark}: ${schemaText(field, depth + 1)}${note}`;
  });
  return `{\n${lines.join("\n")}\n${"  ".repeat(depth)}}`;
}
