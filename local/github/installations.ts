import { z } from "zod";
import {
  atLeast,
  forbiddenRefusal,
  installationOf,
  repositoriesOf,
  type Role,
  roleFlags,
  roleOf,
  routeRepository,
} from "./access.ts";
import {
  type GitHubActor,
  type HttpAnswer,
  emptyAnswer,
  type HttpExchange,
  isRecord,
  jsonAnswer,
  pageOf,
  parseJson,
  problemAnswer,
  HttpRefusal,
} from "./exchange.ts";
import { passOn } from "./proxy.ts";
import { repairRepository } from "./repairs.ts";
import { parameterOf, defineRoute, type HttpRoute } from "./routes.ts";
import type { SeededInstallation } from "./seed.ts";
import { formatInstallation, simpleUser } from "./shapes.ts";
import { newInstallationToken } from "./tokens.ts";
import type { Repository, GitHubWorld } from "./world.ts";

const issuedSchema = z.looseObject({
  token: z.string(),
  expires_at: z.string(),
  permissions: z.record(z.string(), z.string()),
  repository_selection: z.string(),
  repositories: z.array(z.looseObject({ id: z.number(), full_name: z.string() })).optional(),
});

/** Installations: lists for people and for the App, tokens, and repositories by installation. */
export function installationRoutes(world: GitHubWorld): HttpRoute[] {
  return [
    defineRoute("POST", "/app/installations/:id(\\d+)/access_tokens", (exchange, parameters) =>
      createToken(world, exchange, Number(parameterOf(parameters, "id"))),
    ),
    defineRoute("GET", "/app/installations/:id(\\d+)", async (exchange, parameters) => {
      const wanted = Number(parameterOf(parameters, "id"));
      const gone = world.seed.installations.some(({ id, state }) => id === wanted && state === "deleted");
      return gone && exchange.actor.kind === "app" ? problemAnswer(404, "Not Found") : passOn(world, exchange);
    }),
    defineRoute("GET", "/repos/:owner/:repo/installation", async (exchange, parameters) => {
      if (exchange.actor.kind !== "app") return problemAnswer(401, "A JSON web token could not be decoded");
      const [owner, name] = [parameterOf(parameters, "owner"), parameterOf(parameters, "repo")];
      const repository = world.repositories.find(({ fullName }) => fullName === `${owner}/${name}`);
      const installation = repository === undefined ? undefined : installationOf(world, repository);
      if (installation === undefined || installation.state === "deleted") return problemAnswer(404, "Not Found");
      return jsonAnswer(200, formatInstallation(world, installation));
    }),
    defineRoute("GET", "/users/:login/installation", (exchange, parameters) =>
      ofAccount(world, exchange, parameters.login),
    ),
    defineRoute("GET", "/orgs/:login/installation", (exchange, parameters) =>
      ofAccount(world, exchange, parameters.login),
    ),
    defineRoute("DELETE", "/installation/token", (exchange) => {
      world.tokens.revoke(requireInstallation(exchange.actor).token);
      return emptyAnswer(204);
    }),
    defineRoute("GET", "/installation/repositories", (exchange) => listForInstallation(world, exchange)),
    defineRoute("GET", "/user/installations", (exchange) => listForUser(world, exchange)),
    defineRoute("GET", "/user/installations/:id(\\d+)/repositories", (exchange, parameters) =>
      listRepositoriesForUser(world, exchange, Number(parameterOf(parameters, "id"))),
    ),
    defineRoute("GET", "/repos/:owner/:repo/collaborators/:login/permission", async (exchange, parameters) => {
      const repository = await routeRepository(world, exchange, parameters);
      return permission(world, exchange, { repository, login: parameterOf(parameters, "login") });
    }),
    defineRoute("GET", "/repos/:owner/:repo/collaborators", async (exchange, parameters) =>
      listCollaborators(world, exchange, await routeRepository(world, exchange, parameters)),
    ),
  ];
}

/** Of the people of this world: `?permission=` asks for those who have at least this right. */
async function listCollaborators(
  world: GitHubWorld,
  exchange: HttpExchange,
  repository: Repository,
): Promise<HttpAnswer> {
  if (exchange.actor.kind === "anonymous") return problemAnswer(401, "Requires authentication");
  const right = exchange.query.get("permission") ?? "pull";
  const people = await Promise.all(
    world.users.map(async ({ id, login }) => {
      const role = await roleOf(world, repository, login);
      return { ...simpleUser(world, { id, login, type: "User" }), permissions: roleFlags(role), role_name: role };
    }),
  );
  const found = people.filter(({ permissions }) => permissions[right] === true);
  const { items, headers } = pageOf(exchange, world.url, found);
  return jsonAnswer(200, items, headers);
}

