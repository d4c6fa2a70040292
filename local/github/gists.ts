import { randomBytes } from "node:crypto";
import { z } from "zod";
import { type Actor, type Answer, type Exchange, invalid, json, parseJson, problem, Refusal } from "./exchange.ts";
import { parameter, route, type Route } from "./routes.ts";
import type { World } from "./world.ts";

export type Gist = { id: string; login: string; description: string; public: boolean; files: Record<string, string> };

const gistSchema = z.object({
  description: z.string().optional(),
  public: z.boolean().default(false),
  files: z.record(z.string(), z.object({ content: z.string().min(1) })),
});

/** Gists as far as a mirror of settings needs them. A GitHub App needs the account permission, a classic app the scope. */
export function gistRoutes(world: World): Route[] {
  return [
    route("POST", "/gists", (exchange) => {
      const { login } = requireWriter(world, exchange.actor);
      const parsed = gistSchema.safeParse(parseJson(exchange.body));
      if (!parsed.success) return invalid({ resource: "Gist", code: "missing_field", field: "files" });
      const gist = { id: randomBytes(16).toString("hex"), login, description: "", public: false, files: {} };
      return json(201, write(world, gist, parsed.data));
    }),
    route("PATCH", "/gists/:id", (exchange, parameters) => {
      const { login } = requireWriter(world, exchange.actor);
      const gist = world.gists.get(parameter(parameters, "id"));
      if (gist?.login !== login) return problem(404, "Not Found");
      const parsed = gistSchema.safeParse(parseJson(exchange.body));
      if (!parsed.success) return invalid({ resource: "Gist", code: "missing_field", field: "files" });
      return json(200, write(world, gist, parsed.data));
    }),
    route("DELETE", "/gists/:id", (exchange, parameters): Answer => {
      const { login } = requireWriter(world, exchange.actor);
      const gist = world.gists.get(parameter(parameters, "id"));
      if (gist?.login !== login) return problem(404, "Not Found");
      world.gists.delete(gist.id);
      return json(204, null);
    }),
    route("GET", "/gists/:id", (_exchange: Exchange, parameters) => {
      const gist = world.gists.get(parameter(parameters, "id"));
      return gist === undefined ? problem(404, "Not Found") : json(200, format(world, gist));
    }),
  ];
}

function requireWriter(world: World, actor: Actor): Extract<Actor, { kind: "user" }> {
  if (actor.kind === "anonymous") throw new Refusal(problem(401, "Requires authentication"));
  if (actor.kind !== "user") throw new Refusal(problem(403, "Resource not accessible by integration"));
  if (actor.issuedTo === "app" && world.seed.accountPermissions.gists !== "write")
    throw new Refusal(problem(403, "Resource not accessible by integration"));
  // GitHub does not tell a token without the scope that there is such a thing.
  if (actor.issuedTo === "classic" && !actor.scopes.includes("gist")) throw new Refusal(problem(404, "Not Found"));
  return actor;
}

function write(world: World, gist: Gist, wanted: z.infer<typeof gistSchema>): Record<string, unknown> {
  const texts = Object.entries(wanted.files).map(([name, { content }]): [string, string] => [name, content]);
  const written = {
    ...gist,
    description: wanted.description ?? gist.description,
    files: { ...gist.files, ...Object.fromEntries(texts) },
  };
  world.gists.set(gist.id, written);
  return format(world, written);
}

function format(world: World, gist: Gist): Record<string, unknown> {
  const files = Object.entries(gist.files).map(([filename, content]) => [filename, { filename, content }]);
  return {
    id: gist.id,
    url: `${world.url}/gists/${gist.id}`,
    html_url: `${world.url}/gist/${gist.login}/${gist.id}`,
    description: gist.description,
    public: gist.public,
    owner: { login: gist.login },
    files: Object.fromEntries(files),
  };
}
