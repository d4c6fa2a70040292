import { z } from "zod";
import { type ApiEndpoint, type ApiReference, type JsonSchema, schemaText } from "@/lib/api-reference";
import { openApiDocument } from "./openapi";

const schema = z.custom<JsonSchema>((value) => typeof value === "object" && value !== null);
const content = z.record(z.string(), z.object({ schema: schema.optional() })).optional();
/** What the page reads of an operation of our own document. */
const operationSchema = z.object({
  summary: z.string(),
  description: z.string().optional(),
  tags: z.array(z.string()),
  security: z.array(z.record(z.string(), z.unknown())),
  parameters: z
    .array(
      z.object({
        name: z.string(),
        in: z.string(),
        required: z.boolean().default(false),
        description: z.string().optional(),
        schema,
      }),
    )
    .default([]),
  requestBody: z.object({ content }).optional(),
  responses: z.record(z.string(), z.object({ description: z.string(), content })),
});
type Operation = z.output<typeof operationSchema>;

const NEEDS: Record<string, string> = {
  session: "a signed-in session",
  attempt: "the attempt's bearer token",
  signature: "GitHub's signature of the body",
};

/** The API's page, out of the document that machines read. */
export function apiReference(publicUrl: string, mention: string): ApiReference {
  const document = openApiDocument(publicUrl, mention);
  const groups = new Map<string, ApiEndpoint[]>();
  for (const [path, item] of Object.entries(document.paths ?? {})) {
    for (const [method, value] of Object.entries(item ?? {})) {
      const operation = operationSchema.parse(value);
      const [group = "other"] = operation.tags;
      groups.set(group, [...(groups.get(group) ?? []), endpoint(method, path, operation)]);
    }
  }
  const schemas = Object.entries(document.components?.schemas ?? {});
  return {
    groups: [...groups].map(([name, endpoints]) => ({ name, endpoints })),
    schemas: schemas.map(([name, value]) => ({ name, text: schemaText(schema.parse(value)) })),
  };
}

function endpoint(method: string, path: string, operation: Operation): ApiEndpoint {
  const body = textOf(operation.requestBody?.content);
  const needs = operation.security.flatMap((one) => Object.keys(one)).map((name) => NEEDS[name] ?? name);
  return {
    id: `${method}${path}`.replaceAll(/\W+/g, "-").replace(/-$/, ""),
    method: method.toUpperCase(),
    path: `/api${path}`,
    summary: operation.summary,
    description: operation.description ?? null,
    needs: needs.length === 0 ? null : needs.join(" or "),
    parameters: operation.parameters.map((one) => ({
      name: one.name,
      where: one.in,
      required: one.required,
      type: schemaText(one.schema),
      description: one.description ?? null,
    })),
    body,
    answers: Object.entries(operation.responses).map(([status, { description, content: told }]) => ({
      status,
      description,
      type: textOf(told),
    })),
  };
}

function textOf(told: Operation["responses"][string]["content"]): string | null {
  const [first] = Object.values(told ?? {});
  return first?.schema === undefined ? null : schemaText(first.schema);
}
