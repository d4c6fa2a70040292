import type { RawRow } from "./former-db";

const AT = "2026-11-20T10:00:00.000Z";
const LATER = "2026-11-20T10:05:00.000Z";
export const FORMER_TIMES = { at: AT, later: LATER };

const aTask = (id: string, changes: RawRow = {}): RawRow => ({
  id,
  user_id: 4,
  created_by: "octocat",
  installation_id: 90,
  repository_id: 10,
  repo_owner: "acme",
  repo_name: "widgets",
  issue_number: 7,
  issue_title: "Add a French greeting",
  issue_body: "Please.",
  agent: "opencode",
  priority: 2,
  instructions: "",
  prompt: "Please.",
  prompt_omissions: "[]",
  timeout_minutes: 10,
  max_retries: 3,
  status: "failed",
  phase: "done",
  progress: 100,
  failure_code: "no_changes",
  attempt: 1,
  version: 5,
  reported_version: 5,
  branch: `porter/${id}`,
  created_at: AT,
  updated_at: AT,
  completed_at: AT,
  ...changes,
});

/** Ended, clean and sealed, of a task of its own. */
const anAttempt = (taskId: string, changes: RawRow = {}): RawRow => ({
  task_id: taskId,
  attempt: 1,
  user_id: 4,
  branch: `porter/${taskId}`,
  wip_branch: `porter/${taskId}-wip`,
  machine_name: `porter-${taskId}-1`,
  fly_app: "fake-app",
  claim_salt: "salt",
  claim_hmac: "hmac",
  hmac_key_version: 1,
  deadline_at: LATER,
  phase: "done",
  launch_intent_at: AT,
  machine_id: "m1",
  started_at: AT,
  ended_at: AT,
  end_reason: "completed",
  machine_destroyed_at: AT,
  token_revoked_at: AT,
  created_at: AT,
  ...changes,
});

let comments = 500;
const aMention = (id: string, changes: RawRow = {}): RawRow => ({
  id,
  delivery_id: `delivery-${id}`,
  installation_id: 90,
  repository_id: 10,
  repo_owner: "acme",
  repo_name: "widgets",
  issue_number: 7,
  issue_title: "Add a French greeting",
  issue_body: "Please.",
  is_pull_request: 0,
  comment_id: (comments += 1),
  command_index: 0,
  command: "{}",
  actor_id: 4,
  actor_login: "octocat",
  status: "answered",
  outcome: "help",
  reaction: "done",
  created_at: AT,
  ...changes,
});

const aDelivery = (id: string, changes: RawRow = {}): RawRow => ({
  id,
  event: "issues",
  outcome: "issue_closed",
  received_at: AT,
  ...changes,
});

const dirty = { machine_destroyed_at: null };

/** What `obligations` is to hold of a row: nothing where it owed nothing, or was never tried. */
type Expected = Record<string, { dueAt: string | null; tries: number; gaveUpReason: string | null }>;
const putOff = (tries: number) => ({ dueAt: LATER, tries, gaveUpReason: null });
const givenUp = (tries: number, gaveUpReason: string) => ({ dueAt: null, tries, gaveUpReason });

/**
 * Rows of the release before `obligations`, one in every state in which a task, attempt, mention or delivery could stand
 * with what it owed.
 */
export const FORMER: { table: string; row: RawRow; owed: Expected }[] = [
  { table: "tasks", row: aTask("told"), owed: {} },
  { table: "tasks", row: aTask("untold", { version: 6 }), owed: {} },
  {
    table: "tasks",
    row: aTask("put_off", { version: 6, report_tries: 3, report_due_at: LATER }),
    owed: { report: putOff(3) },
  },
  {
    table: "tasks",
    row: aTask("given_up", { version: 6, report_state: "given_up", report_tries: 1, gave_up_reason: "invalid: 422" }),
    owed: { report: givenUp(1, "invalid: 422") },
  },
  { table: "task_attempts", row: anAttempt("told"), owed: {} },
  {
    table: "task_attempts",
    row: anAttempt("launching", {
      machine_id: null,
      ended_at: null,
      started_at: null,
      launch_tries: 2,
      next_launch_at: LATER,
      ...dirty,
    }),
    owed: { launch: putOff(2) },
  },
  {
    table: "task_attempts",
    row: anAttempt("applying", { completion: "{}", apply_tries: 4, apply_due_at: LATER }),
    owed: { apply_completion: putOff(4) },
  },
  {
    table: "task_attempts",
    row: anAttempt("applied", { completion: "{}", completion_applied_at: AT, apply_tries: 4, apply_due_at: AT }),
    owed: {},
  },
  {
    table: "task_attempts",
    row: anAttempt("cleaning", { ...dirty, cleanup_tries: 5, cleanup_due_at: LATER }),
    owed: { clean_up: putOff(5) },
  },
  {
    table: "task_attempts",
    row: anAttempt("unclean", { ...dirty, cleanup_tries: 9, cleanup_gave_up: "the Fly token is gone" }),
    owed: { clean_up: givenUp(9, "the Fly token is gone") },
  },
  {
    table: "task_attempts",
    row: anAttempt("sealing", { records: 3, seal_tries: 1, seal_due_at: LATER }),
    owed: { seal_log: putOff(1) },
  },
  {
    table: "task_attempts",
    row: anAttempt("sealed", { records: 3, log_sealed_at: AT, seal_tries: 1, seal_due_at: AT }),
    owed: {},
  },
  {
    table: "mentions",
    row: aMention("pending", { status: "pending", outcome: null, reaction: "owed", tries: 2, due_at: LATER }),
    owed: { admit: putOff(2) },
  },
  {
    table: "mentions",
    row: aMention("answered", { reply: "Hello", reply_state: "done", reply_comment_id: 9 }),
    owed: {},
  },
  {
    table: "mentions",
    row: aMention("both", { reaction: "owed", reply: "Hello", reply_state: "owed", tries: 1, due_at: LATER }),
    owed: { react: putOff(1), reply: putOff(1) },
  },
  {
    table: "mentions",
    row: aMention("refused", {
      reaction: "given_up",
      reply: "Hello",
      reply_state: "given_up",
      last_error: "GitHubError: 403 locked",
    }),
    owed: { react: givenUp(0, "GitHubError: 403 locked"), reply: givenUp(0, "GitHubError: 403 locked") },
  },
  {
    table: "mentions",
    row: aMention("too_late", { reaction: "owed", reply: "Hello", reply_state: "owed", tries: 70, last_error: "502" }),
    owed: { react: givenUp(70, "502"), reply: givenUp(70, "502") },
  },
  { table: "mentions", row: aMention("ignored", { status: "ignored", reaction: "none" }), owed: {} },
  { table: "deliveries", row: aDelivery("due", { due_at: LATER, tries: 3 }), owed: { carry_out: putOff(3) } },
  { table: "deliveries", row: aDelivery("done", { tries: 1 }), owed: {} },
];
