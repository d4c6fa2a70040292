/**
 * Reduces GitHub's published OpenAPI description to the answers of the operations Porter uses, and to what it is sent.
 *
 *   node local/github/reduce-openapi.ts <api.github.com.json>
 *
 * The input is `generated/api.github.com.json` of `@octokit/openapi` (version 23.0.2 made the committed file),
 * which is too large to install with the project. Only schemas of JSON success answers stay, and of the refusals of what
 * writes git objects; texts, examples and formats go. OpenAPI 3.0's `nullable` becomes JSON Schema's `"null"` type, so a plain validator can read the result.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { z } from "zod";
import { readJson } from "../../lib/json.ts";

const usedOperations = new Set([
  "apps/create-installation-access-token",
  "apps/get-authenticated",
  "apps/get-installation",
  "apps/get-repo-installation",
  "apps/get-webhook-delivery",
  "apps/list-installation-repos-for-authenticated-user",
  "apps/list-installations",
  "apps/list-installations-for-authenticated-user",
  "apps/list-repos-accessible-to-installation",
  "apps/list-webhook-deliveries",
  "apps/redeliver-webhook-delivery",
  "checks/list-for-ref",
  "git/create-blob",
  "git/create-commit",
  "git/create-ref",
  "git/create-tree",
  "git/get-commit",
  "git/get-ref",
  "git/get-tree",
  "git/list-matching-refs",
  "git/update-ref",
  "issues/add-labels",
  "issues/create-comment",
  "issues/create-label",
  "issues/get",
  "issues/get-comment",
  "issues/list-comments",
  "issues/list-for-repo",
  "issues/list-labels-on-issue",
  "issues/remove-label",
  "issues/update-comment",
  "pulls/create",
  "pulls/get",
  "pulls/list",
  "pulls/list-commits",
  "pulls/create-reply-for-review-comment",
  "pulls/create-review",
  "pulls/list-comments-for-review",
  "pulls/list-files",
  "pulls/list-review-comments",
  "pulls/list-reviews",
  "pulls/merge",
  "pulls/request-reviewers",
  "pulls/update",
  "pulls/update-branch",
  "rate-limit/get",
  "reactions/create-for-issue",
  "reactions/create-for-issue-comment",
  "reactions/create-for-pull-request-review-comment",
  "reactions/list-for-issue",
  "reactions/list-for-issue-comment",
  "reactions/list-for-pull-request-review-comment",
  "repos/compare-commits-with-basehead",
  "repos/get",
  "repos/get-branch-rules",
  "repos/get-collaborator-permission-level",
  "repos/get-combined-status-for-ref",
  "repos/get-content",
  "repos/get-repo-ruleset",
  "repos/list-collaborators",
  "users/get-authenticated",
]);

/** The deliveries about pull requests that the App is subscribed to. */
const usedWebhooks = new Set([
  "check-suite/completed",
  "pull-request-review/submitted",
  "pull-request/closed",
  "pull-request/converted-to-draft",
  "pull-request/edited",
  "pull-request/opened",
  "pull-request/ready-for-review",
  "pull-request/reopened",
  "pull-request/synchronize",
  "status",
]);

const operationSchema = z.looseObject({
  operationId: z.string(),
  responses: z.record(z.string(), z.unknown()),
});
const documentSchema = z.looseObject({
  openapi: z.string(),
  info: z.looseObject({ version: z.string() }),
  paths: z.record(z.string(), z.record(z.string(), z.unknown())),
  "x-webhooks": z.record(z.string(), z.object({ post: z.unknown() })),
  components: z.looseObject({
    schemas: z.record(z.string(), z.unknown()),
    responses: z.record(z.string(), z.unknown()),
  }),
});
type Document = z.infer<typeof documentSchema>;

const textKeys = new Set(["description", "title", "example", "examples", "format", "externalDocs", "deprecated"]);
const referencePrefix = "#/components/schemas/";

function entriesOf(value: object): [string, unknown][] {
  return Object.entries(value);
}

/** A schema without texts, in plain JSON Schema. Property names are data and are never dropped. */
function plainSchema(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(plainSchema);
  if (typeof schema !== "object" || schema === null) return schema;
  const kept: Record<string, unknown> = {};
  for (const [key, value] of entriesOf(schema)) {
    if (textKeys.has(key) || key === "nullable" || key === "default" || key.startsWith("x-")) continue;
    kept[key] =
      key === "properties" && typeof value === "object" && value !== null
        ? Object.fromEntries(entriesOf(value).map(([name, property]) => [name, plainSchema(property)]))
        : plainSchema(value);
  }
  return "nullable" in schema && schema.nullable === true ? orNull(kept) : kept;
}

