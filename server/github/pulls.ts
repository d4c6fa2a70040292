import { z } from "zod";
import { reviewOf } from "@/lib/pull-state";
import { apiPath } from "@/server/github/github-client";
import { runMutation } from "@/server/github/graphql";
import { GitHubError } from "@/server/github/port";
import type { GitHubRepository, PullRequest } from "@/server/github/port";
import { inRepository } from "@/server/github/repository-calls";
import type { RepositoryCalls } from "@/server/github/repository-calls";
import {
  checkRunsSchema,
  combinedStatusSchema,
  pullRequestDetailSchema,
  pullRequestSchema,
  repositorySchema,
  reviewersSchema,
  reviewsSchema,
} from "@/server/github/schemas";

const pullRequestsSchema = pullRequestSchema.array();

const toPullRequest = (pull: z.infer<typeof pullRequestSchema>): PullRequest => ({
  number: pull.number,
  url: pull.html_url,
  title: pull.title,
  state: pull.state,
  merged: pull.merged ?? (pull.merged_at ?? null) !== null,
  draft: pull.draft ?? false,
  headRef: pull.head.ref,
  headSha: pull.head.sha,
  baseRef: pull.base.ref,
});

const PASSED = ["success", "neutral", "skipped"];

/** True for a refused create whose text matches. */
const refusedFor = (error: unknown, reason: RegExp): boolean =>
  error instanceof GitHubError &&
  error.failure.kind === "invalid" &&
  [error.failure.message, ...error.failure.errors].some((text) => reason.test(text));

/** Of a branch that was made or moved a moment ago: it is not there yet, or has nothing of its own. */
const TOO_EARLY = /\bhead\b.*\b(?:invalid|blank|missing)\b|no commits between/i;

const asLag = (error: unknown): unknown =>
  error instanceof GitHubError && error.failure.kind === "invalid"
    ? new GitHubError({ ...error.failure, mayLag: true }, error)
    : error;

/** Pull requests of the branch, any state, newest first. */
async function listByHead(calls: RepositoryCalls, headBranch: string): Promise<PullRequest[]> {
  const { client, repository } = calls;
  const list = async (owner: string) => {
    const query = { head: `${owner}:${headBranch}`, state: "all", sort: "created", direction: "desc", per_page: 30 };
    const call = inRepository(calls, "/pulls", { query });
    const answer = await client.send(call);
    const pulls = client.read(pullRequestsSchema, answer, call).map(toPullRequest);
    return { moved: answer.moved, pulls: pulls.filter((pull) => pull.headRef === headBranch) };
  };
  const found = await list(repository.owner);
  if (!found.moved) return found.pulls;
  // The filter takes the owner's name of today, and a redirect keeps the old one in the query.
  const { owner } = await client.get(repositorySchema, inRepository(calls, ""));
  return (await list(owner.login)).pulls;
}

type CheckState = "passed" | "failed" | "running";

/** Of each check's newest run. */
async function runsOf(calls: RepositoryCalls, sha: string): Promise<CheckState[]> {
  const query = { filter: "latest", per_page: 100 };
  const call = inRepository(calls, apiPath`/commits/${sha}/check-runs`, { query });
  const { check_runs: runs } = await calls.client.get(checkRunsSchema, call);
  return runs.map(({ status, conclusion }) =>
    status !== "completed" ? "running" : PASSED.includes(conclusion ?? "") ? "passed" : "failed",
  );
}

/** Of each context's newest status: what CI outside of GitHub's own often still writes instead of check runs. */
async function statusesOf(calls: RepositoryCalls, sha: string): Promise<CheckState[]> {
  const call = inRepository(calls, apiPath`/commits/${sha}/status`, { query: { per_page: 100 } });
  const { statuses } = await calls.client.get(combinedStatusSchema, call);
  return statuses.map(({ state }) => (state === "pending" ? "running" : state === "success" ? "passed" : "failed"));
}

/** In private repositories each of them needs a permission that this App may not have. */
async function unlessHidden<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof GitHubError && error.failure.kind === "lost") return null;
    throw error;
  }
}

export type PullCalls = Pick<
  GitHubRepository,
  | "findPullRequest"
  | "createPullRequest"
  | "getPullRequest"
  | "setPullRequestBody"
  | "makeDraft"
  | "requestReview"
  | "checksOf"
  | "reviewOf"
>;