function ofAccount(world: GitHubWorld, exchange: HttpExchange, login: string | undefined): HttpAnswer {
  if (exchange.actor.kind !== "app") return problemAnswer(401, "A JSON web token could not be decoded");
  const wanted = login?.toLowerCase();
  const found = world.seed.installations.find(
    ({ account, state }) => account.toLowerCase() === wanted && state !== "deleted",
  );
  return found === undefined ? problemAnswer(404, "Not Found") : jsonAnswer(200, formatInstallation(world, found));
}

function requireInstallation(actor: GitHubActor): Extract<GitHubActor, { kind: "installation" }> {
  if (actor.kind === "installation") return actor;
  throw new HttpRefusal(
    problemAnswer(403, "You must authenticate with an installation access token in order to do this."),
  );
}

async function createToken(world: GitHubWorld, exchange: HttpExchange, id: number): Promise<HttpAnswer> {
  const installation = world.seed.installations.find((each) => each.id === id);
  if (exchange.actor.kind === "app" && installation?.state === "deleted") return problemAnswer(404, "Not Found");
  if (exchange.actor.kind === "app" && installation?.state === "suspended") {
    return problemAnswer(403, "This installation has been suspended");
  }
  const answer = await passOn(world, exchange);
  if (answer.status !== 201) return githubWords(answer);
  const issued = issuedSchema.parse(parseJson(answer.body));
  const token = newInstallationToken(world.seed.app.id);
  // Every installation token may read metadata, asked for or not.
  const permissions = { metadata: "read", ...issued.permissions };
  world.tokens.add({
    kind: "installation",
    token,
    innerToken: issued.token,
    installationId: id,
    permissions,
    repositoryIds: issued.repositories?.map((repository) => repository.id),
    expiresAtMs: Date.parse(issued.expires_at),
  });
  const expires = issued.expires_at.replace(/\.\d+Z$/, "Z");
  return jsonAnswer(201, {
    ...issued,
    token,
    permissions,
    expires_at: expires,
    ...(await fullRepositories(world, exchange, issued)),
  });
}

/** The emulator lists five fields a repository; GitHub lists it in full. */
async function fullRepositories(
  world: GitHubWorld,
  exchange: HttpExchange,
  issued: z.infer<typeof issuedSchema>,
): Promise<Record<string, unknown>> {
  if (issued.repositories === undefined) return {};
  const full = issued.repositories.map(async ({ full_name: fullName }) => {
    const repository = world.repositories.find((known) => known.fullName === fullName);
    return repository === undefined ? undefined : describeRepository(world, exchange.actor, repository);
  });
  return { repositories: (await Promise.all(full)).filter((repository) => repository !== undefined) };
}

function githubWords(answer: HttpAnswer): HttpAnswer {
  const body = parseJson(answer.body);
  const unknownRepository = isRecord(body) && String(body.message).startsWith("The repositories requested");
  if (answer.status !== 422 || !unknownRepository) return answer;
  const message =
    "There is at least one repository that does not exist or is not accessible to the parent installation.";
  return problemAnswer(422, message);
}

/** A repository in full, as this actor sees it. */
export async function describeRepository(
  world: GitHubWorld,
  actor: GitHubActor,
  repository: Repository,
): Promise<unknown> {
  const authorization = world.emulator.owner(repository.owner);
  const found = await world.emulator.read(z.unknown(), `/repos/${repository.fullName}`, authorization);
  return repairRepository(world, actor, found);
}

async function listForInstallation(world: GitHubWorld, exchange: HttpExchange): Promise<HttpAnswer> {
  const actor = requireInstallation(exchange.actor);
  const grant = world.tokens.find(actor.token);
  const installation = world.seed.installations.find(({ id }) => id === actor.installationId);
  if (installation === undefined || grant?.kind !== "installation") return problemAnswer(401, "Bad credentials");
  const allowed = repositoriesOf(world, installation).filter(
    ({ id }) => grant.repositoryIds === undefined || grant.repositoryIds.includes(id),
  );
  const { items, headers } = pageOf(exchange, world.url, allowed);
  const repositories = await Promise.all(items.map((repository) => describeRepository(world, actor, repository)));
  const selected = grant.repositoryIds !== undefined || installation.repositories !== undefined;
  const body = { total_count: allowed.length, repository_selection: selected ? "selected" : "all", repositories };
  return jsonAnswer(200, body, headers);
}