function orNull(schema: Record<string, unknown>): Record<string, unknown> {
  if (typeof schema.type !== "string") return { anyOf: [schema, { type: "null" }] };
  const values: unknown = schema.enum;
  return {
    ...schema,
    type: [schema.type, "null"],
    ...(Array.isArray(values) && !values.includes(null)
      ? { enum: [...values.map((value: unknown) => value), null] }
      : {}),
  };
}

function referencesIn(schema: unknown): string[] {
  if (Array.isArray(schema)) return schema.flatMap(referencesIn);
  if (typeof schema !== "object" || schema === null) return [];
  return entriesOf(schema).flatMap(([key, value]) =>
    key === "$ref" && typeof value === "string" && value.startsWith(referencePrefix)
      ? [value.slice(referencePrefix.length)]
      : referencesIn(value),
  );
}

const responseSchema = z.looseObject({
  $ref: z.string().optional(),
  content: z.record(z.string(), z.looseObject({ schema: z.unknown() })).optional(),
});

/** The forms that the publication gives a refusal overlap, so that "exactly one" could never be met. */
function eitherForm(schema: unknown): unknown {
  return typeof schema === "object" && schema !== null && "oneOf" in schema ? { anyOf: schema.oneOf } : schema;
}

/** Status → JSON schema of the answers of one operation. */
function answersOf(
  document: Document,
  { operationId, responses }: z.infer<typeof operationSchema>,
): Record<string, unknown> {
  const answers: Record<string, unknown> = {};
  for (const [status, value] of Object.entries(responses)) {
    if (!status.startsWith("2") && !operationId.startsWith("git/")) continue;
    let response = responseSchema.parse(value);
    if (response.$ref !== undefined) {
      response = responseSchema.parse(document.components.responses[response.$ref.split("/").at(-1) ?? ""]);
    }
    const schema = response.content?.["application/json"]?.schema;
    if (schema !== undefined) {
      const plain = status.startsWith("2") ? plainSchema(schema) : eitherForm(plainSchema(schema));
      answers[status] = { content: { "application/json": { schema: plain } } };
    }
  }
  return answers;
}

/**
 * Where the publication contradicts itself: this list's inline copy demands that an account be a user and an enterprise
 * at once (`allOf`), while the schema it copies says either (`anyOf`).
 */
const corrections: Record<string, Record<string, unknown>> = {
  "apps/list-installations": {
    200: {
      content: {
        "application/json": { schema: { type: "array", items: { $ref: `${referencePrefix}installation` } } },
      },
    },
  },
};

function reducePaths(document: Document): Record<string, Record<string, unknown>> {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const [path, methods] of Object.entries(document.paths)) {
    for (const [method, value] of Object.entries(methods)) {
      const operation = operationSchema.safeParse(value);
      if (!operation.success || !usedOperations.has(operation.data.operationId)) continue;
      const { operationId } = operation.data;
      const answers = corrections[operationId] ?? answersOf(document, operation.data);
      (paths[path] ??= {})[method] = { operationId, responses: answers };
    }
  }
  return paths;
}

const webhookSchema = z.looseObject({
  operationId: z.string(),
  requestBody: z.looseObject({ content: z.record(z.string(), z.looseObject({ schema: z.unknown() })) }),
});

/** Event and action → schema of what is delivered. */
function reduceWebhooks(document: Document): Record<string, unknown> {
  const all = Object.values(document["x-webhooks"]).map(({ post }) => webhookSchema.parse(post));
  const used = all.filter(({ operationId }) => usedWebhooks.has(operationId));
  if (used.length !== usedWebhooks.size) throw new Error("GitHub publishes not all of these webhooks");
  return Object.fromEntries(
    used.map(({ operationId, requestBody }) => [
      operationId,
      plainSchema(requestBody.content["application/json"]?.schema),
    ]),
  );
}

function reduce(document: Document): unknown {
  const paths = reducePaths(document);
  const webhooks = reduceWebhooks(document);
  const schemas: Record<string, unknown> = {};
  const wanted = referencesIn({ paths, webhooks });
  for (let name = wanted.pop(); name !== undefined; name = wanted.pop()) {
    if (name in schemas) continue;
    schemas[name] = plainSchema(document.components.schemas[name]);
    wanted.push(...referencesIn(schemas[name]));
  }
  const info = { version: document.info.version };
  return { openapi: document.openapi, info, paths, webhooks, components: { schemas } };
}

const source = process.argv[2];
if (source === undefined) {
  console.error("usage: node local/github/reduce-openapi.ts <api.github.com.json>");
  process.exit(2);
}
const reduced = reduce(readJson(documentSchema, readFileSync(source, "utf8")));
const target = new URL("./openapi-subset.json", import.meta.url);
writeFileSync(target, JSON.stringify(reduced, null, 2) + "\n");
