import { z } from "zod";
import type { RateLimit } from "@/lib/github-data";
import { type GitHubCall, type GitHubClient, apiPath } from "@/server/github/github-client";
import { toInstallation } from "@/server/github/installations";
import { issueSchema } from "@/server/github/issue-schema";
import type { GitHubFacts, GitHubQuestion, GitHubReader, ReaderAnswer } from "@/server/github/port";
import { installationSchema, profileSchema } from "@/server/github/schemas";

const PER_PAGE = 50;
const id = z.int().positive();
const text = z
  .string()
  .nullish()
  .transform((value) => value ?? null);

const orgSchema = z
  .object({ id, login: z.string(), avatar_url: text })
  .transform(({ avatar_url: avatarUrl, ...org }) => ({ ...org, avatarUrl }));

const repositorySchema = z
  .object({
    id,
    name: z.string(),
    owner: z.object({ login: z.string() }),
    private: z.boolean(),
    archived: z.boolean().default(false),
    default_branch: z.string().default("main"),
    description: text,
    html_url: z.string(),
    pushed_at: text,
    open_issues_count: z.int().default(0),
    permissions: z.object({ admin: z.boolean(), maintain: z.boolean(), push: z.boolean() }).partial().nullish(),
  })
  .transform((found) => ({
    id: found.id,
    owner: found.owner.login,
    name: found.name,
    private: found.private,
    archived: found.archived,
    defaultBranch: found.default_branch,
    description: found.description?.slice(0, 300) ?? null,
    url: found.html_url,
    pushedAt: found.pushed_at,
    openIssues: found.open_issues_count,
    canWrite: Boolean(found.permissions?.push || found.permissions?.maintain || found.permissions?.admin),
  }));

/** Lists show a beginning of each body; the issue itself has all of it. */
const listedIssue = issueSchema.transform((issue) => ({ ...issue, body: issue.body.slice(0, 300) }));

type Kind = GitHubQuestion["kind"];
type Question<K extends Kind> = Extract<GitHubQuestion, { kind: K }>;
type Plan<K extends Kind> = {
  ask: (question: Question<K>) => Pick<GitHubCall, "path" | "query">;
  schema: z.ZodType<GitHubFacts[K]>;
};

const page = (number: number) => ({ per_page: PER_PAGE, page: number });

const PLANS: { [K in Kind]: Plan<K> } = {
  profile: {
    ask: () => ({ path: "/user" }),
    schema: profileSchema.transform(({ id: userId, login, name, avatar_url }) => ({
      id: userId,
      login,
      name: name ?? null,
      avatarUrl: avatar_url ?? null,
    })),
  },
  orgs: { ask: (question) => ({ path: "/user/orgs", query: page(question.page) }), schema: z.array(orgSchema) },
  installations: {
    ask: (question) => ({ path: "/user/installations", query: page(question.page) }),
    schema: z
      .object({ installations: z.array(installationSchema) })
      .transform(({ installations }) => installations.map(toInstallation)),
  },
  installation_repositories: {
    ask: ({ installationId, page: number }) => ({
      path: apiPath`/user/installations/${installationId}/repositories`,
      query: page(number),
    }),
    schema: z.object({ repositories: z.array(repositorySchema) }).transform(({ repositories }) => repositories),
  },
  own_repositories: {
    ask: (question) => ({ path: "/user/repos", query: { ...page(question.page), sort: "pushed" } }),
    schema: z.array(repositorySchema),
  },
  issue: {
    ask: ({ owner, name, number }) => ({ path: apiPath`/repos/${owner}/${name}/issues/${number}` }),
    schema: issueSchema,
  },
  issues: {
    ask: ({ owner, name, page: number }) => ({
      path: apiPath`/repos/${owner}/${name}/issues`,
      query: { ...page(number), state: "open", sort: "updated" },
    }),
    // GitHub lists pull requests among issues; nobody dispatches one.
    schema: z.array(listedIssue).transform((issues) => issues.filter((issue) => !issue.isPullRequest)),
  },
  issue_search: {
    ask: ({ owner, name, text: words, page: number }) => ({
      path: "/search/issues",
      query: { ...page(number), q: `repo:${owner}/${name} is:issue is:open in:title,body ${plainWords(words)}` },
    }),
    schema: z.object({ items: z.array(listedIssue) }).transform(({ items }) => items),
  },
};

/** Words alone: no qualifier of a search (`repo:`, a quotation) and no operator (`OR`) can be typed into it. */
const plainWords = (words: string): string =>
  words
    .toLowerCase()
    .replaceAll(/["\\:()]/g, " ")
    .trim();

/** Questions with a person's own token, each with the ETag of the answer that is known. @throws GitHubError */
export function createGitHubReader(client: GitHubClient, token: string): GitHubReader {
  return {
    async ask<K extends Kind>(question: Question<K>, etag: string | null): Promise<ReaderAnswer<K>> {
      const plan: Plan<K> = PLANS[question.kind];
      const call: GitHubCall = { method: "GET", ...plan.ask(question), token, ...(etag === null ? {} : { etag }) };
      const answer = await client.send(call);
      const { headers } = answer;
      const rateLimit = rateLimitOf(headers);
      if (answer.status === 304) return { outcome: "unchanged", rateLimit };
      return {
        outcome: "fresh",
        value: client.read(plan.schema, answer, call),
        etag: headers["etag"] === undefined ? null : String(headers["etag"]),
        nextPage: nextPage(headers["link"]),
        rateLimit,
      };
    },
  };
}

function nextPage(link: string | number | undefined): number | null {
  const next = /<([^>]+)>;\s*rel="next"/.exec(String(link ?? ""))?.[1];
  const number = Number(next === undefined ? null : URL.parse(next)?.searchParams.get("page"));
  return Number.isInteger(number) && number > 1 ? number : null;
}

function rateLimitOf(headers: Record<string, string | number | undefined>): RateLimit | null {
  const count = (name: string) => Number(headers[`x-ratelimit-${name}`]);
  const [limit, remaining, used, reset] = [count("limit"), count("remaining"), count("used"), count("reset")];
  if (![limit, remaining, used, reset].every((value) => Number.isInteger(value) && value >= 0)) return null;
  const resource = String(headers["x-ratelimit-resource"] ?? "core");
  return { resource, limit, remaining, used, resetAt: new Date(reset * 1000).toISOString() };
}
