import { z } from "zod";
import { tryJson } from "./json.ts";
import { csvLine } from "./task-csv.ts";

/** What the audit log knows, with the words that a page shows. A line of another release has words of its own. */
const ACTIONS = {
  "task.start": "Task started",
  "task.stop": "Task stopped",
  "task.retry": "Task started again",
  "task.undo_retry": "Retry taken back",
  "task.refuse": "Task ended: its requester may not",
  "attempt.start": "Attempt begun",
  "machine.start": "Machine started",
  "machine.claim": "Attempt claimed",
  "token.mint": "Repository token handed out",
  "token.revoke": "Repository token revoked",
  "key.spend": "Keys handed out",
  "work.publish": "Work published",
  "command.refuse": "Command refused",
  "door.refuse": "Request refused",
  "secret.save": "Key saved",
  "secret.delete": "Key deleted",
  "settings.change": "Settings changed",
  "repositories.select": "Repositories selected",
  "repository.change": "Repository's settings changed",
  "repository.secret_save": "Repository's secret saved",
  "repository.secret_delete": "Repository's secret deleted",
  "session.start": "Signed in",
  "session.end": "Signed out",
  "session.refuse": "Sign-in refused",
  "github.revoke": "GitHub's token ended",
  "installation.create": "App installed",
  "installation.delete": "App removed",
  "installation.suspend": "App suspended",
  "installation.resume": "App resumed",
  "installation.add_repositories": "Repositories added to the installation",
  "installation.remove_repositories": "Repositories removed from the installation",
  "installation.accept_permissions": "App's permissions accepted",
  "installation.refuse": "Installation not allowed",
  "installation.confirm": "Installation confirmed",
  "account.delete": "Account deleted",
  "operator.ignored": "Operator read what was ignored",
  "operator.rotateKeys": "Operator rotated keys",
  "operator.audit": "Operator read the audit log",
} as const;
export const AUDIT_ACTIONS = Object.keys(ACTIONS);
export const auditWords = (action: string): string =>
  action in ACTIONS ? ACTIONS[action as keyof typeof ACTIONS] : action;

/** By what a person started, stopped or changed something. */
export type Via = "comment" | "page" | "api" | "github" | "automatic";

/** As the database has it. */
export type AuditRow = {
  id: number;
  at: string;
  action: string;
  through: string | null;
  object: string;
  detail: string | null;
  actorId: number | null;
  ownerId: number | null;
  actorLogin: string | null;
  ownerLogin: string | null;
  hasActor: 0 | 1;
  hasOwner: 0 | 1;
};

const whoSchema = z.object({ id: z.number(), login: z.string().nullable() });
export const auditLineSchema = z.object({
  id: z.number().int(),
  at: z.string(),
  action: z.string(),
  /** Null: nobody in person; `gone`: somebody who has deleted their account. */
  actor: whoSchema.or(z.literal("gone")).nullable(),
  /** Whose task, key or setting it is. */
  owner: whoSchema.or(z.literal("gone")).nullable(),
  through: z.string().nullable(),
  object: z.string(),
  detail: z.record(z.string(), z.unknown()),
});
export type AuditLine = z.infer<typeof auditLineSchema>;
export const auditPageSchema = z.object({ lines: z.array(auditLineSchema), nextCursor: z.string().nullable() });
export const auditInput = z.object({
  cursor: z
    .string()
    .regex(/^\d{1,15}$/)
    .optional()
    .describe("`nextCursor` of the page before"),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
export type AuditPage = z.infer<typeof auditPageSchema>;

const who = (has: 0 | 1, id: number | null, login: string | null): AuditLine["actor"] =>
  id === null ? (has === 1 ? "gone" : null) : { id, login };

export const auditLine = (row: AuditRow): AuditLine => ({
  id: row.id,
  at: row.at,
  action: row.action,
  actor: who(row.hasActor, row.actorId, row.actorLogin),
  owner: who(row.hasOwner, row.ownerId, row.ownerLogin),
  through: row.through,
  object: row.object,
  detail: (row.detail === null ? undefined : tryJson(auditLineSchema.shape.detail, row.detail)) ?? {},
});

/** The name, or the number of somebody whose name nobody knows. */
export const whoWords = (one: AuditLine["actor"]): string =>
  one === null ? "" : one === "gone" ? "somebody who has left" : (one.login ?? String(one.id));

export const AUDIT_COLUMNS = ["at", "action", "by", "by_id", "of", "of_id", "through", "object", "detail"];
const idOf = (one: AuditLine["actor"]) => (one === null || one === "gone" ? null : one.id);

/** One a column of `AUDIT_COLUMNS`. */
export const auditCsv = ({ at, action, actor, owner, through, object, detail }: AuditLine): string =>
  csvLine([
    at,
    action,
    whoWords(actor),
    idOf(actor),
    whoWords(owner),
    idOf(owner),
    through,
    object,
    Object.keys(detail).length === 0 ? null : JSON.stringify(detail),
  ]);
