import { authorizationOf, knownRepository } from "./access.ts";
import { type Answer, type Exchange, isRecord, json, parseJson, problem } from "./exchange.ts";
import { repair } from "./repairs.ts";
import type { World } from "./world.ts";

const passedHeaders = ["accept", "content-type", "cookie", "user-agent"];
const writesGit = /^\/repos\/[^/]+\/[^/]+\/(git\/|contents\/|merges$|pulls\/\d+\/merge$)/;
const repositoryPath = /^\/repos\/([^/]+)\/([^/]+)/;

/** Hands a request to the emulator as the same actor, and brings the answer into GitHub's form. */
export async function passOn(world: World, exchange: Exchange): Promise<Answer> {
  const [, owner = "", name = ""] = repositoryPath.exec(exchange.path) ?? [];
  const repository = knownRepository(world, owner, name);
  if (repository === undefined || exchange.method === "GET" || !writesGit.test(exchange.path)) {
    return forwardAndRepair(world, exchange);
  }
  return world.locks.run(repository.fullName, () => forwardAndRepair(world, exchange));
}

async function forwardAndRepair(world: World, exchange: Exchange): Promise<Answer> {
  const query = exchange.query.toString();
  const headers: Record<string, string> = {};
  for (const name of passedHeaders) {
    const value = exchange.headers[name];
    if (typeof value === "string") headers[name] = value;
  }
  const authorization = authorizationOf(exchange.actor);
  if (authorization !== undefined) headers.authorization = authorization;
  const answer = await world.emulator.forward({
    method: exchange.method,
    path: query === "" ? exchange.path : `${exchange.path}?${query}`,
    headers,
    body: exchange.body,
  });
  const kept = Object.entries(answer.headers).filter(([header]) => !header.startsWith("x-ratelimit-"));
  const plain = { ...answer, headers: Object.fromEntries(kept) };
  const body = answer.headers["content-type"]?.includes("json") === true ? parseJson(answer.body) : undefined;
  if (body === undefined) return plain;
  if (answer.status >= 400) return githubProblem(world, exchange, { answer: plain, body });
  return json(answer.status, await repair(world, exchange, body), plain.headers);
}

/**
 * The emulator says 403 "Forbidden" both for what one may not see and for what one may not change. GitHub says 404
 * for the first, and names the reason for the second.
 */
async function githubProblem(
  world: World,
  exchange: Exchange,
  { answer, body }: { answer: Answer; body: unknown },
): Promise<Answer> {
  const message = isRecord(body) && typeof body.message === "string" ? body.message : "";
  if (answer.status === 422 && message === "Validation failed") return problem(422, "Validation Failed", []);
  if (answer.status !== 403 || message !== "Forbidden") return problem(answer.status, message);
  const [path = ""] = repositoryPath.exec(exchange.path) ?? [];
  const seen = await world.emulator.send({ method: "GET", path, authorization: authorizationOf(exchange.actor) });
  if (seen.status !== 200) return problem(404, "Not Found");
  return exchange.actor.kind === "installation"
    ? problem(403, "Resource not accessible by integration")
    : problem(403, "Must have admin rights to Repository.");
}
