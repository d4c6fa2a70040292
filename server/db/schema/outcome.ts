import { integer, real, text } from "drizzle-orm/sqlite-core";
import type { OutcomeField } from "@/lib/outcome";

/**
 * What came of an attempt. Its task shows it as its own while the attempt is its current one (db/task-row.ts). A column
 * more is a name more in lib/outcome.ts, and from there the lists that tell it ask for it.
 */
export const outcomeColumns = () =>
  ({
    /** Where the work that did not become a pull request was saved. */
    savedBranch: text("saved_branch"),
    headSha: text("head_sha"),
    commits: integer("commits"),
    filesChanged: integer("files_changed"),
    additions: integer("additions"),
    deletions: integer("deletions"),
    summary: text("summary"),
    logTail: text("log_tail"),
    steps: integer("steps").notNull().default(0),
    lastStep: text("last_step"),
    /** By the count of the runner's key proxy. */
    costUsd: real("cost_usd"),
    /** What its task might spend when it was claimed, all attempts together; null: no limit. */
    budgetUsd: real("budget_usd"),
    inputTokens: integer("input_tokens"),
    outputTokens: integer("output_tokens"),
    callbackAttempts: integer("callback_attempts"),
    callbackMaxAttempts: integer("callback_max_attempts"),
    callbackLastHttpCode: integer("callback_last_http_code"),
  }) satisfies Record<OutcomeField, unknown>;
