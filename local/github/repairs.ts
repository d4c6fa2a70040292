import { knownRepository, roleFlags, roleOf } from "./access.ts";
import { type GitHubActor, type HttpExchange, isRecord } from "./exchange.ts";
import { formatApp, formatInstallation } from "./shapes.ts";
import type { Repository, GitHubWorld } from "./world.ts";

const installationPath =
  /^\/(repos\/[^/]+\/[^/]+\/installation|users\/[^/]+\/installation|app\/installations(\/\d+)?)$/;
const oneRepositoryPath = /^\/(repos\/[^/]+\/[^/]+|repositories\/\d+)$/;

/** What the emulator's successful answers lack, by route. */
export async function repairAnswer(world: GitHubWorld, exchange: HttpExchange, body: unknown): Promise<unknown> {
  const complete = completeTexts(world, body);
  if (installationPath.test(exchange.path)) return repairInstallations(world, complete);
  if (exchange.path === "/user/repos" && Array.isArray(complete)) {
    return Promise.all(complete.map((entry) => repairRepository(world, exchange.actor, entry)));
  }
  if (oneRepositoryPath.test(exchange.path)) {
    const repository = await repairRepository(world, exchange.actor, complete);
    return isRecord(repository) ? { ...repository, network_count: 0, subscribers_count: 0 } : repository;
  }
  if (exchange.path === "/app") return formatApp(world);
  return complete;
}

function repairInstallations(world: GitHubWorld, body: unknown): unknown {
  if (Array.isArray(body)) {
    return world.seed.installations
      .filter(({ state }) => state !== "deleted")
      .map((each) => formatInstallation(world, each));
  }
  const installation = world.seed.installations.find(({ id }) => isRecord(body) && body.id === id);
  return installation === undefined ? body : formatInstallation(world, installation);
}

/** The flags of what this actor may do; the emulator says "everything" to all. */
async function flagsFor(
  world: GitHubWorld,
  actor: GitHubActor,
  repository: Repository,
): Promise<Record<string, boolean> | undefined> {
  switch (actor.kind) {
    case "user":
      return roleFlags(await roleOf(world, repository, actor.login));
    case "installation":
      return roleFlags(actor.permissions.contents === "write" ? "write" : "read");
    case "app":
    case "anonymous":
      return undefined;
  }
}

export async function repairRepository(world: GitHubWorld, actor: GitHubActor, body: unknown): Promise<unknown> {
  if (!isRecord(body) || typeof body.full_name !== "string") return body;
  const [owner = "", name = ""] = body.full_name.split("/");
  const repository = knownRepository(world, owner, name);
  if (repository === undefined) return body;
  const { permissions: _everything, ...described } = body;
  const rest = { ...described, pushed_at: body.pushed_at ?? body.updated_at };
  const flags = await flagsFor(world, actor, repository);
  return flags === undefined ? rest : { ...rest, permissions: flags };
}

const verified = (sha: string, signedAt: string): Record<string, unknown> => ({
  verified: true,
  reason: "valid",
  signature: "-----BEGIN PGP SIGNATURE-----\n\nthe local GitHub signs nothing\n-----END PGP SIGNATURE-----\n",
  payload: `commit ${sha}\n`,
  verified_at: signedAt,
});

/** Reaction counts, GitHub's signatures, and the App behind the bot's texts, wherever they stand in an answer or a webhook. */
export function completeTexts(world: GitHubWorld, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((entry) => completeTexts(world, entry));
  if (!isRecord(value)) return value;
  const complete = Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, completeTexts(world, entry)]));
  if (isRecord(complete.reactions) && typeof complete.reactions.url === "string") {
    const subject = /\/repos\/(.+)\/reactions$/.exec(complete.reactions.url)?.[1] ?? "";
    complete.reactions = { url: complete.reactions.url, ...world.reactions.summary(subject) };
  }
  if (typeof complete.sha === "string") {
    const signedAt = world.signed.get(complete.sha);
    const commit = isRecord(complete.commit) ? complete.commit : complete;
    if (signedAt !== undefined && isRecord(commit.verification)) commit.verification = verified(complete.sha, signedAt);
  }
  const byBot = isRecord(complete.user) && complete.user.login === world.bot.login;
  if (byBot && "performed_via_github_app" in complete) complete.performed_via_github_app = formatApp(world);
  return complete;
}
