import { z } from "zod";
import { authorizationOf, forbiddenRefusal, mayWriteContents, routeRepository } from "./access.ts";
import {
  type GitHubActor,
  type HttpAnswer,
  type HttpExchange,
  jsonAnswer,
  parseJson,
  problemAnswer,
} from "./exchange.ts";
import { authorOf, webFlow } from "./git-commits.ts";
import { pullFromEmulator, pushToEmulator, syncedOf, type SyncedRepository } from "./git-sync.ts";
import { noticeBranches, sendPullEvent } from "./pull-events.ts";
import { atHead, type Pull, storedPull } from "./pull-reading.ts";
import { parameterOf, defineRoute, type HttpRoute, type Parameters } from "./routes.ts";
import type { Repository, GitHubWorld } from "./world.ts";

const mergeSchema = z.looseObject({
  sha: z.string().optional(),
  merge_method: z.enum(["merge", "squash", "rebase"]).default("merge"),
  commit_title: z.string().optional(),
  commit_message: z.string().optional(),
});
const updateSchema = z.looseObject({ expected_head_sha: z.string().optional() });

/** GitHub's words in a pull request that close an issue when it is merged into the default branch. */
const CLOSES = /\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?)\s+#(\d+)/gi;

/** Merges with git, where the emulator takes the head's files for the result; and both with GitHub's refusals. */
export function pullMergeRoutes(world: GitHubWorld): HttpRoute[] {
  const one = "/repos/:owner/:repo/pulls/:number(\\d+)";
  return [
    defineRoute("PUT", `${one}/merge`, async (exchange, parameters) => merge(await found(exchange, parameters))),
    defineRoute("PUT", `${one}/update-branch`, async (exchange, parameters) =>
      updateBranch(await found(exchange, parameters)),
    ),
  ];

  async function found(exchange: HttpExchange, parameters: Parameters): Promise<Asked> {
    const repository = await routeRepository(world, exchange, parameters);
    const stored = await storedPull(world, repository, Number(parameterOf(parameters, "number")));
    const pull = stored === undefined ? undefined : await atHead(world, repository, stored);
    return { world, exchange, repository, pull, synced: syncedOf(world, repository) };
  }
}

type Asked = {
  world: GitHubWorld;
  exchange: HttpExchange;
  repository: Repository;
  pull: Pull | undefined;
  synced: SyncedRepository | undefined;
};
type Git = { synced: SyncedRepository; branches: Map<string, string> };

const missing = (): HttpAnswer => problemAnswer(404, "Not Found");

/** With the bare repository as the emulator has it, nobody else writing meanwhile. */
function inGit<T>({ world, repository }: Asked, synced: SyncedRepository, work: (git: Git) => Promise<T>): Promise<T> {
  return world.locks.run(repository.fullName, async () => work({ synced, branches: await pullFromEmulator(synced) }));
}

function authorIn(world: GitHubWorld, actor: GitHubActor): { name: string; email: string } {
  const bot = z.object({ author: z.object({ name: z.string(), email: z.string() }) }).safeParse(authorOf(world, actor));
  if (bot.success) return bot.data.author;
  const user = actor.kind === "user" ? world.users.find(({ login }) => login === actor.login) : undefined;
  return { name: user?.login ?? "", email: `${user?.id ?? 0}+${user?.login ?? ""}@users.noreply.github.com` };
}

async function merge(asked: Asked): Promise<HttpAnswer> {
  const { world, exchange, repository, pull, synced } = asked;
  if (pull === undefined || synced === undefined) return missing();
  if (!(await mayWriteContents(world, exchange.actor, repository))) throw forbiddenRefusal(exchange.actor);
  const wanted = mergeSchema.safeParse(parseJson(exchange.body) ?? {});
  if (!wanted.success) return problemAnswer(422, "Validation Failed", []);
  if (pull.state !== "open") return problemAnswer(405, "Pull Request is not mergeable");
  if (pull.draft) return problemAnswer(405, "Pull Request is still a draft");
  if (wanted.data.sha !== undefined && wanted.data.sha !== pull.head.sha)
    return problemAnswer(409, "Head branch was modified. Review and try the merge again.");
  if (wanted.data.merge_method === "rebase")
    return problemAnswer(405, "Rebase merges are not allowed on this repository.");
  const sha = await inGit(asked, synced, (git) => mergeInGit({ ...asked, pull }, git, wanted.data));
  if (sha === null) return problemAnswer(405, "Pull Request is not mergeable");
  world.pulls.end(repository.fullName, pull.number, sha);
  await closeIssues(asked, pull);
  await sendPullEvent(world, repository, { number: pull.number, action: "closed", actor: exchange.actor });
  await noticeBranches(world, repository, exchange.actor);
  return jsonAnswer(200, { sha, merged: true, message: "Pull Request successfully merged" });
}