const nodeSchema = z.object({ node_id: z.string() });
const draftedSchema = z.object({ pullRequest: z.object({ isDraft: z.boolean() }) });

type NewPullRequest = Parameters<GitHubRepository["createPullRequest"]>[0];

async function create(calls: RepositoryCalls, input: NewPullRequest): Promise<PullRequest> {
  const call = inRepository(calls, "/pulls", { method: "POST", body: { ...input } });
  try {
    return toPullRequest(await calls.client.get(pullRequestSchema, call));
  } catch (error) {
    throw refusedFor(error, TOO_EARLY) ? asLag(error) : error;
  }
}

async function findExisting(calls: RepositoryCalls, head: string, refusal: unknown): Promise<PullRequest> {
  const existing = (await listByHead(calls, head)).find((pull) => pull.state === "open");
  if (existing === undefined) throw asLag(refusal);
  return existing;
}

/** A draft where drafts are, else an open one; the one that is there already, whoever opened it. */
async function openPullRequest(calls: RepositoryCalls, input: NewPullRequest): Promise<PullRequest> {
  try {
    return await create(calls, input);
  } catch (error) {
    if (refusedFor(error, /pull request already exists/i)) return findExisting(calls, input.head, error);
    if (!input.draft || !refusedFor(error, /draft pull requests are not supported/i)) throw error;
  }
  try {
    return await create(calls, { ...input, draft: false });
  } catch (error) {
    if (refusedFor(error, /pull request already exists/i)) return findExisting(calls, input.head, error);
    throw error;
  }
}

export function createPulls(calls: RepositoryCalls): PullCalls {
  const { client, token } = calls;

  return {
    async findPullRequest(headBranch) {
      return (await listByHead(calls, headBranch))[0] ?? null;
    },
    createPullRequest: (input) => openPullRequest(calls, input),
    async getPullRequest(number) {
      const pull = await client.get(pullRequestDetailSchema, inRepository(calls, apiPath`/pulls/${number}`));
      const { body, commits, additions, deletions, changed_files: changedFiles } = pull;
      const ended = { mergedBy: pull.merged_by?.login ?? null, endedAt: pull.merged_at ?? pull.closed_at ?? null };
      return { ...toPullRequest(pull), body: body ?? "", commits, additions, deletions, changedFiles, ...ended };
    },
    async reviewOf(number) {
      const call = inRepository(calls, apiPath`/pulls/${number}/reviews`, { query: { per_page: 100 } });
      const reviews = await client.get(reviewsSchema, call);
      return reviewOf(
        reviews.map(({ user, state }) => ({ reviewer: user?.id ?? null, isBot: user?.type === "Bot", state })),
      );
    },
    async setPullRequestBody(number, body) {
      await client.send(inRepository(calls, apiPath`/pulls/${number}`, { method: "PATCH", body: { body } }));
    },
    // REST cannot.
    async makeDraft(number) {
      const one = inRepository(calls, apiPath`/pulls/${number}`);
      const { node_id: pullRequestId } = await client.get(nodeSchema, one);
      const name = "convertPullRequestToDraft";
      const asked = { name, input: { pullRequestId }, fields: "pullRequest { isDraft }" };
      try {
        return (await runMutation({ client, token, schema: draftedSchema }, asked)).pullRequest.isDraft;
      } catch (error) {
        if (error instanceof GitHubError && (error.failure.kind === "invalid" || error.failure.kind === "lost"))
          return false;
        throw error;
      }
    },
    async requestReview(number, login) {
      const call = inRepository(calls, apiPath`/pulls/${number}/requested_reviewers`, {
        method: "POST",
        body: { reviewers: [login] },
      });
      try {
        const { requested_reviewers: asked } = await client.get(reviewersSchema, call);
        return asked.some((person) => person.login.toLowerCase() === login.toLowerCase());
      } catch (error) {
        if (error instanceof GitHubError && error.failure.kind === "invalid") return false;
        throw error;
      }
    },
    async checksOf(sha) {
      const [runs, statuses] = await Promise.all([
        unlessHidden(runsOf(calls, sha)),
        unlessHidden(statusesOf(calls, sha)),
      ]);
      if (runs === null && statuses === null) return null;
      const all = [...(runs ?? []), ...(statuses ?? [])];
      const count = (wanted: CheckState) => all.filter((state) => state === wanted).length;
      return { passed: count("passed"), failed: count("failed"), running: count("running") };
    },
  };
}
