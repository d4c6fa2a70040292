import { z } from "zod";
import { mayWrite, type RepositoryRole } from "@/lib/issue-author";
import { askRepository } from "@/server/github/graphql";
import { apiPath } from "@/server/github/github-client";
import type { IssueThread, ToldIssue } from "@/server/github/issue-thread";
import { GitHubError, type GitHubRepository } from "@/server/github/port";
import { inRepository } from "@/server/github/repository-calls";
import type { RepositoryCalls } from "@/server/github/repository-calls";

/** GitHub shows no more of a list in one question. */
const MAX_COMMENTS = 100;
const MAX_ISSUES = 50;
const WRITERS_A_PAGE = 100;
const MAX_PAGES = 3;
const WRITERS_KEPT_MS = 5 * 60_000;
const MAX_KEPT = 500;

const ISSUE = "number title state repository { nameWithOwner }";
// Ids of comments are longer than GitHub's Int.
const COMMENTS = `comments(last: ${MAX_COMMENTS}) { totalCount nodes { fullDatabaseId createdAt lastEditedAt isMinimized body
  author { __typename login ... on User { databaseId } } } }`;
const LINKED = `parent { ${ISSUE} } subIssues(first: ${MAX_ISSUES}) { nodes { ${ISSUE} } }
  blockedBy(first: ${MAX_ISSUES}) { nodes { ${ISSUE} } }`;

const issue = z.object({
  number: z.int().positive(),
  title: z.string(),
  state: z.enum(["OPEN", "CLOSED"]),
  repository: z.object({ nameWithOwner: z.string() }),
});
const issues = z
  .object({ nodes: z.array(issue.nullable()) })
  .nullish()
  .transform((list) => (list?.nodes ?? []).flatMap((one) => (one === null ? [] : [one])));
const comment = z.object({
  fullDatabaseId: z.coerce.number().pipe(z.int().positive()),
  createdAt: z.string(),
  lastEditedAt: z.string().nullable(),
  isMinimized: z.boolean(),
  body: z.string(),
  author: z.object({ __typename: z.string(), login: z.string(), databaseId: z.int().nullish() }).nullable(),
});
const answerSchema = z.object({
  isPrivate: z.boolean(),
  nameWithOwner: z.string(),
  issue: z
    .object({
      comments: z.object({ totalCount: z.int(), nodes: z.array(comment.nullable()) }),
      parent: issue.nullish(),
      subIssues: issues,
      blockedBy: issues,
    })
    .nullable(),
});

const collaborators = z.array(
  z.object({
    id: z.int().positive(),
    permissions: z.object({ admin: z.boolean(), maintain: z.boolean(), push: z.boolean() }).partial().nullish(),
  }),
);

export const createThread = (calls: RepositoryCalls): Pick<GitHubRepository, "thread" | "writers"> => ({
  async thread(number) {
    try {
      return await askThread(calls, number, `${COMMENTS} ${LINKED}`);
    } catch (error) {
      // Older servers have no linked issues, and one that the App may not see refuses the whole answer.
      if (!(error instanceof GitHubError) || !["invalid", "lost"].includes(error.failure.kind)) throw error;
      return askThread(calls, number, COMMENTS);
    }
  },
  async writers() {
    const { repository, keptWriters, now } = calls;
    const key = `${repository.id}/${repository.owner}/${repository.name}`.toLowerCase();
    const at = now().getTime();
    const kept = keptWriters.get(key);
    if (kept !== undefined && at >= kept.at && at - kept.at < WRITERS_KEPT_MS) return kept.writers;
    const writers = await askWriters(calls);
    keptWriters.delete(key);
    keptWriters.set(key, { at, writers });
    const [oldest] = keptWriters.keys();
    if (keptWriters.size > MAX_KEPT && oldest !== undefined) keptWriters.delete(oldest);
    return writers;
  },
});

async function askThread(calls: RepositoryCalls, number: number, fields: string): Promise<IssueThread> {
  const { client, token, repository } = calls;
  const { owner, name } = repository;
  const asked = `isPrivate nameWithOwner issue(number: ${Math.trunc(number)}) { ${fields} }`;
  const found = await askRepository({ client, token, schema: answerSchema }, { owner, name, fields: asked });
  if (found.issue === null)
    throw new GitHubError({ kind: "lost", reason: "not_found", message: "GitHub has no such issue" });
  const { comments, parent, subIssues, blockedBy } = found.issue;
  const told = comments.nodes.flatMap((one) => (one === null ? [] : [one]));
  const here = found.nameWithOwner.toLowerCase();
  const linkedAs =
    (relation: ToldIssue["relation"]) =>
    (one: z.infer<typeof issue>): ToldIssue => ({
      relation,
      number: one.number,
      title: one.title,
      state: one.state === "OPEN" ? "open" : "closed",
      elsewhere: one.repository.nameWithOwner.toLowerCase() === here ? null : one.repository.nameWithOwner,
    });
  return {
    isPrivate: found.isPrivate,
    untold: Math.max(0, comments.totalCount - told.length),
    comments: told.map(({ fullDatabaseId, author, ...rest }) => ({
      ...rest,
      id: fullDatabaseId,
      author:
        author === null
          ? null
          : { login: author.login, id: author.databaseId ?? null, isBot: author.__typename === "Bot" },
    })),
    linked: [
      ...(parent == null ? [] : [parent].map(linkedAs("parent"))),
      ...subIssues.map(linkedAs("sub-issue")),
      ...blockedBy.map(linkedAs("blocked by")),
    ],
  };
}

/** Whoever is not on the pages that are read counts as without write access. */
async function askWriters(calls: RepositoryCalls): Promise<Map<number, RepositoryRole>> {
  const ask = (page: number) =>
    calls.client.get(
      collaborators,
      inRepository(calls, apiPath`/collaborators`, { query: { permission: "push", per_page: WRITERS_A_PAGE, page } }),
    );
  const first = await ask(1);
  const pages = Array.from({ length: MAX_PAGES - 1 }, (_, index) => index + 2);
  const rest = first.length < WRITERS_A_PAGE ? [] : await Promise.all(pages.map(ask));
  const roles = [first, ...rest]
    .flat()
    .map(({ id, permissions }): [number, RepositoryRole] => [id, roleOf(permissions)]);
  return new Map(roles.filter(([, role]) => mayWrite(role)));
}

function roleOf(permissions: z.infer<typeof collaborators>[number]["permissions"]): RepositoryRole {
  if (permissions?.admin === true) return "admin";
  if (permissions?.maintain === true) return "maintain";
  return permissions?.push === true ? "write" : "unknown";
}
