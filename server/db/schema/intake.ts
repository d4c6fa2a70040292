import { sql } from "drizzle-orm";
import { index, integer, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { IGNORED_OUTCOMES } from "@/lib/ignored";
import { IGNORED_STATUSES, MENTION_STATUSES } from "@/lib/mention";

// Of literals and the same in queries: only so does SQLite use a partial index.
const isOneOf = (column: string, words: readonly string[]) => `${column} IN ('${words.join("', '")}')`;
/** It had no effect, and is counted for operators. */
export const IS_IGNORED_DELIVERY = isOneOf("outcome", IGNORED_OUTCOMES);
export const IS_IGNORED_MENTION = isOneOf("status", IGNORED_STATUSES);

/** One webhook delivery, claimed by its id (`X-GitHub-Delivery`). Only extracted fields are stored. */
export const deliveries = sqliteTable(
  "deliveries",
  {
    id: text("id").primaryKey(),
    event: text("event").notNull(),
    action: text("action"),
    repositoryId: integer("repository_id"),
    issueNumber: integer("issue_number"),
    actorLogin: text("actor_login"),
    installationId: integer("installation_id"),
    commentId: integer("comment_id"),
    /** What else `outcome` needs, JSON (tasks/reconcile/reconcile-delivery.ts). */
    facts: text("facts"),
    outcome: text("outcome").notNull(),
    receivedAt: text("received_at").notNull(),
  },
  (t) => [
    index("deliveries_received").on(t.receivedAt),
    index("deliveries_ignored").on(t.outcome, t.receivedAt).where(sql.raw(IS_IGNORED_DELIVERY)),
    index("deliveries_actor")
      .on(sql`lower(${t.actorLogin})`, t.receivedAt)
      .where(sql`actor_login IS NOT NULL`),
    index("deliveries_deleted_comment")
      .on(t.commentId)
      .where(sql`outcome = 'comment_deleted'`),
  ],
);

/** A command found in a delivery. The texts are frozen here, as they were in the payload. */
export const mentions = sqliteTable(
  "mentions",
  {
    id: text("id").primaryKey(),
    deliveryId: text("delivery_id").notNull(),
    installationId: integer("installation_id"),
    repositoryId: integer("repository_id").notNull(),
    repoOwner: text("repo_owner").notNull(),
    repoName: text("repo_name").notNull(),
    issueNumber: integer("issue_number").notNull(),
    issueTitle: text("issue_title").notNull(),
    issueBody: text("issue_body").notNull(),
    /** Who wrote the issue, JSON `{id, login}`; null: the account is gone, or a release before did not ask. */
    issueAuthor: text("issue_author"),
    isPullRequest: integer("is_pull_request", { mode: "boolean" }).notNull(),
    commentId: integer("comment_id").notNull(),
    commandIndex: integer("command_index").notNull(),
    /** JSON (lib/commands/command-schema.ts). */
    command: text("command").notNull(),
    actorId: integer("actor_id").notNull(),
    actorLogin: text("actor_login").notNull(),
    status: text("status", { enum: MENTION_STATUSES }).notNull(),
    /** Why it was refused or ignored, or what was answered. */
    outcome: text("outcome"),
    taskId: text("task_id"),
    reaction: text("reaction", { enum: ["owed", "done", "none"] })
      .notNull()
      .default("owed"),
    /** The one reply: it is owed until it has its comment. */
    reply: text("reply"),
    replyCommentId: integer("reply_comment_id"),
    leaseOwner: text("lease_owner"),
    leaseUntil: text("lease_until"),
    createdAt: text("created_at").notNull(),
    settledAt: text("settled_at"),
  },
  (t) => [
    uniqueIndex("mentions_command").on(t.repositoryId, t.commentId, t.commandIndex),
    index("mentions_issue").on(t.repositoryId, t.issueNumber, t.status),
    index("mentions_delivery").on(t.deliveryId),
    index("mentions_actor").on(t.actorId, t.createdAt),
    index("mentions_ignored").on(t.createdAt).where(sql.raw(IS_IGNORED_MENTION)),
    index("mentions_with_body")
      .on(t.settledAt)
      .where(sql`issue_body <> ''`),
  ],
);

/** What the queue gave up on, and rows that were quarantined (their `queue` is `quarantine`); the doctor shows it. */
export const deadLetters = sqliteTable("dead_letters", {
  id: integer("id").primaryKey({ autoIncrement: true }),
  queue: text("queue").notNull(),
  body: text("body").notNull(),
  at: text("at").notNull(),
});

/** When something that only one may do at a time was last begun (`sweep`, `redelivery`, …), or how far it came. */
export const clockTicks = sqliteTable("clock_ticks", { name: text("name").primaryKey(), at: text("at").notNull() });
