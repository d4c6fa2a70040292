import { z } from "zod";

/** Shapes of what the API tells of GitHub. Instants are ISO. */

/** GitHub's own count for the person's token; null: GitHub did not say. */
export const rateLimitSchema = z.object({
  /** `core`, or `search` for searches, which GitHub counts apart. */
  resource: z.string(),
  limit: z.number().int(),
  remaining: z.number().int(),
  used: z.number().int(),
  resetAt: z.string(),
});
export type RateLimit = z.infer<typeof rateLimitSchema>;

const about = {
  rateLimit: rateLimitSchema.nullable(),
  /** GitHub did not answer; this is what it said before. */
  stale: z.boolean(),
};
const paged = { ...about, nextCursor: z.string().nullable() };

const profileSchema = z.object({
  id: z.number().int(),
  login: z.string(),
  name: z.string().nullable(),
  avatarUrl: z.string().nullable(),
});
const orgSchema = z.object({ id: z.number().int(), login: z.string(), avatarUrl: z.string().nullable() });

export const installationViewSchema = z.object({
  id: z.number().int(),
  account: z.string(),
  accountType: z.string(),
  repositorySelection: z.enum(["all", "selected"]),
  suspended: z.boolean(),
  /** Where its owner manages it on GitHub. */
  manageUrl: z.string(),
});

export const repositoryViewSchema = z.object({
  id: z.number().int(),
  owner: z.string(),
  name: z.string(),
  fullName: z.string(),
  private: z.boolean(),
  archived: z.boolean(),
  defaultBranch: z.string(),
  description: z.string().nullable(),
  url: z.string(),
  pushedAt: z.string().nullable(),
  openIssues: z.number().int(),
  /** What GitHub lets this person do; Porter starts work for `write` and above. */
  canWrite: z.boolean(),
  /** Null: the App is not installed there. */
  installationId: z.number().int().nullable(),
  /** Porter acts here: it is selected, or nothing is, which means everything. */
  selected: z.boolean(),
});
export type RepositoryView = z.infer<typeof repositoryViewSchema>;

const issueViewSchema = z.object({
  number: z.number().int(),
  title: z.string(),
  body: z.string(),
  state: z.enum(["open", "closed"]),
  isPullRequest: z.boolean(),
  author: z.string().nullable(),
  labels: z.array(z.string()),
  comments: z.number().int(),
  url: z.string(),
  createdAt: z.string(),
  updatedAt: z.string(),
});

export const profileAnswer = z.object({ profile: profileSchema, ...about });
export const orgsAnswer = z.object({ orgs: z.array(orgSchema), ...paged });
export const installationsAnswer = z.object({
  installations: z.array(installationViewSchema),
  /** Where the App is installed on a further account. */
  installUrl: z.string(),
  ...paged,
});
export const repositoriesAnswer = z.object({
  repositories: z.array(repositoryViewSchema),
  /** `all`: nothing is selected, so Porter acts wherever it is installed. */
  selection: z.enum(["all", "some"]),
  ...paged,
});
export const issueAnswer = z.object({ issue: issueViewSchema, ...about });
export const issuesAnswer = z.object({ issues: z.array(issueViewSchema), ...paged });
export const summaryAnswer = z.object({
  profile: profileSchema,
  installations: z.array(installationViewSchema),
  orgs: z.array(orgSchema),
  installUrl: z.string(),
  /** Lower-case `owner/name`; empty: every repository. */
  selectedRepositories: z.array(z.string()),
  ...about,
});

const name = z.string().regex(/^[\w.-]{1,100}$/, "this is no name on GitHub");
const repositoryNameSchema = z
  .string()
  .trim()
  .regex(/^[\w.-]{1,100}\/[\w.-]{1,100}$/, "a repository is written owner/name");
const cursor = z.string().max(100).optional().describe("`nextCursor` of the page before");

export const pageInput = z.object({ cursor });
export const issueInput = z.object({ owner: name, repo: name, number: z.coerce.number().int().positive() });
export const searchIssuesInput = z.object({
  repository: repositoryNameSchema,
  /** Words of title or body, or `#12`; nothing: the open issues, newest first. */
  query: z.string().trim().max(200).optional(),
  cursor,
});
/** Empty: every repository of every installation. */
export const selectInput = z.object({ repositories: z.array(repositoryNameSchema).max(500) });
export const selectAnswer = z.object({ selection: z.enum(["all", "some"]), repositories: z.array(z.string()) });
