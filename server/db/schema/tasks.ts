import { sql } from "drizzle-orm";
import { index, integer, primaryKey, real, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { TASK_PHASES, TASK_STATUSES } from "@/lib/task";
import { FAILURE_CODES } from "@/lib/failures";
import { AGENT_IDS } from "@/lib/agents";
import { MACHINE_SIZES } from "@/lib/machine-size";
import { PULL_CHECKS, PULL_REVIEWS, PULL_STATES } from "@/lib/pull-state";
import { outcomeColumns } from "./outcome";

/** A run that came to its own end: how long it took says how long the next one takes. */
export const IS_TYPICAL =
  "started_at IS NOT NULL AND completed_at IS NOT NULL AND (status = 'success' OR failure_code = 'no_changes')";

/** What was asked, and where it stands. What writes its status: `transition` and `claimSlot` (db/task-moves.ts). */
export const tasks = sqliteTable(
  "tasks",
  {
    id: text("id").primaryKey(),
    /** Numeric GitHub id of the requester, whose keys are spent. */
    userId: integer("user_id").notNull(),
    createdBy: text("created_by").notNull(),
    mentionId: text("mention_id"),
    /** The task that this one retries with another agent, other instructions or by another person. */
    parentTaskId: text("parent_task_id"),
    installationId: integer("installation_id").notNull(),
    repositoryId: integer("repository_id").notNull(),
    repoOwner: text("repo_owner").notNull(),
    repoName: text("repo_name").notNull(),
    issueNumber: integer("issue_number").notNull(),
    issueTitle: text("issue_title").notNull(),
    issueBody: text("issue_body").notNull(),
    /** Who wrote it and what they are in the repository, JSON (lib/issue-author.ts); null: a release before did not ask. */
    issueAuthor: text("issue_author"),
    commentId: integer("comment_id"),
    agent: text("agent", { enum: AGENT_IDS }).notNull(),
    model: text("model"),
    baseBranch: text("base_branch"),
    /** Asked for by name; null: as the person's settings say when a machine is started. */
    machine: text("machine", { enum: MACHINE_SIZES }),
    /** Dollars that were asked for by name; null: as the person's settings say. */
    askedBudgetUsd: real("asked_budget_usd"),
    /** 1 low, 2 normal, 3 high. */
    priority: integer("priority").notNull(),
    instructions: text("instructions").notNull(),
    /** Exactly as sent. */
    prompt: text("prompt").notNull(),
    /** What sanitising and budgets left out, JSON. */
    promptOmissions: text("prompt_omissions").notNull(),
    /** What the run is given beside its clone, JSON (lib/context-files.ts); null: nothing. */
    contextFiles: text("context_files"),
    /** When prompt, issue body and context files went to the bucket; null: they are here (tasks/texts). */
    textsAt: text("texts_at"),
    /** How its machine is set up, JSON (lib/set-up/schema.ts); null: a task of before. */
    setUp: text("set_up"),
    timeoutMinutes: integer("timeout_minutes").notNull(),
    maxRetries: integer("max_retries").notNull(),
    /** How often a silent machine is looked at (setting `pollInterval`). */
    pollIntervalSeconds: integer("poll_interval_seconds").notNull().default(10),

    status: text("status", { enum: TASK_STATUSES }).notNull(),
    phase: text("phase", { enum: TASK_PHASES }).notNull(),
    progress: integer("progress").notNull(),
    blockedReason: text("blocked_reason", { enum: FAILURE_CODES }),
    /** Why a queued task waits although nothing blocks it, JSON (lib/wait-reason-schema.ts). */
    waitReason: text("wait_reason"),
    /** A queued task is not started before this instant (back-off after capacity or infrastructure faults). */
    notBefore: text("not_before"),
    // How the last run ended; a retry leaves it, so it is read through `taskRow` (db/task-row.ts), which knows when it holds.
    failureCode: text("failure_code", { enum: FAILURE_CODES }),
    errorMessage: text("error_message"),
    stoppedBy: text("stopped_by"),
    /** The newest attempt, 0 before the first; the fencing token. */
    attempt: integer("attempt").notNull(),
    /** Attempts up to this one were of earlier runs. The task shows what came of `attempt` while that is a later one. */
    earlierAttempts: integer("earlier_attempts").notNull().default(0),
    /** When GitHub was last asked and said that the requester may command here; the answer counts for a minute. */
    permittedAt: text("permitted_at"),
    /** Attempts that were started because of infrastructure faults in the present run. */
    infraRetries: integer("infra_retries").notNull().default(0),
    moveId: text("move_id"),
    version: integer("version").notNull(),
    /** The number of the newest change of what people see among all of the user's: the cursor of live lists (db/change-seq.ts). */
    changeSeq: integer("change_seq").notNull().default(0),

    /** Where the work of the present run goes: known before its first attempt, another one with each retry. */
    branch: text("branch"),
    /** One a task, whichever attempt opened it. */
    prNumber: integer("pr_number"),
    prUrl: text("pr_url"),
    prTitle: text("pr_title"),
    prDraft: integer("pr_draft", { mode: "boolean" }),
    // What GitHub said of it last (tasks/pull); null: it was not asked yet, or there is nothing to say.
    prState: text("pr_state", { enum: PULL_STATES }),
    prHeadSha: text("pr_head_sha"),
    prChecks: text("pr_checks", { enum: PULL_CHECKS }),
    prReview: text("pr_review", { enum: PULL_REVIEWS }),
    prMergedBy: text("pr_merged_by"),
    prEndedAt: text("pr_ended_at"),
    /** When GitHub is asked again; null: only when it tells of something. */
    prLookAt: text("pr_look_at"),

    // What GitHub was last told.
    reportedVersion: integer("reported_version").notNull().default(0),
    reportedAt: text("reported_at"),
    /** When the tracking comment was first sent: from then on it may be there, known or not. */
    commentIntentAt: text("comment_intent_at"),
    trackingCommentId: integer("tracking_comment_id"),
    /** Hash of the body last written, so that an edit that changes nothing is skipped. */
    reportedBody: text("reported_body"),
    /** The position in the queue that it told, from 1; null: none. */
    reportedPosition: integer("reported_place"),
    reportedLabel: text("reported_label"),
    /** `steps` when it was last reported. */
    reportedSteps: integer("reported_steps").notNull().default(0),

    // Reconcile's own bookkeeping.
    wakeSeq: integer("wake_seq").notNull().default(0),
    dueAt: text("due_at"),
    leaseOwner: text("lease_owner"),
    leaseUntil: text("lease_until"),
    tries: integer("tries").notNull().default(0),
    quarantinedAt: text("quarantined_at"),

    createdAt: text("created_at").notNull(),
    updatedAt: text("updated_at").notNull(),
    startedAt: text("started_at"),
    completedAt: text("completed_at"),
  },
  (t) => [
    uniqueIndex("tasks_mention").on(t.mentionId),
    index("tasks_by_user").on(t.userId, t.createdAt, t.id),
    index("tasks_by_status").on(t.userId, t.status, t.createdAt, t.id),
    index("tasks_by_repository").on(
      t.userId,
      sql`${t.repoOwner} COLLATE NOCASE`,
      sql`${t.repoName} COLLATE NOCASE`,
      t.createdAt,
    ),
    index("tasks_changed").on(t.userId, t.changeSeq),
    index("tasks_running")
      .on(t.userId)
      .where(sql`status = 'running'`),
    index("tasks_typical").on(t.repositoryId, t.createdAt).where(sql.raw(IS_TYPICAL)),
    index("tasks_with_texts")
      .on(t.completedAt)
      .where(sql`texts_at IS NULL AND completed_at IS NOT NULL`),
    index("tasks_issue").on(t.repositoryId, t.issueNumber, t.createdAt),
    index("tasks_due").on(t.dueAt),
    index("tasks_installation").on(t.installationId, t.status),
    index("tasks_pull")
      .on(t.repositoryId, t.prNumber)
      .where(sql`pr_number IS NOT NULL`),
    index("tasks_pull_head")
      .on(t.repositoryId, t.prHeadSha)
      .where(sql`pr_head_sha IS NOT NULL`),
  ],
);

/**
 * What has ended of a person's tasks, by the week in which they were asked for: counts and figures of history read a row
 * a week instead of a row a task. Triggers write it within the statement that ends a task (drizzle/0018_constant_in_size.sql).
 */
export const endedWeeks = sqliteTable(
  "ended_weeks",
  {
    userId: integer("user_id").notNull(),
    /** Seven days each, counted from 1970. */
    week: integer("week").notNull(),
    /** JSON, by task id: what view `ended_entries` says of each. */
    tasks: text("tasks").notNull(),
  },
  (t) => [primaryKey({ columns: [t.userId, t.week] })],
);

/** One machine life of a task, and what came of it. */
export const taskAttempts = sqliteTable(
  "task_attempts",
  {
    taskId: text("task_id").notNull(),
    attempt: integer("attempt").notNull(),
    userId: integer("user_id").notNull(),
    branch: text("branch").notNull(),
    wipBranch: text("wip_branch").notNull(),
    machineName: text("machine_name").notNull(),
    flyApp: text("fly_app").notNull(),
    region: text("region"),
    /** The intent is a row before the call; adoption comes after. */
    launchIntentAt: text("launch_intent_at"),
    machineId: text("machine_id"),
    machineState: text("machine_state"),
    machineSeenAt: text("machine_seen_at"),
    /** Since when the machine has its image, in Fly's words; null: it is fetched, or nobody has looked. */
    imagePulledAt: text("image_pulled_at"),
    exitCode: integer("exit_code"),
    outOfMemory: integer("out_of_memory", { mode: "boolean" }),
    /** The claim token is derived from this salt and the server's key; only its HMAC is compared. */
    claimSalt: text("claim_salt").notNull(),
    claimHmac: text("claim_hmac").notNull(),
    /** Key version of the attempt's HMACs and derived tokens: a key is in use while an attempt of it is open. */
    hmacKeyVersion: integer("hmac_key_version").notNull(),
    claimNonceHash: text("claim_nonce_hash"),
    callbackHmac: text("callback_hmac"),
    claimedAt: text("claimed_at"),
    /** First progress with a phase; the claim token is dead from then on. */
    startedAt: text("started_at"),
    heartbeatAt: text("heartbeat_at"),
    deadlineAt: text("deadline_at").notNull(),
    logSeq: integer("log_seq").notNull().default(0),
    records: integer("records").notNull().default(0),
    phase: text("phase", { enum: TASK_PHASES }).notNull(),
    /** When phases began and were done, JSON (lib/phases). */
    phaseTimes: text("phase_times").notNull().default("{}"),
    /** Where the agent keeps one: how far its plan is, JSON (lib/agent-protocol). */
    plan: text("plan"),
    /** What the machine says of its network and the calls that were refused, JSON (lib/network.ts); null: nothing. */
    network: text("network"),
    /** What the machine's image has, name → version, JSON (lib/toolchain.ts); null: it did not say. */
    toolchain: text("toolchain"),
    /** The completion as accepted, JSON; the pull request is made of it. */
    completion: text("completion"),
    /** Hash of the completion without its delivery counters, to know a replay. */
    completionHash: text("completion_hash"),
    /** When the completion was carried over to the task (pull request opened, late work linked). */
    completionAppliedAt: text("completion_applied_at"),
    stopRequestedAt: text("stop_requested_at"),
    endedAt: text("ended_at"),
    endReason: text("end_reason"),
    // What was done for an ended attempt.
    machineDestroyedAt: text("machine_destroyed_at"),
    tokenRevokedAt: text("token_revoked_at"),
    /** Parts of the log that are sealed, JSON `[{first, last, bytes}]` by record number (tasks/log/read-log.ts). */
    logBlocks: text("log_blocks").notNull().default("[]"),
    logSealedAt: text("log_sealed_at"),
    /** When the blocks are deleted: the owner's setting at the time of sealing. */
    logExpiresAt: text("log_expires_at"),
    // The machine's installation token, sealed, for revoking it after a crash and for repeating the claim answer.
    gitTokenValue: text("git_token_value"),
    gitTokenIv: text("git_token_iv"),
    gitTokenTag: text("git_token_tag"),
    gitTokenKeyVersion: integer("git_token_key_version"),
    gitTokenExpiresAt: text("git_token_expires_at"),
    /** How the machine's set-up ended, JSON (lib/set-up/protocol.ts); null: not said. */
    setUpReport: text("set_up_report"),
    /** Names of the keys that the machine was given, JSON; an audit line is made of it. */
    keysSpent: text("keys_spent"),
    ...outcomeColumns(),
    createdAt: text("created_at").notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.taskId, t.attempt] }),
    uniqueIndex("task_attempts_machine_name").on(t.machineName),
    index("task_attempts_open")
      .on(t.endedAt)
      .where(sql`ended_at IS NULL`),
    index("task_attempts_log_expiry")
      .on(t.logExpiresAt)
      .where(sql`log_blocks <> '[]'`),
    index("task_attempts_key_version")
      .on(t.gitTokenKeyVersion)
      .where(sql`git_token_value IS NOT NULL`),
    index("task_attempts_app_launch").on(t.flyApp, t.launchIntentAt),
  ],
);

