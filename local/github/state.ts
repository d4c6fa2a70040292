import { z } from "zod";
import type { WebhookDelivery } from "./deliveries.ts";
import type { Reaction } from "./reactions.ts";
import type { Repository, GitHubWorld } from "./world.ts";

const issueSchema = z.looseObject({
  number: z.number(),
  title: z.string(),
  state: z.string(),
  locked: z.boolean(),
  labels: z.array(z.looseObject({ name: z.string() })),
});
const commentSchema = z.looseObject({
  id: z.number(),
  body: z.string(),
  issue_url: z.string(),
  html_url: z.string(),
  user: z.looseObject({ login: z.string() }),
  created_at: z.string(),
  updated_at: z.string(),
});
const pullSchema = z.looseObject({
  number: z.number(),
  title: z.string(),
  body: z.string().nullable(),
  state: z.string(),
  draft: z.boolean(),
  html_url: z.string(),
  user: z.looseObject({ login: z.string() }),
  head: z.looseObject({ ref: z.string() }),
  base: z.looseObject({ ref: z.string() }),
});
const referenceSchema = z.looseObject({ ref: z.string(), object: z.looseObject({ sha: z.string() }) });
const labelSchema = z.looseObject({ name: z.string() });

export type IssueState = {
  repository: string;
  number: number;
  title: string;
  state: string;
  locked: boolean;
  labels: string[];
};

export type CommentState = {
  id: number;
  repository: string;
  issue: number;
  login: string;
  body: string;
  url: string;
  /** Every text it ever had, oldest first; one more than its edits. */
  versions: string[];
  edits: number;
  reactions: { login: string; content: string }[];
  createdAt: string;
  updatedAt: string;
};

export type LocalPullState = {
  repository: string;
  number: number;
  title: string;
  body: string;
  state: string;
  draft: boolean;
  login: string;
  head: string;
  base: string;
  url: string;
};

/** Everything in the local GitHub that a test or the demo looks at. */
export type LocalGitHubState = {
  issues: IssueState[];
  comments: CommentState[];
  reactions: Reaction[];
  /** The labels that exist in a repository. */
  labels: { repository: string; name: string }[];
  pulls: LocalPullState[];
  references: { repository: string; ref: string; sha: string }[];
  deliveries: WebhookDelivery[];
  gists: { id: string; login: string; description: string; files: Record<string, string> }[];
  faults: { hits: number; waiting: number };
  liveTokens: number;
};

export async function readState(world: GitHubWorld): Promise<LocalGitHubState> {
  const parts = await Promise.all(world.repositories.map((repository) => readRepository(world, repository)));
  return {
    issues: parts.flatMap((part) => part.issues),
    comments: parts.flatMap((part) => part.comments),
    reactions: world.reactions.all(),
    labels: parts.flatMap((part) => part.labels),
    pulls: parts.flatMap((part) => part.pulls),
    references: parts.flatMap((part) => part.references),
    deliveries: world.deliveries.all(),
    gists: [...world.gists.values()].map(({ id, login, description, files }) => ({ id, login, description, files })),
    faults: world.faults.state(),
    liveTokens: world.tokens.live().length,
  };
}

type RepositoryState = Pick<LocalGitHubState, "issues" | "comments" | "labels" | "pulls" | "references">;

async function readRepository(world: GitHubWorld, { fullName, owner }: Repository): Promise<RepositoryState> {
  const list = <T>(schema: z.ZodType<T>, rest: string): Promise<T[]> =>
    world.emulator.list(schema, `/repos/${fullName}/${rest}`, world.emulator.owner(owner));
  const [issues, labels, pulls, references] = await Promise.all([
    list(issueSchema, "issues?state=all"),
    list(labelSchema, "labels"),
    list(pullSchema, "pulls?state=all"),
    world.emulator.read(
      z.array(referenceSchema),
      `/repos/${fullName}/git/matching-refs/heads/`,
      world.emulator.owner(owner),
    ),
  ]);
  const threads = [...issues, ...pulls].map(({ number }) => list(commentSchema, `issues/${number}/comments`));
  const comments = (await Promise.all(threads)).flat().toSorted((one, other) => one.id - other.id);
  return {
    issues: issues.map(({ number, title, state, locked, labels: on }) => ({
      repository: fullName,
      number,
      title,
      state,
      locked,
      labels: on.map(({ name }) => name),
    })),
    comments: comments.map((comment) => commentState(world, fullName, comment)),
    labels: labels.map(({ name }) => ({ repository: fullName, name })),
    pulls: pulls.map((pull) => pullState(fullName, pull)),
    references: (references ?? []).map(({ ref, object }) => ({ repository: fullName, ref, sha: object.sha })),
  };
}

function commentState(world: GitHubWorld, repository: string, comment: z.infer<typeof commentSchema>): CommentState {
  const recorded = world.comments.versions(comment.id);
  const versions = recorded.length > 0 ? recorded : [comment.body];
  return {
    id: comment.id,
    repository,
    issue: Number(comment.issue_url.split("/").at(-1)),
    login: comment.user.login,
    body: comment.body,
    url: comment.html_url,
    versions,
    edits: versions.length - 1,
    reactions: world.reactions
      .of(`${repository}/issues/comments/${comment.id}`)
      .map(({ user, content }) => ({ login: user.login, content })),
    createdAt: comment.created_at,
    updatedAt: comment.updated_at,
  };
}

function pullState(repository: string, pull: z.infer<typeof pullSchema>): LocalPullState {
  return {
    repository,
    number: pull.number,
    title: pull.title,
    body: pull.body ?? "",
    state: pull.state,
    draft: pull.draft,
    login: pull.user.login,
    head: pull.head.ref,
    base: pull.base.ref,
    url: pull.html_url,
  };
}
