import { z } from "zod";
import { AppError } from "@/server/errors";

/**
 * What Porter reads of GitHub's webhook payloads. Unknown keys are dropped; what old servers leave out has a
 * default only where the default is harmless. Texts come out well-formed: a lone surrogate or NUL, which no
 * database column keeps as it is, becomes U+FFFD.
 * Source: docs.github.com, "Webhook events and payloads".
 */
const id = z.int().positive();
const name = z.string().min(1);
const storable = (text: string): string => text.toWellFormed().replaceAll("\0", "\uFFFD");
const text = z.string().transform(storable);

const repositorySchema = z
  .object({
    id,
    name,
    owner: z.object({ login: name }),
    private: z.boolean(),
    default_branch: name,
    archived: z.boolean().default(false),
  })
  .transform(({ owner, default_branch: defaultBranch, ...rest }) => ({ ...rest, owner: owner.login, defaultBranch }));

/** Events about pinning carry an issue without `state` and `locked`. */
const issueSchema = z
  .object({
    number: id,
    title: text,
    body: text.nullish(),
    state: z.enum(["open", "closed"]).default("open"),
    locked: z.boolean().default(false),
    pull_request: z.unknown().optional(),
    /** Of a deleted account there is none. Who cannot be read is nobody known, which allows nothing. */
    user: z.object({ id, login: name }).nullish().catch(null),
  })
  .transform(({ pull_request: pullRequest, body, user, ...rest }) => ({
    ...rest,
    body: body ?? "",
    author: user ?? null,
    isPullRequest: pullRequest !== undefined && pullRequest !== null,
  }));

const commentSchema = z
  .object({ id, body: text.nullish(), created_at: z.string(), performed_via_github_app: z.object({ id }).nullish() })
  .transform(({ created_at: createdAt, performed_via_github_app: app, body, ...rest }) => ({
    comment: { ...rest, body: body ?? "", createdAt },
    viaAppId: app?.id ?? null,
  }));

const envelope = {
  action: name,
  installation: z.object({ id }).nullish(),
  repository: repositorySchema,
  issue: issueSchema,
  sender: z.object({ id, login: name, type: name }),
};

const issuesSchema = z
  .object(envelope)
  .transform(({ installation, ...rest }) => ({ ...rest, installationId: installation?.id ?? null }));
const issueCommentSchema = z
  .object({ ...envelope, comment: commentSchema })
  .transform(({ installation, comment, ...rest }) => ({
    ...rest,
    ...comment,
    installationId: installation?.id ?? null,
  }));

const sender = z.object({ id: id.optional(), login: name });
/** Lists of repositories in a payload have names, seldom owners; their ids are what counts. */
const repositoryIds = z
  .array(z.object({ id }))
  .default([])
  .transform((all) => all.map((one) => one.id));

const repositoryEventSchema = z
  .object({ action: name, installation: z.object({ id }).nullish(), repository: repositorySchema, sender })
  .transform(({ installation, ...rest }) => ({ ...rest, installationId: installation?.id ?? null }));
const installationSchema = z
  .object({
    action: name,
    installation: z.object({ id, account: z.object({ id: id.optional(), login: name }) }),
    /** GitHub names them where it comes or goes as a whole. */
    repositories: repositoryIds,
    sender,
  })
  .transform(({ installation, ...rest }) => ({
    ...rest,
    installationId: installation.id,
    account: installation.account.login,
    accountId: installation.account.id ?? null,
  }));
const installationRepositoriesSchema = z
  .object({ action: name, installation: z.object({ id }), repositories_removed: repositoryIds, sender })
  .transform(({ installation, repositories_removed: removed, ...rest }) => ({
    ...rest,
    installationId: installation.id,
    removed,
  }));
const installationTargetSchema = z
  .object({ action: name, account: z.object({ login: name }), installation: z.object({ id }) })
  .transform(({ installation, account, action }) => ({
    action,
    installationId: installation.id,
    account: account.login,
  }));

const sha = z.string().regex(/^[0-9a-f]{40,64}$/);
const pullNumber = z.object({ number: id });
const at = { installation: z.object({ id }).nullish(), repository: z.object({ id }) };
/** Whoever caused it may be gone from GitHub since. */
const anySender = z.object({ login: name }).nullish();