/** Phases and outcomes, about 20 a task; agent records live in R2. `seq` is the cursor of live streams. */
export const taskEvents = sqliteTable(
  "task_events",
  {
    seq: integer("seq").primaryKey({ autoIncrement: true }),
    taskId: text("task_id").notNull(),
    userId: integer("user_id").notNull(),
    attempt: integer("attempt").notNull(),
    kind: text("kind").notNull(),
    /** JSON. */
    data: text("data").notNull(),
    moveId: text("move_id").notNull(),
    at: text("at").notNull(),
  },
  (t) => [uniqueIndex("task_events_move").on(t.moveId, t.kind), index("task_events_task").on(t.taskId, t.seq)],
);

/** Chunks of the record stream in R2. The row is the commit. */
export const logChunks = sqliteTable(
  "log_chunks",
  {
    taskId: text("task_id").notNull(),
    attempt: integer("attempt").notNull(),
    seq: integer("seq").notNull(),
    firstRecord: integer("first_record").notNull(),
    lastRecord: integer("last_record").notNull(),
    bytes: integer("bytes").notNull(),
    r2Key: text("r2_key").notNull(),
    createdAt: text("created_at").notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.taskId, t.attempt, t.seq] }),
    index("log_chunks_record").on(t.taskId, t.attempt, t.lastRecord),
  ],
);
