import { z } from "zod";
import { routeRepository } from "./access.ts";
import { type HttpAnswer, type HttpExchange, invalidAnswer, jsonAnswer, parseJson, problemAnswer } from "./exchange.ts";
import { passOn } from "./proxy.ts";
import { sendPullEvent, trackPull } from "./pull-events.ts";
import { branchHead, compareCommits, type Pull, pullSchema, storedPull, withNumbers } from "./pull-reading.ts";
import { parameterOf, type Parameters } from "./routes.ts";
import type { Repository, GitHubWorld } from "./world.ts";

const wantedSchema = z.looseObject({
  title: z.string().optional(),
  body: z.string().nullish(),
  state: z.enum(["open", "closed"]).optional(),
  base: z.string().optional(),
});
type Wanted = z.infer<typeof wantedSchema>;

/** Title, text, base and state of a pull request, with what GitHub refuses of it and what it tells of it. */
export async function changePull(
  world: GitHubWorld,
  exchange: HttpExchange,
  parameters: Parameters,
): Promise<HttpAnswer> {
  const repository = await routeRepository(world, exchange, parameters);
  const before = await storedPull(world, repository, Number(parameterOf(parameters, "number")));
  if (before === undefined) return problemAnswer(404, "Not Found");
  const wanted = wantedSchema.safeParse(parseJson(exchange.body) ?? {});
  if (!wanted.success) return problemAnswer(422, "Validation Failed", []);
  const refusal = await refuse(world, repository, { before, wanted: wanted.data });
  if (refusal !== undefined) return refusal;
  const answer = await passOn(world, withoutDraft(exchange, wanted.data));
  const after = pullSchema.safeParse(parseJson(answer.body));
  if (answer.status !== 200 || !after.success) return answer;
  await note(world, repository, after.data);
  for (const event of eventsOf(before, after.data))
    await sendPullEvent(world, repository, { number: after.data.number, actor: exchange.actor, ...event });
  return jsonAnswer(200, await withNumbers(world, repository, after.data), answer.headers);
}

/** GitHub makes no draft by REST; the emulator would. */
function withoutDraft(exchange: HttpExchange, wanted: Wanted): HttpExchange {
  const { draft: _draft, ...rest } = wanted;
  return { ...exchange, body: Buffer.from(JSON.stringify(rest)) };
}

type Asked = { before: Pull; wanted: Wanted };
const custom = (field: string, message: string): HttpAnswer =>
  invalidAnswer({ resource: "PullRequest", code: "custom", field, message });

async function refuse(
  world: GitHubWorld,
  repository: Repository,
  { before, wanted }: Asked,
): Promise<HttpAnswer | undefined> {
  const base = wanted.base === undefined ? undefined : await branchHead(world, repository, wanted.base);
  if (wanted.base !== undefined && base === undefined)
    return invalidAnswer({ resource: "PullRequest", field: "base", code: "invalid" });
  if (wanted.base !== undefined && before.state === "closed" && wanted.state !== "open")
    return custom("base", "Cannot change the base branch of a closed pull request.");
  const reopens = wanted.state === "open" && before.state === "closed";
  if (!reopens) return undefined;
  if (before.merged_at !== null) return custom("state", "state cannot be changed. The pull request is merged.");
  const head = await branchHead(world, repository, before.head.ref);
  if (head === undefined)
    return custom("state", `state cannot be changed. The ${before.head.ref} branch has been deleted.`);
  const onto = base ?? (await branchHead(world, repository, before.base.ref));
  if (onto === undefined)
    return custom("state", `state cannot be changed. The ${before.base.ref} branch has been deleted.`);
  const { ahead_by: ahead } = await compareCommits(world, repository, { base: onto, head });
  return ahead > 0
    ? undefined
    : custom("state", `state cannot be changed. There are no new commits on the ${before.head.ref} branch.`);
}

/** One that is open stands where its branch is; a closed one stays where it was. */
async function note(world: GitHubWorld, repository: Repository, pull: Pull): Promise<void> {
  if (pull.state !== "open") {
    world.pulls.end(repository.fullName, pull.number, null);
    return;
  }
  const head = await branchHead(world, repository, pull.head.ref);
  trackPull(world, repository, { ...pull, head: { ...pull.head, sha: head ?? pull.head.sha } });
}

function eventsOf(before: Pull, after: Pull): { action: string; more?: Record<string, unknown> }[] {
  const changes = {
    ...(before.title === after.title ? {} : { title: { from: before.title } }),
    ...((before.body ?? "") === (after.body ?? "") ? {} : { body: { from: before.body ?? "" } }),
    ...(before.base.ref === after.base.ref
      ? {}
      : { base: { ref: { from: before.base.ref }, sha: { from: before.base.sha } } }),
  };
  const moved = before.state === after.state ? [] : [{ action: after.state === "open" ? "reopened" : "closed" }];
  return [...(Object.keys(changes).length === 0 ? [] : [{ action: "edited", more: { changes } }]), ...moved];
}
