import { authorizationOf, knownRepository } from "./access.ts";
import { type HttpAnswer, type HttpExchange, isRecord, jsonAnswer, parseJson, problemAnswer } from "./exchange.ts";
import { repairAnswer } from "./repairs.ts";
import { asAskedFor } from "./uploads.ts";
import type { GitHubWorld } from "./world.ts";

const passedHeaders = ["accept", "content-type", "cookie", "user-agent"];
const writesGit = /^\/repos\/[^/]+\/[^/]+\/(git\/|contents\/|merges$|pulls\/\d+\/merge$)/;
const repositoryPath = /^\/repos\/([^/]+)\/([^/]+)/;

/** Hands a request to the emulator as the same actor, and brings the answer into GitHub's form. */
export async function passOn(world: GitHubWorld, exchange: HttpExchange): Promise<HttpAnswer> {
  const [, owner = "", name = ""] = repositoryPath.exec(exchange.path) ?? [];
  const repository = knownRepository(world, owner, name);
  if (repository === undefined || exchange.method === "GET" || !writesGit.test(exchange.path)) {
    return forwardAndRepair(world, exchange);
  }
  return world.locks.run(repository.fullName, () => forwardAndRepair(world, exchange));
}

async function forwardAndRepair(world: GitHubWorld, exchange: HttpExchange): Promise<HttpAnswer> {
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
  return jsonAnswer(
    answer.status,
    asAskedFor(world, exchange, await repairAnswer(world, exchange, body)),
    plain.headers,
  );
}

/**
 * The emulator says 403 "Forbidden" both for what one may not see and for what one may not change. GitHub says 404
 * for the first, and names the reason for the second.
 */
async function githubProblem(
  world: GitHubWorld,
  exchange: HttpExchange,
  { answer, body }: { answer: HttpAnswer; body: unknown },
): Promise<HttpAnswer> {
  const message = isRecord(body) && typeof body.message === "string" ? body.message : "";
  if (answer.status === 422 && message === "Validation failed") return problemAnswer(422, "Validation Failed", []);
  if (answer.status !== 403 || message !== "Forbidden") return problemAnswer(answer.status, message);
  const [path = ""] = repositoryPath.exec(exchange.path) ?? [];
  const seen = await world.emulator.send({ method: "GET", path, authorization: authorizationOf(exchange.actor) });
  if (seen.status !== 200) return problemAnswer(404, "Not Found");
  return exchange.actor.kind === "installation"
    ? problemAnswer(403, "Resource not accessible by integration")
    : problemAnswer(403, "Must have admin rights to Repository.");
}
