import { z } from "zod";
import { installationOf, mayWriteContents, mayWriteIssues, knownRepository } from "./access.ts";
import type { GitHubActor } from "./exchange.ts";
import { GraphqlError } from "./graphql-error.ts";
import { storedPull } from "./pull-reading.ts";
import { reactionContents } from "./reactions.ts";
import type { ReviewComment, ReviewThread, ReviewUser } from "./review-store.ts";
import { escapeHtml } from "./web-pages.ts";
import type { Repository, GitHubWorld } from "./world.ts";

const question = /\bpullRequest\s*\(\s*number\s*:\s*(\d+)\s*\)/;

/** The pull request that a question asks for, with the threads of its reviews; nothing where it asks for none. */
export async function pullOf(
  world: GitHubWorld,
  repository: Repository,
  selection: string,
): Promise<Record<string, unknown>> {
  const number = Number(question.exec(selection)?.[1] ?? 0);
  if (number === 0) return {};
  const pull = await storedPull(world, repository, number);
  if (pull === undefined) return { pullRequest: null };
  const threads = world.reviews.threadsOf(repository.fullName, number);
  return { pullRequest: { title: pull.title, reviewThreads: { nodes: threads.map((thread) => threadNode(thread)) } } };
}

function threadNode({ nodeId, comments, resolvedBy }: ReviewThread) {
  const [first] = comments;
  return {
    id: nodeId,
    isResolved: resolvedBy !== null,
    isOutdated: false,
    path: first?.path,
    line: first?.line,
    resolvedBy: resolvedBy === null ? null : { login: plainLogin(resolvedBy) },
    comments: { totalCount: comments.length, nodes: comments.map(commentNode) },
  };
}

/** GraphQL names an App's user without "[bot]". */
const plainLogin = ({ login }: ReviewUser): string => login.replace(/\[bot\]$/, "");

const commentNode = ({ id, body, user, createdAt, diffHunk }: ReviewComment) => ({
  // A BigInt, which GitHub writes as text.
  fullDatabaseId: String(id),
  body,
  bodyHTML: `<p dir="auto">${escapeHtml(body)}</p>`,
  diffHunk,
  createdAt,
  lastEditedAt: null,
  isMinimized: false,
  author:
    user.type === "Bot"
      ? { __typename: "Bot", login: plainLogin(user) }
      : { __typename: user.type, login: user.login, databaseId: user.id },
});

const resolveSchema = z.object({ threadId: z.string(), clientMutationId: z.string().nullish() });
const reactSchema = z.object({
  subjectId: z.string(),
  content: z.string(),
  clientMutationId: z.string().nullish(),
});

const unknownNode = (id: string): GraphqlError =>
  new GraphqlError("NOT_FOUND", `Could not resolve to a node with the global id of '${id}'`);

function repositoryNamed(world: GitHubWorld, fullName: string, id: string): Repository {
  const [owner = "", name = ""] = fullName.split("/");
  const repository = knownRepository(world, owner, name);
  if (repository === undefined) throw unknownNode(id);
  return repository;
}

function userOf(world: GitHubWorld, actor: GitHubActor): ReviewUser {
  const user = actor.kind === "user" ? world.users.find(({ login }) => login === actor.login) : undefined;
  return user === undefined ? { ...world.bot, type: "Bot" } : { id: user.id, login: user.login, type: "User" };
}

/** Who may write here resolves a thread; an App needs to write contents as well as pull requests. */
export async function resolveReviewThread(
  world: GitHubWorld,
  actor: GitHubActor,
  value: unknown,
): Promise<Record<string, unknown>> {
  const { threadId, clientMutationId = null } = resolveSchema.parse(value);
  const thread = world.reviews.findThread(threadId);
  const [first] = thread?.comments ?? [];
  if (thread === undefined || first === undefined) throw unknownNode(threadId);
  const repository = repositoryNamed(world, first.fullName, threadId);
  const mayPull = actor.kind !== "installation" || actor.permissions.pull_requests === "write";
  if (!mayPull || !(await mayWriteContents(world, actor, repository)))
    throw new GraphqlError("FORBIDDEN", "Resource not accessible by integration");
  world.reviews.resolve(thread, userOf(world, actor));
  return { clientMutationId, thread: threadNode({ ...thread, resolvedBy: userOf(world, actor) }) };
}

/** 👀 on a review, for which REST has no call. The same again changes nothing. */
export async function addReaction(
  world: GitHubWorld,
  actor: GitHubActor,
  value: unknown,
): Promise<Record<string, unknown>> {
  const { subjectId, content, clientMutationId = null } = reactSchema.parse(value);
  const review = world.reviews.findReview(subjectId);
  if (review === undefined) throw unknownNode(subjectId);
  const repository = repositoryNamed(world, review.fullName, subjectId);
  const isInstalled = actor.kind !== "installation" || installationOf(world, repository)?.id === actor.installationId;
  const mayReact = actor.kind === "user" || (await mayWriteIssues(world, actor, repository));
  if (!isInstalled || !mayReact) throw new GraphqlError("FORBIDDEN", "Resource not accessible by integration");
  const wanted = REACTIONS[content];
  if (wanted === undefined) throw new GraphqlError("UNPROCESSABLE", `${content} is no reaction`);
  const subject = `${review.fullName}/pulls/${review.pull}/reviews/${review.id}`;
  const { id, login } = userOf(world, actor);
  world.reactions.add({ subject, user: { id, login }, content: wanted });
  return { clientMutationId, reaction: { content } };
}

/** GraphQL's words for REST's. */
const WORDS: Record<(typeof reactionContents)[number], string> = {
  "+1": "THUMBS_UP",
  "-1": "THUMBS_DOWN",
  laugh: "LAUGH",
  confused: "CONFUSED",
  heart: "HEART",
  hooray: "HOORAY",
  rocket: "ROCKET",
  eyes: "EYES",
};
const REACTIONS = Object.fromEntries(reactionContents.map((content) => [WORDS[content], content]));
