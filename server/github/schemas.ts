import { z } from "zod";

/** The parts of GitHub's answers that Porter reads. Unknown keys are dropped. Source: GitHub REST API 2022-11-28. */
const id = z.int().positive();
const instant = z.iso.datetime({ offset: true });
const account = z.object({ login: z.string().min(1), id });

export const appSchema = z.object({
  id,
  slug: z.string().min(1).optional(),
  permissions: z.record(z.string(), z.string()).default({}),
  events: z.array(z.string()).default([]),
});
export const accountSchema = account;
export const profileSchema = account.extend({ name: z.string().nullish(), avatar_url: z.string().nullish() });

/** An enterprise installation has an account with a slug and no login. */
export const installationSchema = z.object({
  id,
  account: z.object({ id: id.optional(), login: z.string().optional(), slug: z.string().optional() }).nullish(),
  target_type: z.string().default("User"),
  repository_selection: z.enum(["all", "selected"]).default("all"),
  permissions: z.record(z.string(), z.string()).default({}),
  suspended_at: z.string().nullish(),
});
export const installationsSchema = z.object({ installations: z.array(installationSchema) });
export const installationRepositoriesSchema = z.object({
  repositories: z.array(z.object({ id, name: z.string().min(1), owner: z.object({ login: z.string().min(1) }) })),
});

export const membershipSchema = z.object({
  state: z.string(),
  user: z.object({ id }),
  organization: z.object({ id }),
});

const limitCount = z.int().min(0);
export const rateLimitSchema = z.object({
  resources: z.object({
    core: z.object({ limit: limitCount, remaining: limitCount, used: limitCount, reset: limitCount }),
  }),
});
export const gistSchema = z.object({ id: z.string().min(1), html_url: z.string() });

/** The token endpoint answers 200 for errors too; numbers come as text from some servers. */
export const tokenAnswerSchema = z.union([
  z.object({
    access_token: z.string().min(1),
    expires_in: z.coerce.number().positive().nullish(),
    refresh_token: z.string().min(1).nullish(),
    refresh_token_expires_in: z.coerce.number().positive().nullish(),
    scope: z.string().nullish(),
  }),
  z.object({ error: z.string().min(1) }),
]);

export const installationTokenSchema = z.object({ token: z.string().min(1), expires_at: instant });

/** Delivery ids are 64 bits wide: octokit reads the wide ones as bigint. */
export const deliveriesSchema = z.array(
  z.object({
    id: z.union([z.int(), z.bigint(), z.string().regex(/^\d+$/)]).transform(String),
    guid: z.string().min(1),
    event: z.string(),
    delivered_at: instant,
    /** Missing or 0: GitHub got no answer. */
    status_code: z.int().nullish(),
  }),
);

export const repositorySchema = z.object({
  id,
  name: z.string().min(1),
  owner: z.object({ login: z.string().min(1) }),
  private: z.boolean(),
  default_branch: z.string().min(1),
  archived: z.boolean().default(false),
});

export const permissionSchema = z.object({
  permission: z.string(),
  role_name: z.string().nullish(),
  user: z.object({ id }).nullish(),
});

export const commentSchema = z.object({
  id,
  html_url: z.string(),
  body: z.string().nullish(),
  user: account.nullish(),
  performed_via_github_app: z.object({ id }).nullish(),
});

export const labelsSchema = z.array(z.object({ name: z.string() }));

/** Lists say `merged_at` only, a single pull request says `merged` as well. */
export const pullRequestSchema = z.object({
  number: z.int().positive(),
  html_url: z.string(),
  title: z.string(),
  state: z.enum(["open", "closed"]),
  merged: z.boolean().nullish(),
  merged_at: z.string().nullish(),
  draft: z.boolean().nullish(),
  head: z.object({ ref: z.string(), sha: z.string() }),
  base: z.object({ ref: z.string() }),
});

const count = z.int().min(0);
export const pullRequestDetailSchema = pullRequestSchema.extend({
  body: z.string().nullish(),
  commits: count,
  additions: count,
  deletions: count,
  changed_files: count,
  merged_by: z.object({ login: z.string() }).nullish(),
  closed_at: instant.nullish(),
});

/** GitHub's words of a review are many, and more may come: those that count are looked for. A ghost's user is null. */
export const reviewsSchema = z.array(
  z.object({ user: z.object({ id, type: z.string().nullish() }).nullish(), state: z.string() }),
);

export const reviewersSchema = z.object({ requested_reviewers: z.array(z.object({ login: z.string() })).default([]) });

export const refSchema = z.object({ object: z.object({ sha: z.string().regex(/^[0-9a-f]{40,64}$/) }) });

export const compareSchema = z.object({
  files: z
    .array(
      z.object({
        filename: z.string(),
        previous_filename: z.string().optional(),
        status: z.string(),
        additions: count.default(0),
        deletions: count.default(0),
        patch: z.string().optional(),
      }),
    )
    .default([]),
});

export const combinedStatusSchema = z.object({ statuses: z.array(z.object({ state: z.string() })) });
export const checkRunsSchema = z.object({
  check_runs: z.array(z.object({ status: z.string(), conclusion: z.string().nullable() })),
});
