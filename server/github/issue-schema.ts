import { z } from "zod";

/** GitHub's issue as Porter's. */
export const issueSchema = z
  .object({
    number: z.int().positive(),
    title: z.string(),
    body: z.string().nullish(),
    state: z.enum(["open", "closed"]),
    user: z.object({ login: z.string(), id: z.int().nullish() }).nullish(),
    labels: z.array(z.union([z.string(), z.object({ name: z.string().nullish() })])).default([]),
    comments: z.int().default(0),
    html_url: z.string(),
    created_at: z.string(),
    updated_at: z.string(),
    pull_request: z.unknown().optional(),
  })
  .transform((found) => ({
    number: found.number,
    title: found.title,
    body: found.body ?? "",
    state: found.state,
    isPullRequest: found.pull_request !== undefined && found.pull_request !== null,
    author: found.user?.login ?? null,
    authorId: found.user?.id ?? null,
    labels: found.labels.flatMap((label) => (typeof label === "string" ? label : (label.name ?? []))),
    comments: found.comments,
    url: found.html_url,
    createdAt: found.created_at,
    updatedAt: found.updated_at,
  }));