/** The repositories of an installation that a person can reach with more than a visitor's rights. */
async function reachable(world: GitHubWorld, login: string, installation: SeededInstallation): Promise<Repository[]> {
  const all = repositoriesOf(world, installation);
  const asked = all.map(async (repository) => ({ repository, role: await roleOf(world, repository, login) }));
  return (await Promise.all(asked))
    .filter(({ repository, role }) => atLeast(role, repository.private ? "read" : "triage"))
    .map(({ repository }) => repository);
}

function requireUser(actor: GitHubActor): Extract<GitHubActor, { kind: "user" }> {
  if (actor.kind === "user") return actor;
  throw forbiddenRefusal(actor);
}

async function listForUser(world: GitHubWorld, exchange: HttpExchange): Promise<HttpAnswer> {
  const { login, issuedTo } = requireUser(exchange.actor);
  if (issuedTo === "classic") {
    const message =
      "You must authenticate with an access token authorized to a GitHub App in order to list installations";
    return problemAnswer(403, message);
  }
  const active = world.seed.installations.filter(({ state }) => state !== "deleted");
  const asked = active.map(async (installation) => {
    const mine = installation.account === login || (await reachable(world, login, installation)).length > 0;
    return { installation, mine };
  });
  const mine = (await Promise.all(asked)).filter((entry) => entry.mine);
  const { items, headers } = pageOf(exchange, world.url, mine);
  const installations = items.map(({ installation }) => formatInstallation(world, installation));
  return jsonAnswer(200, { total_count: mine.length, installations }, headers);
}

async function listRepositoriesForUser(world: GitHubWorld, exchange: HttpExchange, id: number): Promise<HttpAnswer> {
  const actor = requireUser(exchange.actor);
  const installation = world.seed.installations.find((each) => each.id === id && each.state !== "deleted");
  if (installation === undefined) return problemAnswer(404, "Not Found");
  const allowed = await reachable(world, actor.login, installation);
  if (allowed.length === 0 && installation.account !== actor.login) return problemAnswer(404, "Not Found");
  const { items, headers } = pageOf(exchange, world.url, allowed);
  const repositories = await Promise.all(items.map((repository) => describeRepository(world, actor, repository)));
  const selection = installation.repositories === undefined ? "all" : "selected";
  return jsonAnswer(200, { total_count: allowed.length, repository_selection: selection, repositories }, headers);
}

/** A user's role: the emulator answers 404 for everyone who is no collaborator; GitHub says "read" or "none". */
async function permission(
  world: GitHubWorld,
  exchange: HttpExchange,
  { repository, login }: { repository: Repository; login: string },
): Promise<HttpAnswer> {
  const { actor } = exchange;
  if (actor.kind === "anonymous") return problemAnswer(401, "Requires authentication");
  if (actor.kind === "user" && !atLeast(await roleOf(world, repository, actor.login), "write")) {
    return problemAnswer(403, "Must have push access to view collaborator permission.");
  }
  const wanted = login.toLowerCase();
  const people = [...world.users.map((user) => ({ ...user, type: "User" })), { ...world.bot, type: "Bot" }];
  const user = people.find((person) => person.login.toLowerCase() === wanted);
  if (user === undefined) return problemAnswer(404, `${login} is not a user`);
  const role = user.type === "Bot" ? "none" : await roleOf(world, repository, user.login);
  return jsonAnswer(200, permissionBody(world, role, user));
}

/** `permission` keeps to GitHub's four old names; `role_name` tells the role itself. */
function permissionBody(world: GitHubWorld, role: Role, user: { id: number; login: string; type: string }): unknown {
  const old: Record<Role, string> = {
    none: "none",
    read: "read",
    triage: "read",
    write: "write",
    maintain: "write",
    admin: "admin",
  };
  const described = { ...simpleUser(world, user), permissions: roleFlags(role), role_name: role };
  return { permission: old[role], role_name: role, user: described };
}
