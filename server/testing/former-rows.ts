import type { RawRow } from "./former-db";

/** Rows as the release before the migration 0004 left them, one task in every state that its life can stand in. */
const AT = (minute: number) => `2026-11-20T10:${String(minute).padStart(2, "0")}:00.000Z`;
const OWNER = 4;

const aTask = (id: string, changes: RawRow): RawRow => ({
  id,
  user_id: OWNER,
  created_by: "octocat",
  installation_id: 90,
  repository_id: 10,
  repo_owner: "acme",
  repo_name: "widgets",
  issue_number: 7,
  issue_title: "Add a French greeting",
  issue_body: "Please.",
  agent: "opencode",
  model: "anthropic/claude-sonnet-5",
  priority: 2,
  instructions: "",
  prompt: "## Task",
  prompt_omissions: "[]",
  timeout_minutes: 10,
  max_retries: 3,
  status: "queued",
  phase: "queued",
  progress: 0,
  attempt: 0,
  version: 3,
  change_seq: 1,
  move_id: `last:${id}`,
  created_at: AT(0),
  updated_at: AT(9),
  ...changes,
});

const anAttempt = (taskId: string, attempt: number, changes: RawRow = {}): RawRow => ({
  task_id: taskId,
  attempt,
  user_id: OWNER,
  branch: `porter/${taskId}`,
  wip_branch: `porter/${taskId}-wip`,
  machine_name: `porter-${taskId}-${attempt}`,
  fly_app: "app",
  claim_salt: "salt",
  claim_hmac: "hmac",
  hmac_key_version: 1,
  deadline_at: AT(20),
  phase: "working",
  ended_at: AT(5),
  created_at: AT(1),
  ...changes,
});

const done = { phase: "done", progress: 100, attempt: 1, started_at: AT(1), completed_at: AT(5) };
const failed = { ...done, status: "failed", failure_code: "agent_failed", error_message: "exit code 1" };
const spent = { steps: 12, last_step: "npm test", cost_usd: 0.25, input_tokens: 900, output_tokens: 80 };
const changed = { commits: 2, files_changed: 3, additions: 40, deletions: 5, head_sha: "c0ffee", summary: "Done." };
const delivered = { callback_attempts: 3, callback_max_attempts: 5, callback_last_http_code: 200 };
const pull = { pr_number: 8, pr_url: "https://github.test/acme/widgets/pull/8", pr_title: "Greet", pr_draft: 1 };
const on = (id: string, suffix = "") => ({ branch: `porter/${id}${suffix}` });
/** A retry cleared these; the figures of the callback it forgot. */
const cleared = { ...delivered, steps: 0 };

/** What a retry noted of the run that it left. */
const retried = (id: string, seq: number, outcome: Record<string, unknown>, moveId = `retry:${id}`): RawRow => ({
  seq,
  task_id: id,
  user_id: OWNER,
  attempt: 1,
  kind: "user.retried",
  data: JSON.stringify({ by: "octocat", ended: { status: "failed", outcome } }),
  move_id: moveId,
  at: AT(6),
});
const formerOutcome = (id: string) => ({
  failureCode: "agent_failed",
  errorMessage: "exit code 1",
  stoppedBy: null,
  infraRetries: 0,
  startedAt: AT(1),
  completedAt: AT(5),
  branch: `porter/${id}`,
  wipBranch: `porter/${id}-wip`,
  headSha: null,
  commits: 1,
  filesChanged: 1,
  additions: 10,
  deletions: 2,
  summary: "The first try.",
  logTail: "exit 1",
  lastStep: "npm install",
  steps: 4,
  reportedSteps: 4,
  costUsd: 0.5,
  inputTokens: 100,
  outputTokens: 10,
});

