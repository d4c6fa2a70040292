import type { z } from "zod";
import type { RestMethod } from "@/server/trpc/init";
import { PROCEDURES } from "@/server/trpc/router";

export type RestRoute = {
  method: RestMethod;
  /** As in OpenAPI, without `/api`: `/tasks/{id}/stop`. */
  path: string;
  /** Dotted name in the router. */
  procedure: string;
  type: "query" | "mutation";
  status: number;
  summary: string;
  tags: string[];
  description?: string;
  input: z.ZodType | null;
  output: z.ZodType | null;
};

/** Every procedure that has a REST path. A GET is always a query: no read changes anything. */
export const REST_ROUTES: RestRoute[] = PROCEDURES.flatMap(({ name, type, meta, input, output }) => {
  if (meta.openapi === undefined || type === "subscription") return [];
  const { method, path, ...about } = meta.openapi;
  if ((method === "GET") !== (type === "query")) throw new Error(`${name}: ${method} cannot be a ${type}`);
  return [{ method, path, procedure: name, type, status: meta.status ?? 200, ...about, input, output }];
});

export type FoundRoute =
  | { kind: "found"; route: RestRoute; params: Record<string, string> }
  | { kind: "other_method"; allowed: RestRoute["method"][] }
  | { kind: "none" };

/** The route of a request path such as `/api/tasks/task_1/stop`. A literal segment wins over a parameter. */
export function findRoute(method: string, pathname: string): FoundRoute {
  const segments = pathname.split("/").slice(1);
  if (segments.shift() !== "api") return { kind: "none" };
  const matches = REST_ROUTES.flatMap((route) => {
    const params = match(route.path.split("/").slice(1), segments);
    return params === null ? [] : [{ route, params }];
  }).toSorted((a, b) => Object.keys(a.params).length - Object.keys(b.params).length);
  const found = matches.find(({ route }) => route.method === method);
  if (found !== undefined) return { kind: "found", ...found };
  return matches.length === 0
    ? { kind: "none" }
    : { kind: "other_method", allowed: matches.map(({ route }) => route.method) };
}

function match(pattern: string[], segments: string[]): Record<string, string> | null {
  if (pattern.length !== segments.length) return null;
  const params: Record<string, string> = {};
  for (const [index, part] of pattern.entries()) {
    const segment = segments[index] ?? "";
    const name = /^\{(.+)\}$/.exec(part)?.[1];
    if (name === undefined ? part !== segment : segment === "") return null;
    if (name !== undefined) params[name] = segment;
  }
  return params;
}