/** The commit that merged it; null: they are in conflict. */
async function mergeInGit(
  { world, exchange: { actor }, repository, pull }: Asked & { pull: Pull },
  { synced, branches }: Git,
  wanted: z.infer<typeof mergeSchema>,
): Promise<string | null> {
  const base = branches.get(`refs/heads/${pull.base.ref}`);
  const tree = base === undefined ? null : await synced.git.mergedTree(base, pull.head.sha);
  if (base === undefined || tree === null) return null;
  const isSquash = wanted.merge_method === "squash";
  const standard = isSquash
    ? `${pull.title} (#${pull.number})`
    : `Merge pull request #${pull.number} from ${repository.owner}/${pull.head.ref}`;
  const message = [wanted.commit_title ?? standard, wanted.commit_message ?? (isSquash ? "" : pull.title)];
  const sha = await synced.git.commit({
    tree,
    parents: isSquash ? [base] : [base, pull.head.sha],
    message: message.filter((part) => part !== "").join("\n\n"),
    author: authorIn(world, actor),
    committer: webFlow(),
  });
  // Who merged it, and when, the emulator notes by its own merge, whose commit is then replaced by this one.
  const path = `/repos/${repository.fullName}/pulls/${pull.number}/merge`;
  await world.emulator.call(z.unknown(), { method: "PUT", path, authorization: authorizationOf(actor), body: {} });
  await moveTo(world, { synced, branches }, { branch: pull.base.ref, sha });
  return sha;
}

async function moveTo(
  world: GitHubWorld,
  { synced, branches }: Git,
  { branch, sha }: { branch: string; sha: string },
): Promise<void> {
  const ref = `refs/heads/${branch}`;
  await synced.git.git(["update-ref", ref, sha]);
  await pushToEmulator(synced, branches);
  world.signed.set(sha, webFlow().date);
  world.lag.moved(synced.fullName, ref);
}

async function closeIssues({ world, exchange, repository }: Asked, pull: Pull): Promise<void> {
  if (pull.base.ref !== repository.defaultBranch) return;
  for (const [, number = ""] of (pull.body ?? "").matchAll(CLOSES)) {
    const call = { method: "PATCH", path: `/repos/${repository.fullName}/issues/${number}`, body: { state: "closed" } };
    // One that is not there, or closed already, is nobody's fault.
    await world.emulator.send({ ...call, authorization: authorizationOf(exchange.actor) });
  }
}

async function updateBranch(asked: Asked): Promise<HttpAnswer> {
  const { world, exchange, repository, pull, synced } = asked;
  if (pull === undefined || synced === undefined) return missing();
  const { actor } = exchange;
  const mayAsk = actor.kind !== "installation" || actor.permissions.pull_requests === "write";
  if (!mayAsk || !(await mayWriteContents(world, actor, repository))) throw forbiddenRefusal(actor);
  const wanted = updateSchema.safeParse(parseJson(exchange.body) ?? {});
  if (!wanted.success) return problemAnswer(422, "Validation Failed", []);
  if (pull.state !== "open") return problemAnswer(422, "Pull request is closed");
  const { expected_head_sha: expected } = wanted.data;
  if (expected !== undefined && expected !== pull.head.sha)
    return problemAnswer(422, "expected head sha didn’t match current head ref.");
  const came = await inGit(asked, synced, (git) => updateInGit({ ...asked, pull }, git));
  if (came === "conflict") return problemAnswer(422, "merge conflict between base and head");
  if (came === "same") return problemAnswer(422, "There are no new commits on the base branch.");
  await noticeBranches(world, repository, actor);
  const url = `${world.url}/repos/${repository.fullName}/pulls/${pull.number}`;
  return jsonAnswer(202, { message: "Updating pull request branch.", url });
}

async function updateInGit(
  { world, exchange, pull }: Asked & { pull: Pull },
  { synced, branches }: Git,
): Promise<"moved" | "conflict" | "same"> {
  const base = branches.get(`refs/heads/${pull.base.ref}`);
  if (base === undefined) return "same";
  const { sha: head, ref } = pull.head;
  if ((await synced.git.text(["rev-list", "--max-count=1", base, "--not", head])) === "") return "same";
  const tree = await synced.git.mergedTree(base, head);
  if (tree === null) return "conflict";
  const sha = await synced.git.commit({
    tree,
    parents: [head, base],
    message: `Merge branch '${pull.base.ref}' into ${ref}`,
    author: authorIn(world, exchange.actor),
    committer: webFlow(),
  });
  await moveTo(world, { synced, branches }, { branch: ref, sha });
  return "moved";
}
