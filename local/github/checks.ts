import { z } from "zod";
import { statusPayload, suitePayload, worstOf } from "./check-events.ts";
import { forbiddenRefusal, routeRepository } from "./access.ts";
import {
  type HttpAnswer,
  type HttpExchange,
  isRecord,
  jsonAnswer,
  pageOf,
  parseJson,
  problemAnswer,
  HttpRefusal,
} from "./exchange.ts";
import { describeRepository } from "./installations.ts";
import { passOn } from "./proxy.ts";
import { sendEvent, senderOf } from "./pull-events.ts";
import { parameterOf, defineRoute, type HttpRoute } from "./routes.ts";
import type { CommitStatus, Repository, GitHubWorld } from "./world.ts";

export const checksSchema = z.strictObject({
  repo: z.string(),
  /** A branch or a commit. */
  ref: z.string(),
  runs: z
    .array(z.strictObject({ name: z.string(), status: z.string(), conclusion: z.string().nullable().default(null) }))
    .default([]),
  statuses: z
    .array(z.strictObject({ context: z.string(), state: z.enum(["error", "failure", "pending", "success"]) }))
    .default([]),
});
export type ChecksOrder = z.input<typeof checksSchema>;

const commitSchema = z.looseObject({ sha: z.string() });

/** What GitHub has and the emulator lacks of a commit's checks: the older statuses, and a field of each check run. */
export function checkRoutes(world: GitHubWorld): HttpRoute[] {
  const commit = "/repos/:owner/:repo/commits/:ref";
  return [
    defineRoute("GET", `${commit}/check-runs`, (exchange) => checkRuns(world, exchange)),
    defineRoute("GET", `${commit}/status`, (exchange, parameters) => combinedStatus(world, exchange, parameters)),
  ];
}

/** Notes check runs and statuses of a commit, as if its CI had. The newest of a name is the one that counts. */
export async function setChecks(world: GitHubWorld, input: ChecksOrder): Promise<void> {
  const { repo, ref, runs, statuses } = checksSchema.parse(input);
  const repository = world.repositories.find(({ fullName }) => fullName === repo);
  if (repository === undefined) throw new HttpRefusal(problemAnswer(404, "Not Found"));
  const sha = await shaOf(world, repository, ref);
  const path = `/repos/${repo}/check-runs`;
  for (const run of runs) {
    const body = { ...run, head_sha: sha };
    await world.emulator.call(z.unknown(), {
      method: "POST",
      path,
      authorization: world.emulator.owner(repository.owner),
      body,
    });
  }
  const createdAt = new Date().toISOString().replace(/\.\d+Z$/, "Z");
  const sender = senderOf(world, { kind: "anonymous" });
  if (runs.length > 0 && runs.every(({ status }) => status === "completed")) {
    const payload = await suitePayload(world, repository, { sha, conclusion: worstOf(runs) });
    await sendEvent(world, { repository, sender }, { event: "check_suite", payload });
  }
  for (const status of statuses) {
    const noted = { ...status, id: world.statuses.length + 1, sha, createdAt };
    world.statuses.push(noted);
    await sendEvent(
      world,
      { repository, sender },
      { event: "status", payload: await statusPayload(world, repository, noted) },
    );
  }
}

async function shaOf(world: GitHubWorld, repository: Repository, ref: string): Promise<string> {
  const path = `/repos/${repository.fullName}/commits/${encodeURI(ref)}`;
  const found = await world.emulator.read(commitSchema, path, world.emulator.owner(repository.owner));
  if (found === undefined) throw new HttpRefusal(problemAnswer(422, `No commit found for SHA: ${ref}`));
  return found.sha;
}

async function checkRuns(world: GitHubWorld, exchange: HttpExchange): Promise<HttpAnswer> {
  const answer = await passOn(world, exchange);
  const body = parseJson(answer.body);
  if (answer.status !== 200 || !isRecord(body) || !Array.isArray(body.check_runs)) return answer;
  const { items, headers } = pageOf(exchange, world.url, body.check_runs);
  const complete = items.map((run: unknown) => {
    if (!isRecord(run) || !isRecord(run.output)) return run;
    return { ...run, output: { ...run.output, annotations_url: `${String(run.url)}/annotations` } };
  });
  return jsonAnswer(200, { ...body, check_runs: complete }, { ...answer.headers, ...headers });
}

/** Everybody may read it in a public repository; in a private one an App needs the permission. */
function requireStatuses({ actor }: HttpExchange, repository: Repository): void {
  if (!repository.private || actor.kind === "user") return;
  if (actor.kind !== "installation" || actor.permissions.statuses === undefined) throw forbiddenRefusal(actor);
}

async function combinedStatus(
  world: GitHubWorld,
  exchange: HttpExchange,
  parameters: Record<string, string>,
): Promise<HttpAnswer> {
  const repository = await routeRepository(world, exchange, parameters);
  requireStatuses(exchange, repository);
  const sha = await shaOf(world, repository, parameterOf(parameters, "ref"));
  const newest = new Map(world.statuses.filter((each) => each.sha === sha).map((each) => [each.context, each]));
  const all = [...newest.values()];
  const { items, headers } = pageOf(exchange, world.url, all);
  const commit = `${world.url}/repos/${repository.fullName}/commits/${sha}`;
  const body = {
    state: stateOf(all),
    statuses: items.map((status) => format(world, repository, status)),
    sha,
    total_count: all.length,
    repository: await describeRepository(world, exchange.actor, repository),
    commit_url: commit,
    url: `${commit}/status`,
  };
  return jsonAnswer(200, body, headers);
}

/** Pending without any, as GitHub says it. */
function stateOf(statuses: CommitStatus[]): string {
  if (statuses.some(({ state }) => state === "failure" || state === "error")) return "failure";
  return statuses.length > 0 && statuses.every(({ state }) => state === "success") ? "success" : "pending";
}

function format(world: GitHubWorld, repository: Repository, status: CommitStatus): Record<string, unknown> {
  return {
    url: `${world.url}/repos/${repository.fullName}/statuses/${status.sha}`,
    avatar_url: null,
    id: status.id,
    node_id: Buffer.from(`0:StatusContext${status.id}`).toString("base64url"),
    state: status.state,
    description: null,
    target_url: null,
    context: status.context,
    created_at: status.createdAt,
    updated_at: status.createdAt,
  };
}
