import { z } from "zod";
import { branchesOf } from "./git-refs.ts";
import type { TrackedPull } from "./pull-store.ts";
import { formatApp } from "./shapes.ts";
import type { CommitStatus, Repository, GitHubWorld } from "./world.ts";

const PASSED = ["success", "neutral", "skipped"];
export const worstOf = (runs: { conclusion: string | null }[]): string =>
  runs.map(({ conclusion }) => conclusion ?? "neutral").find((one) => !PASSED.includes(one)) ?? "success";

/** `check_suite.completed` of the App that ran them; the pull requests are those whose head it was. */
export async function suitePayload(
  world: GitHubWorld,
  repository: Repository,
  { sha, conclusion }: { sha: string; conclusion: string },
): Promise<Record<string, unknown>> {
  const owner = world.emulator.owner(repository.owner);
  const path = `/repos/${repository.fullName}/commits/${sha}`;
  const listed = z.looseObject({ check_suites: z.array(z.looseObject({})) });
  const suites = await world.emulator.read(listed, `${path}/check-suites`, owner);
  const runs = await world.emulator.read(z.looseObject({ total_count: z.number() }), `${path}/check-runs`, owner);
  const pulls = world.pulls.openIn(repository.fullName).filter(({ head }) => head === sha);
  return {
    action: "completed",
    check_suite: {
      ...suites?.check_suites.at(-1),
      status: "completed",
      conclusion,
      before: null,
      app: actionsApp(world),
      pull_requests: pulls.map((pull) => shortPull(world, repository, pull)),
      latest_check_runs_count: runs?.total_count ?? 0,
      check_runs_url: `${world.url}${path}/check-runs`,
      head_commit: await shortCommit(world, repository, sha),
    },
  };
}

/** GitHub's own CI is an App, too. */
const actionsApp = (world: GitHubWorld): Record<string, unknown> => ({
  ...formatApp(world),
  id: 15_368,
  slug: "github-actions",
  name: "GitHub Actions",
  permissions: { contents: "read" },
  events: ["workflow_run"],
});

const personSchema = z.object({ name: z.string(), email: z.string(), date: z.string() });
const fullCommitSchema = z.looseObject({
  sha: z.string(),
  commit: z.looseObject({
    message: z.string(),
    tree: z.looseObject({ sha: z.string() }),
    author: personSchema,
    committer: personSchema,
  }),
});

const fullCommit = ({ emulator }: GitHubWorld, { fullName, owner }: Repository, sha: string) =>
  emulator.call(fullCommitSchema, {
    method: "GET",
    path: `/repos/${fullName}/commits/${sha}`,
    authorization: emulator.owner(owner),
  });

async function shortCommit(world: GitHubWorld, repository: Repository, sha: string): Promise<unknown> {
  const { commit } = await fullCommit(world, repository, sha);
  const { date, ...author } = commit.author;
  const { name, email } = commit.committer;
  return {
    id: sha,
    tree_id: commit.tree.sha,
    message: commit.message,
    timestamp: date,
    author,
    committer: { name, email },
  };
}

function shortPull(world: GitHubWorld, { id, name, fullName }: Repository, pull: TrackedPull): unknown {
  const repo = { id, name, url: `${world.url}/repos/${fullName}` };
  return {
    id: pull.number,
    number: pull.number,
    url: `${repo.url}/pulls/${pull.number}`,
    head: { ref: pull.headRef, sha: pull.head, repo },
    base: { ref: pull.baseRef, sha: pull.head, repo },
  };
}

export async function statusPayload(
  world: GitHubWorld,
  repository: Repository,
  status: CommitStatus,
): Promise<Record<string, unknown>> {
  const branches = [...(await branchesOf(world, repository))].filter(([, sha]) => sha === status.sha);
  const { sha, id, context, state, createdAt } = status;
  const url = `${world.url}/repos/${repository.fullName}/commits/${sha}`;
  return {
    id,
    sha,
    name: repository.fullName,
    context,
    state,
    target_url: null,
    description: null,
    avatar_url: null,
    commit: await fullCommit(world, repository, sha),
    branches: branches.map(([ref]) => ({
      name: ref.replace("refs/heads/", ""),
      commit: { sha, url },
      protected: false,
    })),
    created_at: createdAt,
    updated_at: createdAt,
  };
}
