import { z } from "zod";
import { authorizationOf, knownRepository, mayWriteWorkflows } from "./access.ts";
import type { GitHubActor } from "./exchange.ts";
import { authorOf, webFlow } from "./git-commits.ts";
import { refusePath, touchesWorkflows } from "./git-data.ts";
import { branchesOf } from "./git-refs.ts";
import { GraphqlError } from "./graphql-error.ts";
import { requireRules, requireWrite } from "./graphql-refs.ts";
import type { Repository, GitHubWorld } from "./world.ts";

const inputSchema = z.object({
  branch: z.object({ repositoryNameWithOwner: z.string().nullish(), branchName: z.string().nullish() }),
  expectedHeadOid: z.string(),
  message: z.object({ headline: z.string(), body: z.string().nullish() }),
  fileChanges: z
    .object({
      additions: z.array(z.object({ path: z.string(), contents: z.string() })).default([]),
      deletions: z.array(z.object({ path: z.string() })).default([]),
    })
    .default({ additions: [], deletions: [] }),
  clientMutationId: z.string().nullish(),
});
type Input = z.infer<typeof inputSchema>;
const createdSchema = z.looseObject({ sha: z.string() });

/** A commit of plain files on top of a branch that is where the caller thinks; GitHub signs it, for an App too. */
export async function createCommitOnBranch(
  world: GitHubWorld,
  actor: GitHubActor,
  value: unknown,
): Promise<Record<string, unknown>> {
  const input = inputSchema.parse(value);
  const [owner = "", name = ""] = (input.branch.repositoryNameWithOwner ?? "").split("/");
  const known = knownRepository(world, owner, name);
  if (known === undefined)
    throw new GraphqlError("NOT_FOUND", "Could not resolve to a Repository with the name given.");
  const repository = await requireWrite(world, actor, known);
  const ref = `refs/heads/${input.branch.branchName ?? ""}`;
  const before = (await branchesOf(world, repository)).get(ref);
  if (before === undefined) throw new GraphqlError("NOT_FOUND", "No ref found for the branch given.");
  const stale = `Expected branch to point to "${input.expectedHeadOid}" but it did not. Pull and try again.`;
  if (before !== input.expectedHeadOid) throw new GraphqlError("STALE_DATA", stale);
  requirePaths(actor, input);
  const sha = await write(world, actor, { repository, input });
  await requireRules(world, repository, { ref, before, after: sha });
  const path = `/repos/${repository.fullName}/git/${encodeURI(ref)}`;
  const moved = await world.emulator.send({
    method: "PATCH",
    path,
    authorization: authorizationOf(actor),
    body: { sha, force: false },
  });
  if (moved.status !== 200) throw new GraphqlError("STALE_DATA", stale);
  world.lag.moved(repository.fullName, ref);
  return {
    clientMutationId: input.clientMutationId ?? null,
    commit: { oid: sha, url: `${world.url}/${repository.fullName}/commit/${sha}` },
    ref: { name: input.branch.branchName },
  };
}

function requirePaths(actor: GitHubActor, { fileChanges }: Input): void {
  const paths = [...fileChanges.additions, ...fileChanges.deletions].map(({ path }) => path);
  if (paths.some((path) => refusePath(path) !== undefined)) {
    throw new GraphqlError("UNPROCESSABLE", "A path was requested for addition or deletion which is malformed");
  }
  if (!mayWriteWorkflows(actor) && paths.some((path) => touchesWorkflows({ path, type: "blob" }))) {
    throw new GraphqlError("FORBIDDEN", "Resource not accessible by integration");
  }
}

async function write(
  world: GitHubWorld,
  actor: GitHubActor,
  { repository, input }: { repository: Repository; input: Input },
): Promise<string> {
  const post = async (kind: string, body: unknown): Promise<string> => {
    const call = { method: "POST", path: `/repos/${repository.fullName}/git/${kind}`, body };
    const answer = await world.emulator.call(createdSchema, { ...call, authorization: authorizationOf(actor) });
    return answer.sha;
  };
  const entries: unknown[] = [];
  for (const { path } of input.fileChanges.deletions) entries.push({ path, mode: "100644", type: "blob", sha: null });
  for (const { path, contents } of input.fileChanges.additions) {
    const sha = await post("blobs", { content: contents, encoding: "base64" });
    entries.push({ path, mode: "100644", type: "blob", sha });
  }
  const parent = await world.emulator.call(z.looseObject({ tree: z.looseObject({ sha: z.string() }) }), {
    method: "GET",
    path: `/repos/${repository.fullName}/git/commits/${input.expectedHeadOid}`,
    authorization: authorizationOf(actor),
  });
  const { headline, body } = input.message;
  const committer = webFlow();
  const sha = await post("commits", {
    message: body ? `${headline}\n\n${body}` : headline,
    tree: await post("trees", { base_tree: parent.tree.sha, tree: entries }),
    parents: [input.expectedHeadOid],
    committer,
    ...authorOf(world, actor),
  });
  world.signed.set(sha, committer.date);
  return sha;
}
