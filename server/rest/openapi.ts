import { z } from "zod";
import {
  createDocument,
  type ZodOpenApiOperationObject,
  type ZodOpenApiPathsObject,
  type ZodOpenApiResponseObject,
} from "zod-openapi";
import { flySavedSchema } from "@/lib/credentials";
import { porterConfigSchema } from "@/lib/porter-config";
import { taskViewSchema } from "@/lib/task-view";
import { problemSchema } from "@/server/http-errors";
import { OTHER_ENDPOINTS, type OtherEndpoint } from "./other-endpoints";
import { REST_ROUTES, type RestRoute } from "./routes";

const errorSchema = z.object({ error: problemSchema });
const json = (schema: z.ZodType) => ({ "application/json": { schema } });
const problem = (description: string) => ({ description, content: json(errorSchema) });

export type OpenApiDocument = ReturnType<typeof createDocument>;

/** OpenAPI 3.1 of everything under `/api`, out of the procedures and schemas that serve it. */
export function openApiDocument(publicUrl: string, mention = "porter"): OpenApiDocument {
  const paths: ZodOpenApiPathsObject = {};
  const add = (path: string, method: string, operation: ZodOpenApiOperationObject) => {
    paths[path] = { ...paths[path], [method.toLowerCase()]: operation };
  };
  for (const route of REST_ROUTES) add(route.path, route.method, ofRoute(route));
  for (const other of OTHER_ENDPOINTS) add(other.path, other.method, ofOther(other));
  return createDocument({
    openapi: "3.1.0",
    info: {
      title: "Porter",
      version: "1.0.0",
      description:
        `Comment \`@${mention}\` on a GitHub issue and get a pull request back. A browser's session cookie signs requests ` +
        "in; writes need Porter's own `Origin`. Every error is `{error: {code, message, field?, fix?, requestId}}`.",
    },
    servers: [{ url: `${publicUrl}/api` }],
    paths,
    components: {
      schemas: {
        Task: taskViewSchema,
        PorterConfig: porterConfigSchema,
        SavedFly: flySavedSchema,
        Error: errorSchema,
      },
      securitySchemes: {
        session: { type: "apiKey", in: "cookie", name: "__Host-porter.session" },
        attempt: { type: "http", scheme: "bearer", description: "The attempt's own token" },
        signature: {
          type: "apiKey",
          in: "header",
          name: "X-Hub-Signature-256",
          description: "HMAC-SHA-256 of the raw body under the webhook secret",
        },
      },
    },
  });
}

const TEXTS: Record<string, string> = {
  400: "The request cannot be read, or a field of it is wrong",
  401: "Not signed in",
  403: "Not allowed, or sent by another site",
  404: "Not there, or somebody else's",
  429: "Too often; `fix` says how long to wait",
  503: "Something that Porter needs does not answer",
};
const problems = (statuses: number[]) =>
  Object.fromEntries(statuses.map((status) => [String(status), problem(TEXTS[status] ?? "Refused")]));

function ofRoute(route: RestRoute): ZodOpenApiOperationObject {
  const { input, output, summary, tags, description } = route;
  const inPath = [...route.path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? "");
  const shape: Record<string, z.ZodType> =
    input instanceof z.ZodObject ? (input.shape as Record<string, z.ZodType>) : {};
  const part = (keep: (name: string) => boolean) =>
    z.object(Object.fromEntries(Object.entries(shape).filter(([name]) => keep(name))));
  const isInPath = (name: string) => inPath.includes(name);
  const rest = part((name) => !isInPath(name) && name !== "idempotencyKey");
  const hasRest = Object.keys(rest.shape).length > 0;
  const query = route.method === "GET" && hasRest ? { query: rest } : {};
  const header =
    "idempotencyKey" in shape ? { header: z.object({ "Idempotency-Key": z.string().max(200).optional() }) } : {};
  const body = inPath.length === 0 && !("idempotencyKey" in shape) ? input : rest;
  const isEmpty = route.method === "GET" || input === null || (input instanceof z.ZodObject && !hasRest);
  return {
    operationId: route.procedure.replace(".", "_"),
    summary,
    tags,
    ...(description === undefined ? {} : { description }),
    security: [{ session: [] }],
    requestParams: { ...(inPath.length === 0 ? {} : { path: part(isInPath) }), ...query, ...header },
    ...(isEmpty || body === null ? {} : { requestBody: { required: true, content: json(body) } }),
    responses: {
      [String(route.status)]: { description: "Done", ...(output === null ? {} : { content: json(output) }) },
      ...problems([...(input === null ? [] : [400]), 401, 403, ...(inPath.length === 0 ? [] : [404]), 429, 503]),
    },
  };
}

function ofOther(other: OtherEndpoint): ZodOpenApiOperationObject {
  const inPath = [...other.path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? "");
  const answers = Object.entries(other.answers).map(
    ([status, answer]) => [status, responseOf(status, answer)] as const,
  );
  const signed = other.security === "attempt" || other.security === "signature" || other.security === "session";
  return {
    operationId: `${other.method.toLowerCase()}${other.path.replaceAll(/\W+(\w)/g, (_, first: string) => first.toUpperCase())}`,
    summary: other.summary,
    tags: [other.tag],
    security: other.security === null ? [] : [{ [other.security]: [] }],
    ...(inPath.length === 0
      ? {}
      : { requestParams: { path: z.object(Object.fromEntries(inPath.map((name) => [name, z.string()]))) } }),
    ...(other.body === undefined ? {} : { requestBody: { required: true, content: json(other.body) } }),
    responses: { ...Object.fromEntries(answers), ...(signed ? problems([401]) : {}) },
  };
}

function responseOf(
  status: string,
  { description, schema, type }: OtherEndpoint["answers"][string],
): ZodOpenApiResponseObject {
  if (schema !== undefined) return { description, content: json(schema) };
  if (type !== undefined) return { description, content: { [type]: { schema: z.string() } } };
  return Number(status) >= 400 ? problem(description) : { description };
}
