import { z } from "zod";
import { authorizationOf, routeRepository } from "./access.ts";
import {
  type HttpAnswer,
  type HttpExchange,
  invalidAnswer,
  jsonAnswer,
  pageOf,
  parseJson,
  problemAnswer,
  HttpRefusal,
} from "./exchange.ts";
import { passOn } from "./proxy.ts";
import { changePull } from "./pull-change.ts";
import { sendPullEvent, trackPull } from "./pull-events.ts";
import {
  atHead,
  branchHead,
  compareCommits,
  type Comparison,
  comparisonOfPull,
  pullSchema,
  shortenedPull,
  withMergeability,
  withNumbers,
} from "./pull-reading.ts";
import { completeTexts } from "./repairs.ts";
import { parameterOf, defineRoute, type HttpRoute } from "./routes.ts";
import type { Repository, GitHubWorld } from "./world.ts";

const wantedSchema = z.looseObject({ title: z.string(), head: z.string(), base: z.string() });

/** Pull requests: GitHub's refusals, and numbers that follow the branch. */
export function pullRoutes(world: GitHubWorld): HttpRoute[] {
  const base = "/repos/:owner/:repo/pulls";
  const one = `${base}/:number(\\d+)`;
  return [
    defineRoute("POST", base, async (exchange, parameters) => {
      const repository = await routeRepository(world, exchange, parameters);
      return world.locks.run(repository.fullName, () => create(world, exchange, repository));
    }),
    defineRoute("GET", base, async (exchange, parameters) => list(world, exchange, parameters)),
    defineRoute("GET", one, (exchange, parameters) => detail(world, exchange, parameters)),
    defineRoute("PATCH", one, (exchange, parameters) => changePull(world, exchange, parameters)),
    defineRoute("GET", `${one}/files`, async (exchange, parameters) => {
      const { files } = await comparisonOf(world, exchange, parameters);
      return paged(world, exchange, files);
    }),
    defineRoute("GET", `${one}/commits`, async (exchange, parameters) => {
      const { commits } = await comparisonOf(world, exchange, parameters);
      return paged(
        world,
        exchange,
        commits.map((commit) => completeTexts(world, commit)),
      );
    }),
    defineRoute("POST", `${one}/requested_reviewers`, (exchange, parameters) =>
      requestReview(world, exchange, parameters),
    ),
    defineRoute("GET", "/repos/:owner/:repo/compare/:range(.+)", (exchange) => {
      // GitHub takes `owner:branch` on both sides; the emulator knows plain branches.
      const path = exchange.path.replace(/(compare\/|\.\.\.)[^/.:]+(?::|%3A)/gi, "$1");
      return passOn(world, { ...exchange, path });
    }),
  ];
}

function paged(world: GitHubWorld, exchange: HttpExchange, entries: unknown[]): HttpAnswer {
  const { items, headers } = pageOf(exchange, world.url, entries);
  return jsonAnswer(200, items, headers);
}

async function create(world: GitHubWorld, exchange: HttpExchange, repository: Repository): Promise<HttpAnswer> {
  const wanted = wantedSchema.safeParse(parseJson(exchange.body));
  if (!wanted.success) {
    const field = String(wanted.error.issues[0]?.path[0] ?? "title");
    return invalidAnswer({ resource: "PullRequest", code: "missing_field", field });
  }
  const refusal = await refuse(world, repository, wanted.data);
  if (refusal !== undefined) return refusal;
  const [, ref = wanted.data.head] = /^[^:]+:(.+)$/.exec(wanted.data.head) ?? [];
  const body = Buffer.from(JSON.stringify({ ...wanted.data, head: ref }));
  const answer = await passOn(world, { ...exchange, body });
  const pull = pullSchema.safeParse(parseJson(answer.body));
  if (answer.status !== 201 || !pull.success) return answer;
  world.lag.opened(repository.fullName, pull.data.number);
  trackPull(world, repository, pull.data);
  await sendPullEvent(world, repository, { number: pull.data.number, action: "opened", actor: exchange.actor });
  return jsonAnswer(201, await withNumbers(world, repository, pull.data), answer.headers);
}

