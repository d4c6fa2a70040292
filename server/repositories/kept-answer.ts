import { z } from "zod";
import { tryJson } from "@/lib/json";
import type { GitHubFacts, GitHubQuestion } from "@/server/github/port";

type Kind = GitHubQuestion["kind"];
/** An answer as its row holds it. */
export type Kept<K extends Kind> = { value: GitHubFacts[K]; nextPage: number | null };

const text = z.string();
const id = z.number().int();
const repositories: z.ZodType<GitHubFacts["own_repositories"]> = z.array(
  z.object({
    id,
    owner: text,
    name: text,
    private: z.boolean(),
    archived: z.boolean(),
    defaultBranch: text,
    description: text.nullable(),
    url: text,
    pushedAt: text.nullable(),
    openIssues: z.number(),
    canWrite: z.boolean(),
  }),
);
const issue: z.ZodType<GitHubFacts["issue"]> = z.object({
  number: z.number().int(),
  title: text,
  body: text,
  state: z.enum(["open", "closed"]),
  isPullRequest: z.boolean(),
  author: text.nullable(),
  authorId: id.nullable(),
  labels: z.array(text),
  comments: z.number(),
  url: text,
  createdAt: text,
  updatedAt: text,
});

const VALUES: { [K in Kind]: z.ZodType<GitHubFacts[K]> } = {
  profile: z.object({ id, login: text, name: text.nullable(), avatarUrl: text.nullable() }),
  orgs: z.array(z.object({ id, login: text, avatarUrl: text.nullable() })),
  installations: z.array(
    z.object({
      id,
      account: text,
      accountId: id.nullable(),
      accountType: text,
      repositorySelection: z.enum(["all", "selected"]),
      permissions: z.record(text, text),
      suspendedAt: text.nullable(),
    }),
  ),
  installation_repositories: repositories,
  own_repositories: repositories,
  issue,
  issues: z.array(issue),
  issue_search: z.array(issue),
};

const rowSchema = z.object({ value: z.unknown(), nextPage: z.number().int().nullable() });

/** Null for a row of another form: GitHub is asked again. */
export function readKept<K extends Kind>(kind: K, answer: string): Kept<K> | null {
  const row = tryJson(rowSchema, answer);
  const value = VALUES[kind].safeParse(row?.value);
  return row === undefined || !value.success ? null : { value: value.data, nextPage: row.nextPage };
}
