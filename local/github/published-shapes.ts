import { readFileSync } from "node:fs";
import { Ajv, type ValidateFunction } from "ajv";
import { z } from "zod";
import { readJson } from "../../lib/json.ts";

const contentSchema = z.object({ content: z.object({ "application/json": z.object({ schema: z.unknown() }) }) });
const operationSchema = z.object({ operationId: z.string(), responses: z.record(z.string(), contentSchema) });
const documentSchema = z.object({
  paths: z.record(z.string(), z.record(z.string(), operationSchema)),
  webhooks: z.record(z.string(), z.unknown()),
  components: z.unknown(),
});

/** GitHub's published schemas of what Porter asks for and is sent; `reduce-openapi.ts` makes the file. */
const document = readJson(documentSchema, readFileSync(new URL("./openapi-subset.json", import.meta.url), "utf8"));
const operations = Object.values(document.paths).flatMap((methods) => Object.values(methods));
export const publishedOperations = operations.map(({ operationId }) => operationId);
export const publishedWebhooks = Object.keys(document.webhooks);

const ajv = new Ajv({ strict: false, allErrors: true });
const compile = (schema: unknown): ValidateFunction =>
  ajv.compile({ components: document.components, allOf: [schema] });

/** Holds an operation's answer of this status. Throws when GitHub publishes none. */
export function answerValidator(operationId: string, status: number): ValidateFunction {
  const operation = operations.find((each) => each.operationId === operationId);
  const schema = operation?.responses[String(status)]?.content["application/json"].schema;
  if (schema === undefined) throw new Error(`GitHub publishes no ${status} for ${operationId}`);
  return compile(schema);
}

/** Where a delivery is not as GitHub publishes it, in words. `name`: event and action, "pull-request/closed". */
export function deliveryProblems(name: string, payload: unknown): string[] {
  const schema = document.webhooks[name];
  if (schema === undefined) throw new Error(`GitHub publishes no delivery ${name}`);
  const validate = compile(schema);
  validate(payload);
  return (validate.errors ?? []).map(
    (error) => `${error.instancePath} ${error.message ?? ""} ${JSON.stringify(error.params)}`,
  );
}