/** The three reasons for which GitHub refuses what the emulator would create. */
async function refuse(
  world: GitHubWorld,
  repository: Repository,
  wanted: z.infer<typeof wantedSchema>,
): Promise<HttpAnswer | undefined> {
  const [, owner = repository.owner, ref = wanted.head] = /^([^:]+):(.+)$/.exec(wanted.head) ?? [];
  const ours = owner.toLowerCase() === repository.owner.toLowerCase();
  const head = ours ? await branchHead(world, repository, ref) : undefined;
  const base = await branchHead(world, repository, wanted.base);
  const invalidSides = [...(head === undefined ? ["head"] : []), ...(base === undefined ? ["base"] : [])];
  if (head === undefined || base === undefined) {
    return invalidAnswer(...invalidSides.map((field) => ({ resource: "PullRequest", field, code: "invalid" })));
  }
  const full = `refs/heads/${ref}`;
  if (world.lag.hides("heads", repository.fullName, full)) {
    return invalidAnswer({ resource: "PullRequest", field: "head", code: "invalid" });
  }
  const custom = (message: string): HttpAnswer => invalidAnswer({ resource: "PullRequest", code: "custom", message });
  const comparison = await compareCommits(world, repository, { base, head });
  if (comparison.ahead_by === 0 || world.lag.hides("commits", repository.fullName, full))
    return custom(`No commits between ${wanted.base} and ${ref}`);
  const open = await world.emulator.list(
    pullSchema,
    `/repos/${repository.fullName}/pulls?state=open`,
    world.emulator.owner(repository.owner),
  );
  const twin = open.some((pull) => pull.head.ref === ref && pull.base.ref === wanted.base);
  return twin ? custom(`A pull request already exists for ${repository.owner}:${ref}.`) : undefined;
}

async function detail(
  world: GitHubWorld,
  exchange: HttpExchange,
  parameters: Record<string, string>,
): Promise<HttpAnswer> {
  const repository = await routeRepository(world, exchange, parameters);
  if (world.lag.hides("pulls", repository.fullName, parameterOf(parameters, "number")))
    return problemAnswer(404, "Not Found");
  const answer = await passOn(world, exchange);
  const pull = pullSchema.safeParse(parseJson(answer.body));
  if (answer.status !== 200 || !pull.success) return answer;
  const numbered = await withNumbers(world, repository, pull.data);
  return jsonAnswer(200, await withMergeability(world, repository, numbered), answer.headers);
}

async function list(
  world: GitHubWorld,
  exchange: HttpExchange,
  parameters: Record<string, string>,
): Promise<HttpAnswer> {
  const repository = await routeRepository(world, exchange, parameters);
  const answer = await passOn(world, exchange);
  const pulls = z.array(pullSchema).safeParse(parseJson(answer.body));
  if (answer.status !== 200 || !pulls.success) return answer;
  const current = await Promise.all(pulls.data.map((pull) => atHead(world, repository, pull)));
  return jsonAnswer(200, current.map(shortenedPull), answer.headers);
}

const reviewersIn = (pull: unknown) =>
  z.looseObject({ requested_reviewers: z.array(z.looseObject({ login: z.string() })) }).parse(pull).requested_reviewers;
const reviewersSchema = z.object({ reviewers: z.array(z.string()).default([]) });

/** GitHub asks nobody at all when it may not ask one of them. */
async function requestReview(
  world: GitHubWorld,
  exchange: HttpExchange,
  parameters: Record<string, string>,
): Promise<HttpAnswer> {
  const repository = await routeRepository(world, exchange, parameters);
  const { reviewers } = reviewersSchema.parse(parseJson(exchange.body));
  const path = `/repos/${repository.fullName}`;
  const asOwner = world.emulator.owner(repository.owner);
  const number = parameterOf(parameters, "number");
  const authored = z.looseObject({ user: z.object({ login: z.string() }) });
  const pull = await world.emulator.read(authored, `${path}/pulls/${number}`, asOwner);
  const isAuthor = (login: string): boolean => login.toLowerCase() === pull?.user.login.toLowerCase();
  if (reviewers.some(isAuthor)) return problemAnswer(422, "Review cannot be requested from pull request author.");
  for (const login of reviewers) {
    const role = `${path}/collaborators/${encodeURIComponent(login)}/permission`;
    const found = await world.emulator.read(z.looseObject({ permission: z.string() }), role, asOwner);
    if (found !== undefined && found.permission !== "none") continue;
    return problemAnswer(
      422,
      `Reviews may only be requested from collaborators. One or more of the users or teams you specified is not a collaborator of the ${repository.fullName} repository.`,
    );
  }
  const answer = await passOn(world, exchange);
  const changed = pullSchema.safeParse(parseJson(answer.body));
  if (answer.status !== 200 || !changed.success) return answer;
  for (const asked of reviewersIn(changed.data).filter(({ login }) => reviewers.includes(login))) {
    const more = { requested_reviewer: asked };
    await sendPullEvent(world, repository, {
      number: changed.data.number,
      action: "review_requested",
      actor: exchange.actor,
      more,
    });
  }
  return jsonAnswer(201, shortenedPull(await atHead(world, repository, changed.data)), answer.headers);
}

async function comparisonOf(
  world: GitHubWorld,
  exchange: HttpExchange,
  parameters: Record<string, string>,
): Promise<Comparison> {
  const repository = await routeRepository(world, exchange, parameters);
  const path = `/repos/${repository.fullName}/pulls/${parameterOf(parameters, "number")}`;
  const pull = await world.emulator.read(pullSchema, path, authorizationOf(exchange.actor));
  if (pull === undefined) throw new HttpRefusal(problemAnswer(404, "Not Found"));
  return comparisonOfPull(world, repository, await atHead(world, repository, pull));
}
