/**
 * Reduces GitHub's published GraphQL schema to the inputs of the mutations Porter uses, as JSON Schema, and to the fields of
 * what it asks for, with the name of each one's type.
 *
 *   node local/github/reduce-graphql.ts <schema.json>
 *
 * The input is `schema.json` of `@octokit/graphql-schema` (version 15.26.1 made the committed file).
 */
import { readFileSync, writeFileSync } from "node:fs";
import { z } from "zod";
import { readJson } from "../../lib/json.ts";

const usedInputs = [
  "UpdateRefsInput",
  "CreateCommitOnBranchInput",
  "ConvertPullRequestToDraftInput",
  "MarkPullRequestReadyForReviewInput",
  "ResolveReviewThreadInput",
  "AddReactionInput",
];
const usedObjects: Record<string, string[]> = {
  Repository: ["pullRequestTemplates", "pullRequests", "object", "issue", "isPrivate", "nameWithOwner", "pullRequest"],
  Issue: ["number", "title", "state", "repository", "comments"],
  IssueConnection: ["nodes"],
  IssueCommentConnection: ["nodes", "totalCount"],
  IssueComment: ["fullDatabaseId", "createdAt", "lastEditedAt", "isMinimized", "body", "author"],
  User: ["databaseId", "login"],
  GitObject: [],
  Blob: ["text"],
  Tree: ["entries"],
  TreeEntry: ["name", "mode"],
  PullRequestTemplate: ["filename", "body"],
  PullRequestConnection: ["nodes"],
  PullRequest: ["title", "author", "reviewThreads"],
  PullRequestReviewThreadConnection: ["nodes"],
  PullRequestReviewThread: ["id", "isResolved", "isOutdated", "path", "line", "resolvedBy", "comments"],
  PullRequestReviewCommentConnection: ["nodes", "totalCount"],
  PullRequestReviewComment: [
    "fullDatabaseId",
    "body",
    "bodyHTML",
    "diffHunk",
    "createdAt",
    "lastEditedAt",
    "isMinimized",
    "author",
  ],
  Actor: ["login"],
};
/** In GitHub's published types since then. */
const addedSince: Record<string, Record<string, string>> = {
  Issue: { parent: "Issue", subIssues: "IssueConnection", blockedBy: "IssueConnection" },
};

const named = z.object({ kind: z.string(), name: z.string() });
type TypeReference = { kind: string; name: string | null; ofType?: TypeReference | null | undefined };
const typeReference: z.ZodType<TypeReference> = z.lazy(() =>
  z.looseObject({ kind: z.string(), name: z.string().nullable(), ofType: typeReference.nullish() }),
);
const inputField = z.looseObject({ name: z.string(), type: typeReference, defaultValue: z.string().nullable() });
const outputField = z.looseObject({ name: z.string(), type: typeReference });
const type = named.loose().extend({
  inputFields: z.array(inputField).nullish(),
  fields: z.array(outputField).nullish(),
});
const schemaDocument = z.object({ __schema: z.looseObject({ types: z.array(type) }) });

const definition = "#/definitions/";
const scalars: Record<string, string> = { Boolean: "boolean", Int: "integer" };

function schemaOf({ kind, name, ofType }: TypeReference): Record<string, unknown> {
  if (kind === "NON_NULL" && ofType) return schemaOf(ofType);
  if (kind === "LIST" && ofType) return { type: "array", items: schemaOf(ofType) };
  if (kind === "INPUT_OBJECT") return { $ref: `${definition}${name}` };
  return { type: scalars[name ?? ""] ?? "string" };
}

/** What is not demanded may also be null. */
const orNull = (type: TypeReference): Record<string, unknown> =>
  type.kind === "NON_NULL" ? schemaOf(type) : { anyOf: [schemaOf(type), { type: "null" }] };

const { __schema: schema } = readJson(schemaDocument, readFileSync(process.argv[2] ?? "", "utf8"));
const definitions: Record<string, unknown> = {};
const waiting = [...usedInputs];
for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
  if (name in definitions) continue;
  const fields = schema.types.find((type) => type.name === name)?.inputFields;
  if (!fields) throw new Error(`GitHub publishes no input ${name}`);
  const properties = Object.fromEntries(fields.map((field) => [field.name, orNull(field.type)]));
  const required = fields.filter(({ type, defaultValue }) => type.kind === "NON_NULL" && defaultValue === null);
  definitions[name] = {
    type: "object",
    properties,
    required: required.map((field) => field.name),
    additionalProperties: false,
  };
  const inside = [...JSON.stringify(properties).matchAll(/#\/definitions\/(\w+)/g)];
  waiting.push(...inside.map(([, inner = ""]) => inner));
}

const nameOf = ({ name, ofType }: TypeReference): string => name ?? (ofType ? nameOf(ofType) : "");
const objects = Object.fromEntries(
  Object.entries(usedObjects).map(([name, used]) => {
    const fields = schema.types.find((one) => one.name === name)?.fields ?? [];
    const types = used.map((field): [string, string] => {
      const published = fields.find((one) => one.name === field);
      if (published === undefined) throw new Error(`GitHub publishes no ${name}.${field}`);
      return [field, nameOf(published.type)];
    });
    return [name, { ...Object.fromEntries(types), ...addedSince[name] }];
  }),
);
const target = new URL("./graphql-subset.json", import.meta.url);
writeFileSync(target, JSON.stringify({ definitions, objects }, null, 2) + "\n");
