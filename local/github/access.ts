import { z } from "zod";
import { type GitHubActor, type HttpExchange, problemAnswer, HttpRefusal } from "./exchange.ts";
import type { SeededInstallation } from "./seed.ts";
import type { Repository, GitHubWorld } from "./world.ts";

/** GitHub's roles, weakest first. */
const roles = ["none", "read", "triage", "write", "maintain", "admin"] as const;
export type Role = (typeof roles)[number];

const permissionSchema = z.looseObject({ permission: z.string() });

export function authorizationOf(actor: GitHubActor): string | undefined {
  return actor.kind === "anonymous" ? undefined : actor.authorization;
}

export function knownRepository(world: GitHubWorld, owner: string, name: string): Repository | undefined {
  const fullName = `${owner}/${name}`.toLowerCase();
  return world.repositories.find((repository) => repository.fullName.toLowerCase() === fullName);
}

/** Refuses with 404 when this actor may not see the repository, as GitHub does for what one may not know of. */
async function requireVisible(world: GitHubWorld, actor: GitHubActor, fullName: string): Promise<void> {
  const found = await world.emulator.read(z.unknown(), `/repos/${fullName}`, authorizationOf(actor));
  if (found === undefined) throw new HttpRefusal(problemAnswer(404, "Not Found"));
}

/** A user's role in a repository, whoever asks. A public repository may be read by all. */
export async function roleOf(world: GitHubWorld, repository: Repository, login: string): Promise<Role> {
  const path = `/repos/${repository.fullName}/collaborators/${encodeURIComponent(login)}/permission`;
  const found = await world.emulator.read(permissionSchema, path, world.emulator.owner(repository.owner));
  switch (found?.permission) {
    case "admin":
    case "maintain":
    case "triage":
      return found.permission;
    case "push":
    case "write":
      return "write";
    case "pull":
    case "read":
      return "read";
    default:
      return repository.private ? "none" : "read";
  }
}

export function atLeast(role: Role, least: Role): boolean {
  return roles.indexOf(role) >= roles.indexOf(least);
}

/** A role as the flags a repository answer carries. */
export function roleFlags(role: Role): Record<string, boolean> {
  return {
    admin: atLeast(role, "admin"),
    maintain: atLeast(role, "maintain"),
    push: atLeast(role, "write"),
    triage: atLeast(role, "triage"),
    pull: atLeast(role, "read"),
  };
}

export function installationOf(world: GitHubWorld, repository: Repository): SeededInstallation | undefined {
  return world.seed.installations.find(
    (installation) =>
      installation.state !== "deleted" &&
      installation.account === repository.owner &&
      (installation.repositories === undefined || installation.repositories.includes(repository.fullName)),
  );
}

export function repositoriesOf(world: GitHubWorld, installation: SeededInstallation): Repository[] {
  return world.repositories.filter((repository) => installationOf(world, repository)?.id === installation.id);
}

/** Whether this actor may change issues of a repository: push access for people, the permission for an App. */
export async function mayWriteIssues(world: GitHubWorld, actor: GitHubActor, repository: Repository): Promise<boolean> {
  switch (actor.kind) {
    case "user":
      return atLeast(await roleOf(world, repository, actor.login), "triage");
    case "installation":
      return (
        installationOf(world, repository)?.id === actor.installationId &&
        (actor.permissions.issues === "write" || actor.permissions.pull_requests === "write")
      );
    case "app":
    case "anonymous":
      return false;
  }
}

/** Whether this actor may change workflow files; an App needs a permission of its own for it. */
export function mayWriteWorkflows(actor: GitHubActor): boolean {
  return actor.kind !== "installation" || actor.permissions.workflows === "write";
}

/** Whether this actor may push. */
export async function mayWriteContents(
  world: GitHubWorld,
  actor: GitHubActor,
  { fullName }: Repository,
): Promise<boolean> {
  // Storing an empty blob is the emulator's smallest write: it says yes or no by the rules of a push.
  const body = { content: "", encoding: "utf-8" };
  const path = `/repos/${fullName}/git/blobs`;
  const written = await world.emulator.send({ method: "POST", path, authorization: authorizationOf(actor), body });
  return written.status === 201;
}

/** The words with which GitHub refuses what one can see but not change. */
export function forbiddenRefusal(actor: GitHubActor): HttpRefusal {
  if (actor.kind === "anonymous") return new HttpRefusal(problemAnswer(401, "Requires authentication"));
  const message =
    actor.kind === "installation" ? "Resource not accessible by integration" : "Must have admin rights to Repository.";
  return new HttpRefusal(problemAnswer(403, message));
}

/** The repository of the route's `:owner/:repo`, if the actor sees it and the front knows it. */
export async function routeRepository(
  world: GitHubWorld,
  exchange: HttpExchange,
  parameters: Record<string, string>,
): Promise<Repository> {
  const repository = knownRepository(world, parameters.owner ?? "", parameters.repo ?? "");
  if (repository === undefined) throw new HttpRefusal(problemAnswer(404, "Not Found"));
  await requireVisible(world, exchange.actor, repository.fullName);
  return repository;
}
