import { randomBytes } from "node:crypto";
import { z } from "zod";
import {
  type GitHubActor,
  type HttpAnswer,
  type HttpExchange,
  invalidAnswer,
  jsonAnswer,
  parseJson,
  problemAnswer,
  HttpRefusal,
} from "./exchange.ts";
import { parameterOf, defineRoute, type HttpRoute } from "./routes.ts";
import type { Gist, GitHubWorld } from "./world.ts";

const gistSchema = z.object({
  description: z.string().optional(),
  public: z.boolean().default(false),
  files: z.record(z.string(), z.object({ content: z.string().min(1) })),
});

/** Gists as far as a mirror of settings needs them. A GitHub App needs the account permission, a classic app the scope. */
export function gistRoutes(world: GitHubWorld): HttpRoute[] {
  return [
    defineRoute("POST", "/gists", (exchange) => {
      const { login } = requireWriter(world, exchange.actor);
      const parsed = gistSchema.safeParse(parseJson(exchange.body));
      if (!parsed.success) return invalidAnswer({ resource: "Gist", code: "missing_field", field: "files" });
      const gist = { id: randomBytes(16).toString("hex"), login, description: "", public: false, files: {} };
      return jsonAnswer(201, write(world, gist, parsed.data));
    }),
    defineRoute("PATCH", "/gists/:id", (exchange, parameters) => {
      const { login } = requireWriter(world, exchange.actor);
      const gist = world.gists.get(parameterOf(parameters, "id"));
      if (gist?.login !== login) return problemAnswer(404, "Not Found");
      const parsed = gistSchema.safeParse(parseJson(exchange.body));
      if (!parsed.success) return invalidAnswer({ resource: "Gist", code: "missing_field", field: "files" });
      return jsonAnswer(200, write(world, gist, parsed.data));
    }),
    defineRoute("DELETE", "/gists/:id", (exchange, parameters): HttpAnswer => {
      const { login } = requireWriter(world, exchange.actor);
      const gist = world.gists.get(parameterOf(parameters, "id"));
      if (gist?.login !== login) return problemAnswer(404, "Not Found");
      world.gists.delete(gist.id);
      return jsonAnswer(204, null);
    }),
    defineRoute("GET", "/gists/:id", (_exchange: HttpExchange, parameters) => {
      const gist = world.gists.get(parameterOf(parameters, "id"));
      return gist === undefined ? problemAnswer(404, "Not Found") : jsonAnswer(200, format(world, gist));
    }),
  ];
}

function requireWriter(world: GitHubWorld, actor: GitHubActor): Extract<GitHubActor, { kind: "user" }> {
  if (actor.kind === "anonymous") throw new HttpRefusal(problemAnswer(401, "Requires authentication"));
  if (actor.kind !== "user") throw new HttpRefusal(problemAnswer(403, "Resource not accessible by integration"));
  if (actor.issuedTo === "app" && world.seed.accountPermissions.gists !== "write")
    throw new HttpRefusal(problemAnswer(403, "Resource not accessible by integration"));
  // GitHub does not tell a token without the scope that there is such a thing.
  if (actor.issuedTo === "classic" && !actor.scopes.includes("gist"))
    throw new HttpRefusal(problemAnswer(404, "Not Found"));
  return actor;
}

function write(world: GitHubWorld, gist: Gist, wanted: z.infer<typeof gistSchema>): Record<string, unknown> {
  const texts = Object.entries(wanted.files).map(([name, { content }]): [string, string] => [name, content]);
  const written = {
    ...gist,
    description: wanted.description ?? gist.description,
    files: { ...gist.files, ...Object.fromEntries(texts) },
  };
  world.gists.set(gist.id, written);
  return format(world, written);
}

function format(world: GitHubWorld, gist: Gist): Record<string, unknown> {
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