const TASKS: RawRow[] = [
  aTask("queued", {}),
  aTask("blocked", { blocked_reason: "missing_credentials" }),
  aTask("waiting", {
    attempt: 1,
    wait_reason: "The machine was lost; another one is asked for",
    ...on("waiting"),
    ...spent,
    started_at: AT(1),
  }),
  aTask("running", {
    status: "running",
    phase: "working",
    progress: 40,
    attempt: 1,
    ...on("running"),
    ...spent,
    started_at: AT(1),
  }),
  aTask("success", { ...done, status: "success", ...on("success"), ...spent, ...changed, ...delivered, ...pull }),
  aTask("no_changes", {
    ...failed,
    ...on("no_changes"),
    ...spent,
    failure_code: "no_changes",
    error_message: null,
    summary: "Nothing to do.",
    commits: 0,
  }),
  aTask("asks", { ...failed, ...on("asks"), ...spent, failure_code: "agent_asks", error_message: "Which language?" }),
  aTask("failed", {
    ...failed,
    ...on("failed"),
    ...spent,
    ...delivered,
    log_tail: "exit 1",
    wip_branch: "porter/failed-wip",
  }),
  aTask("timed_out", {
    ...done,
    status: "timed_out",
    failure_code: "timed_out",
    ...on("timed_out"),
    ...spent,
    wip_branch: "porter/timed_out-wip",
  }),
  aTask("stopped", {
    ...failed,
    ...on("stopped"),
    failure_code: "stopped_by_user",
    error_message: null,
    stopped_by: "octocat",
    summary: "Half done.",
  }),
  aTask("stopped_in_line", {
    ...failed,
    attempt: 0,
    started_at: null,
    failure_code: "stopped_by_user",
    error_message: null,
    stopped_by: "octocat",
  }),
  aTask("pull_refused", {
    ...failed,
    ...on("pull_refused"),
    ...changed,
    failure_code: "pull_request_refused",
    wip_branch: "porter/pull_refused",
    log_tail: "HTTP 422",
  }),
  aTask("retried", { ...on("retried", "-2"), ...cleared, attempt: 1, move_id: "retry:retried" }),
  aTask("retried_in_vain", {
    ...failed,
    ...on("retried_in_vain", "-2"),
    steps: 0,
    started_at: null,
    failure_code: "stopped_by_user",
    error_message: null,
    stopped_by: "octocat",
  }),
  aTask("retried_running", {
    status: "running",
    phase: "working",
    progress: 30,
    attempt: 2,
    ...on("retried_running", "-2"),
    started_at: AT(7),
    steps: 2,
  }),
  aTask("retried_success", {
    ...done,
    ...on("retried_success", "-2"),
    ...spent,
    ...changed,
    ...delivered,
    ...pull,
    attempt: 2,
    status: "success",
    started_at: AT(7),
    completed_at: AT(8),
  }),
  aTask("lost_once", { ...done, ...on("lost_once"), ...spent, ...changed, ...pull, attempt: 2, status: "success" }),
  aTask("undone", {
    ...failed,
    ...on("undone"),
    ...spent,
    ...delivered,
    log_tail: "exit 1",
    wip_branch: "porter/undone-wip",
  }),
].map((row, at) => ({ ...row, change_seq: at + 1 }));

const ATTEMPTS: RawRow[] = TASKS.flatMap((task) => {
  const id = String(task["id"]);
  const suffix = id.startsWith("retried_") && id !== "retried_in_vain" ? "-2" : "";
  return Array.from({ length: Number(task["attempt"]) }, (_, before) =>
    anAttempt(
      id,
      before + 1,
      before === 0 ? {} : { branch: `porter/${id}${suffix}`, wip_branch: `porter/${id}${suffix}-wip` },
    ),
  );
});

const EVENTS: RawRow[] = [
  retried("retried", 1, formerOutcome("retried")),
  retried("retried_in_vain", 2, formerOutcome("retried_in_vain")),
  retried("retried_running", 3, formerOutcome("retried_running")),
  retried("retried_success", 4, formerOutcome("retried_success")),
  // Stopped in line and retried again: this one knew nothing of the attempt.
  retried(
    "retried_success",
    5,
    { ...formerOutcome("retried_success"), summary: null, steps: 0 },
    "again:retried_success",
  ),
  retried("undone", 6, formerOutcome("undone")),
];

export const FORMER_ROWS = { tasks: TASKS, task_attempts: ATTEMPTS, task_events: EVENTS };
export const FORMER_OWNER = OWNER;
