import { z } from "zod";
import { authorizationOf, mayWriteContents } from "./access.ts";
import type { GitHubActor } from "./exchange.ts";
import { branchesOf, isCommit, refuseName, ruleViolations } from "./git-refs.ts";
import { GraphqlError } from "./graphql-error.ts";
import { violationText } from "./violations.ts";
import type { Repository, GitHubWorld } from "./world.ts";

const nothing = "0".repeat(40);

const updateSchema = z.object({
  name: z.string(),
  afterOid: z.string(),
  beforeOid: z.string().nullish(),
  force: z.boolean().nullish(),
});
type Update = z.infer<typeof updateSchema>;
const inputSchema = z.object({
  repositoryId: z.string(),
  refUpdates: z.array(updateSchema),
  clientMutationId: z.string().nullish(),
});
const comparisonSchema = z.looseObject({ behind_by: z.number() });

/**
 * Moves, makes and deletes references, all or none. `beforeOid` names where one must be before (zeros: nowhere), and
 * zeros as `afterOid` delete it.
 */
export async function updateRefs(
  world: GitHubWorld,
  actor: GitHubActor,
  value: unknown,
): Promise<Record<string, unknown>> {
  const input = inputSchema.parse(value);
  const repository = await repositoryByNode(world, actor, input.repositoryId);
  for (const { name, afterOid } of input.refUpdates) {
    const before = (await branchesOf(world, repository)).get(name);
    await requireRules(world, repository, { ref: name, before, after: afterOid === nothing ? undefined : afterOid });
  }
  await world.locks.run(repository.fullName, async () => {
    const branches = await branchesOf(world, repository);
    for (const update of input.refUpdates) await requirePossible(world, repository, { update, branches });
    for (const update of input.refUpdates) await carryOut(world, actor, { repository, update, branches });
  });
  for (const { name } of input.refUpdates) world.lag.moved(repository.fullName, name);
  return { clientMutationId: input.clientMutationId ?? null };
}

/** The repository of a node id, if this actor may write to it. */
async function repositoryByNode(world: GitHubWorld, actor: GitHubActor, id: string): Promise<Repository> {
  for (const repository of world.repositories) {
    const path = `/repos/${repository.fullName}`;
    const found = await world.emulator.read(z.looseObject({ node_id: z.string() }), path, authorizationOf(actor));
    if (found?.node_id === id) return requireWrite(world, actor, repository);
  }
  throw new GraphqlError("NOT_FOUND", `Could not resolve to a node with the global id of '${id}'`);
}

export async function requireWrite(
  world: GitHubWorld,
  actor: GitHubActor,
  repository: Repository,
): Promise<Repository> {
  if (await mayWriteContents(world, actor, repository)) return repository;
  throw new GraphqlError("FORBIDDEN", "Resource not accessible by integration");
}

export async function requireRules(
  world: GitHubWorld,
  repository: Repository,
  update: Parameters<typeof ruleViolations>[2],
): Promise<void> {
  // What is no commit cannot be judged; that it is none is said where it would be moved to.
  if (update.after !== undefined && !(await isCommit(world, repository, update.after))) return;
  const violations = await ruleViolations(world, repository, update);
  if (violations.length > 0) throw new GraphqlError("UNPROCESSABLE", violationText(violations));
}

type At = { update: Update; branches: Map<string, string> };

async function requirePossible(world: GitHubWorld, repository: Repository, { update, branches }: At): Promise<void> {
  const { name, afterOid, beforeOid, force } = update;
  const refuse = (message: string): GraphqlError => new GraphqlError("UNPROCESSABLE", message);
  const now = branches.get(name);
  if (typeof beforeOid === "string" && beforeOid !== (now ?? nothing)) {
    throw refuse(`Reference ${name} is at ${now ?? nothing} but expected ${beforeOid}`);
  }
  if (afterOid === nothing) {
    if (now === undefined) throw refuse("Reference does not exist");
    return;
  }
  const refusedName = now === undefined ? await refuseName(name, branches.keys()) : undefined;
  if (refusedName !== undefined) throw refuse(refusedName);
  if (!(await isCommit(world, repository, afterOid))) throw refuse("Object does not exist");
  if (now === undefined || force === true) return;
  const path = `/repos/${repository.fullName}/compare/${now}...${afterOid}`;
  const comparison = await world.emulator.read(comparisonSchema, path, world.emulator.owner(repository.owner));
  if (comparison?.behind_by !== 0) throw refuse("Update is not a fast forward");
}

async function carryOut(
  world: GitHubWorld,
  actor: GitHubActor,
  { repository, update, branches }: At & { repository: Repository },
): Promise<void> {
  const { name, afterOid: sha } = update;
  const one = `/repos/${repository.fullName}/git/${encodeURI(name)}`;
  const call = !branches.has(name)
    ? { method: "POST", path: `/repos/${repository.fullName}/git/refs`, body: { ref: name, sha } }
    : sha === nothing
      ? { method: "DELETE", path: one }
      : { method: "PATCH", path: one, body: { sha, force: true } };
  await world.emulator.call(z.unknown(), { ...call, authorization: authorizationOf(actor) });
}
