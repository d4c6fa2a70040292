import { describe, expect, test } from "vitest";
import { openApiDocument } from "./openapi";
import { OTHER_ENDPOINTS } from "./other-endpoints";
import { apiReference } from "./reference";
import { REST_ROUTES } from "./routes";

const document = openApiDocument("https://porter.test");
type Operation = {
  operationId: string;
  parameters?: { name: string; in: string }[];
  requestBody?: unknown;
  responses: Record<string, { content?: Record<string, { schema: object }> }>;
  security: object[];
};
const operations = Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
  Object.entries(item ?? {}).map(([method, operation]) => ({ path, method, operation: operation as Operation })),
);

describe("the OpenAPI document", () => {
  test("is of 3.1 and lists every procedure with a path and every other endpoint, once", () => {
    expect(document.openapi).toBe("3.1.0");
    const wanted = [...REST_ROUTES, ...OTHER_ENDPOINTS].map(({ method, path }) => `${method} ${path}`).toSorted();
    expect(operations.map(({ path, method }) => `${method.toUpperCase()} ${path}`).toSorted()).toEqual(wanted);
    const ids = operations.map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test("names every parameter of every path, and no body for a GET", () => {
    for (const { path, method, operation } of operations) {
      const inPath = (operation.parameters ?? []).filter((one) => one.in === "path").map(({ name }) => `{${name}}`);
      expect(inPath.toSorted(), path).toEqual((path.match(/\{\w+\}/g) ?? []).toSorted());
      if (method === "get") expect(operation.requestBody, path).toBeUndefined();
    }
  });

  test("gives every success of a procedure its schema, and every refusal the one shape", () => {
    for (const { path, operation } of operations) {
      for (const [status, { content }] of Object.entries(operation.responses)) {
        if (Number(status) >= 400 && content !== undefined && !path.startsWith("/startup"))
          expect(content["application/json"]?.schema, path).toEqual({ $ref: "#/components/schemas/Error" });
      }
    }
    for (const route of REST_ROUTES) expect(route.output, route.procedure).not.toBeNull();
  });

  test("has Task and PorterConfig with every field that clients were promised, required where they are", () => {
    const schemas = (document.components?.schemas ?? {}) as Record<string, { properties: object; required: string[] }>;
    const spec = {
      Task: {
        required:
          "id status repoOwner repoName issueNumber issueTitle issueBody agent priority progress createdBy createdAt",
        optional:
          "branch prUrl callbackAttempts callbackMaxAttempts callbackLastHttpCode startedAt completedAt errorMessage",
      },
      PorterConfig: {
        required: "version executionMode flyToken agents settings",
        optional: "flyAppName",
      },
    };
    for (const [name, { required, optional }] of Object.entries(spec)) {
      for (const field of `${required} ${optional}`.split(" "))
        expect(schemas[name]?.properties, name).toHaveProperty(field);
      for (const field of required.split(" ")) expect(schemas[name]?.required, name).toContain(field);
      for (const field of optional.split(" ")) expect(schemas[name]?.required, name).not.toContain(field);
    }
    expect(document.paths?.["/tasks"]?.post?.responses).toHaveProperty("201");
  });

  test("points nowhere that is not there", () => {
    const references = JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g);
    const known = Object.keys(document.components?.schemas ?? {});
    for (const [, name = ""] of references) expect(known).toContain(name);
  });

  test("offers the header that makes a dispatch safe to repeat, and no such field in the body", () => {
    const post = document.paths?.["/tasks"]?.post;
    expect(JSON.stringify(post?.parameters)).toContain("Idempotency-Key");
    expect(JSON.stringify(post?.requestBody)).not.toContain("idempotencyKey");
  });
});

test("the page of the API says of each endpoint who may ask, with what, and what comes back, at an anchor of its own", () => {
  const { groups, schemas } = apiReference("https://porter.test", "porter");
  const endpoints = groups.flatMap(({ endpoints: all }) => all);
  expect(endpoints).toHaveLength(REST_ROUTES.length + OTHER_ENDPOINTS.length);
  expect(new Set(endpoints.map(({ id }) => id)).size).toBe(endpoints.length);
  const create = endpoints.find(({ id }) => id === "post-tasks");
  expect(create).toMatchObject({ method: "POST", path: "/api/tasks", needs: "a signed-in session" });
  expect(create?.body).toContain("repository: string");
  expect(create?.answers.find(({ status }) => status === "201")?.type).toBe("{\n  task: Task\n}");
  expect(schemas.find(({ name }) => name === "Task")?.text).toContain("repoOwner: string");
});