/** The pull requests that a delivery is about, by number, or by the commit that it tells of. */
const pullEventSchema = z
  .object({ action: name, ...at, pull_request: pullNumber, sender: anySender })
  .transform(({ action, pull_request: pull, ...rest }) => ({ ...aboutPulls(rest), action, numbers: [pull.number] }));
const checkSuiteSchema = z
  .object({ action: name, ...at, check_suite: z.object({ head_sha: sha }), sender: anySender })
  .transform(({ action, check_suite: suite, ...rest }) => ({ ...aboutPulls(rest), action, headSha: suite.head_sha }));
const statusSchema = z
  .object({ ...at, sha, sender: anySender })
  .transform(({ sha: headSha, ...rest }) => ({ ...aboutPulls(rest), headSha }));

export type PullEvent = {
  action: string | null;
  installationId: number | null;
  repositoryId: number;
  actorLogin: string | null;
  numbers: number[];
  headSha: string | null;
};
type Placed = {
  installation?: { id: number } | null | undefined;
  repository: { id: number };
  sender?: { login: string } | null | undefined;
};
const aboutPulls = ({ installation, repository, sender: by }: Placed): PullEvent => ({
  action: null,
  installationId: installation?.id ?? null,
  repositoryId: repository.id,
  actorLogin: by?.login ?? null,
  numbers: [],
  headSha: null,
});

export type RepositoryEvent = z.infer<typeof repositoryEventSchema>;
export type InstallationEvent = z.infer<typeof installationSchema>;
export type IssuesEvent = z.infer<typeof issuesSchema>;
export type IssueCommentEvent = z.infer<typeof issueCommentSchema>;

function project<T>(schema: z.ZodType<T>, event: string, payload: unknown): T {
  const parsed = schema.safeParse(payload);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const field = issue?.path.map(String).join(".") ?? "";
  throw new AppError(
    "bad_request",
    `${event} payload, ${field === "" ? "top level" : field}: ${issue?.message ?? "unreadable"}`,
    { field },
  );
}

/** @throws AppError (bad_request) with the path of the first field that is missing or wrong */
export const projectIssueComment = (payload: unknown): IssueCommentEvent =>
  project(issueCommentSchema, "issue_comment", payload);

/** @throws AppError (bad_request) with the path of the first field that is missing or wrong */
export const projectIssues = (payload: unknown): IssuesEvent => project(issuesSchema, "issues", payload);

const PULL_SCHEMAS = {
  pull_request: pullEventSchema,
  pull_request_review: pullEventSchema,
  check_suite: checkSuiteSchema,
  status: statusSchema,
} satisfies Record<string, z.ZodType<PullEvent>>;
export type PullEventName = keyof typeof PULL_SCHEMAS;
export const isPullEvent = (event: string): event is PullEventName => Object.hasOwn(PULL_SCHEMAS, event);

/** What happened to a pull request: opened, moved, reviewed, checked, closed. @throws AppError (bad_request) as above */
export const projectPullEvent = (event: PullEventName, payload: unknown): PullEvent =>
  project<PullEvent>(PULL_SCHEMAS[event], event, payload);

/** Creation, renaming, transfer, archiving and deletion of a repository. @throws AppError (bad_request) as above */
export const projectRepository = (payload: unknown): RepositoryEvent =>
  project(repositoryEventSchema, "repository", payload);

/** The App was installed, suspended, unsuspended or removed. @throws AppError (bad_request) as above */
export const projectInstallation = (payload: unknown): InstallationEvent =>
  project(installationSchema, "installation", payload);

/** Repositories were added to or removed from an installation. @throws AppError (bad_request) as above */
export const projectInstallationRepositories = (payload: unknown): z.infer<typeof installationRepositoriesSchema> =>
  project(installationRepositoriesSchema, "installation_repositories", payload);

/** The account that an installation is on got another name. @throws AppError (bad_request) as above */
export const projectInstallationTarget = (payload: unknown): z.infer<typeof installationTargetSchema> =>
  project(installationTargetSchema, "installation_target", payload);
