import { z } from "zod";
import { fixSchema } from "./fix-schema.ts";
import { ignoredCommentSchema } from "./ignored.ts";

/** A signed-in browser of the user's own. */
export const sessionViewSchema = z.object({
  id: z.string(),
  /** As the browser names itself; null when it does not. */
  userAgent: z.string().nullable(),
  createdAt: z.string(),
  lastSeenAt: z.string(),
  expiresAt: z.string(),
  /** The one that asks. */
  current: z.boolean(),
});
export type SessionView = z.infer<typeof sessionViewSchema>;

/** One thing that is right, or wrong with its fix. */
export const checkSchema = z.object({
  name: z.string(),
  ok: z.boolean(),
  message: z.string(),
  fix: fixSchema.nullable(),
});
export type DiagnosticCheck = z.infer<typeof checkSchema>;

const permissions = z.record(z.string(), z.string());

/** An installation of the App that the user reaches, as GitHub has it now. */
const installationViewSchema = z.object({
  id: z.number(),
  account: z.string(),
  accountType: z.string(),
  repositorySelection: z.enum(["all", "selected"]),
  suspended: z.boolean(),
  permissions: z.object({ granted: permissions, missing: permissions }),
  /** GitHub asked Porter not to write to it before this instant. */
  limitedUntil: z.string().nullable(),
  /** Where its repositories and permissions are changed, on GitHub. */
  manageUrl: z.string(),
});

/** `GET /api/auth/diagnostics`. */
export const diagnosticsSchema = z.object({
  login: z.string(),
  /** Everything right. */
  ok: z.boolean(),
  token: z.object({
    state: z.enum(["live", "reconnect", "unknown"]),
    /** A GitHub App's token has permissions, a classic OAuth app's has scopes. */
    kind: z.enum(["app", "classic"]).nullable(),
    expiresAt: z.string().nullable(),
    /** When the user must reconnect at the latest; null: never. */
    reconnectBy: z.string().nullable(),
    scopes: z.object({ granted: z.array(z.string()), missing: z.array(z.string()) }).nullable(),
  }),
  installations: z.array(installationViewSchema),
  /** Where the App is installed on further accounts. */
  installUrl: z.string(),
  checks: z.array(checkSchema),
  /** Comments of the user's own in the last week that named Porter and started nothing. */
  unheard: z.array(ignoredCommentSchema),
});
export type Diagnostics = z.infer<typeof diagnosticsSchema>;

/** `GET /api/rate-limit`: what GitHub still allows. */
export const rateLimitViewSchema = z.object({
  /** Of the user's own token; null while GitHub cannot be asked with it, which `fix` mends. */
  user: z.object({ limit: z.number(), remaining: z.number(), used: z.number(), resetAt: z.string() }).nullable(),
  fix: fixSchema.nullable(),
  installations: z.array(z.object({ id: z.number(), account: z.string(), limitedUntil: z.string().nullable() })),
});
export type RateLimitView = z.infer<typeof rateLimitViewSchema>;

/** `DELETE /api/account`: how much of each kind is gone. */
export const deletedAccountSchema = z.object({
  login: z.string(),
  stoppedTasks: z.number(),
  removed: z.object({
    tasks: z.number(),
    attempts: z.number(),
    events: z.number(),
    mentions: z.number(),
    secrets: z.number(),
    tokens: z.number(),
    sessions: z.number(),
    settings: z.number(),
    logFiles: z.number(),
    /** Files of work that was handed over. */
    workFiles: z.number(),
  }),
  /** What is left elsewhere, in sentences: a machine that Fly did not destroy, a grant that GitHub did not end. */
  leftovers: z.array(z.string()),
  /** Under which name the audit log keeps what was done. */
  pseudonym: z.string(),
});
export type DeletedAccount = z.infer<typeof deletedAccountSchema>;

/** The `error` of the front page after a sign-in that GitHub did not answer. */
export const GITHUB_AWAY = "github_away";
