import { NOW } from "@/server/testing/rows";

/** Tasks of one kind of person, newest first. Numbers of SQL over `i`, which counts from `first`. */
export type Filling = { first: number; count: number; user: string; repository: string; apartMs: number };

/** Expressions and statements over the tasks of a filling; `before`: how many of them are there already. */
function expressionsOf(filling: Filling, before: number) {
  const { first, count, repository, apartMs } = filling;
  const n = `WITH RECURSIVE n(i) AS (SELECT ${first} UNION ALL SELECT i + 1 FROM n WHERE i < ${first + count - 1})`;
  const age = `((i - ${first} + ${before}) * ${apartMs})`;
  const at = (laterMs: number) =>
    `strftime('%Y-%m-%dT%H:%M:%fZ', (${Date.parse(NOW)} - ${age} + ${laterMs} - 600000) / 1000.0, 'unixepoch')`;
  const id = "'task_' || printf('%020d', i)";
  const status = "CASE i % 10 WHEN 0 THEN 'failed' WHEN 1 THEN 'timed_out' ELSE 'success' END";
  const code = "CASE i % 10 WHEN 0 THEN 'agent_failed' WHEN 1 THEN 'timed_out' END";
  const agent = "CASE i % 3 WHEN 0 THEN 'claude' ELSE 'opencode' END";
  const words = "'Words of an issue of usual length, which say what is wanted, and why, and what was tried before. '";
  const body = `${words} || ${words} || ${words} || ${words} || ${words}`;
  const row = (table: string, columns: Record<string, string>, where = "1") =>
    `${n} INSERT INTO ${table} (${Object.keys(columns).join(", ")}) SELECT ${Object.values(columns).join(", ")} FROM n WHERE ${where}`;
  const where = {
    installation_id: repository,
    repository_id: repository,
    repo_owner: `'owner-' || (${repository})`,
    repo_name: "'widgets'",
  };
  const issue = { issue_number: "i % 100", issue_title: "'Add a French greeting ' || i", issue_body: body };
  const sealed = { iv: "'iv'", tag: "'tag'", key_version: "1" };
  const isPersons = `i % 50 = 0 OR i = ${first}`;
  const persons = (table: string, columns: Record<string, string>) =>
    row(table, columns, isPersons).replace(" INTO ", " OR IGNORE INTO ");
  return { ...filling, before, at, id, status, code, agent, body, row, where, issue, sealed, persons };
}
type Expressions = ReturnType<typeof expressionsOf>;

/** Everything that the runs of these tasks leave behind, table by table. */
export function fillingStatements(filling: Filling, before: number): string[] {
  const expressions = expressionsOf(filling, before);
  return [accountRows, smallRows, intakeRows, taskRows, attemptRows].flatMap((rows) => rows(expressions));
}

function accountRows({ user, at, persons, sealed }: Expressions): string[] {
  return [
    persons("users", {
      id: user,
      login: `'person-' || (${user})`,
      normalized_login: `'person-' || (${user})`,
      created_at: at(0),
      updated_at: at(0),
    }),
    persons("sessions", {
      id: `'session-' || i`,
      user_id: user,
      created_at: at(0),
      last_seen_at: at(0),
      expires_at: at(30 * 86_400_000),
    }),
    persons("user_settings", { user_id: user, version: "'1'", config: "'{}'", revision: "1", updated_at: at(0) }),
    persons("user_secrets", {
      id: `'secret-' || i`,
      user_id: user,
      provider: "'anthropic'",
      name: "'ANTHROPIC_API_KEY'",
      encrypted_value: "'x'",
      alg: "'a'",
      ...sealed,
      last_four: "'1234'",
      created_at: at(0),
      updated_at: at(0),
      models_asked_at: at(0),
    }),
    persons("user_oauth_tokens", {
      github_user_id: user,
      kind: "'access'",
      normalized_login: `'person-' || (${user})`,
      encrypted_value: "'x'",
      alg: "'a'",
      ...sealed,
      created_at: at(0),
      updated_at: at(0),
    }),
  ];
}

function smallRows({ user, repository, at, persons, sealed }: Expressions): string[] {
  return [
    persons("audit_subjects", { id: `'subject-' || (${user})`, user_id: user }),
    persons("use_counts", { key: `'seal:' || (${user})`, used: "1", window_ends_at: at(86_400_000) }),
    persons("github_answers", {
      user_id: user,
      question: `'/repos/' || i`,
      etag: "'e'",
      answer: "'{}'",
      asked_at: at(0),
    }),
    persons("app_sweeps", { user_id: user, fly_app: "'app'", last_launch_at: at(0), due_at: at(86_400_000) }),
    persons("repository_settings", {
      repository_id: repository,
      settings: "'{}'",
      updated_by: user,
      updated_at: at(0),
    }),
    persons("repository_secrets", {
      repository_id: repository,
      name: "'NPM_TOKEN'",
      encrypted_value: "'x'",
      alg: "'a'",
      ...sealed,
      saved_by: user,
      via: "'page'",
      created_at: at(0),
      updated_at: at(0),
    }),
    persons("installation_tokens", {
      installation_id: repository,
      encrypted_value: "'x'",
      alg: "'a'",
      ...sealed,
      expires_at: at(0),
    }),
    persons("content_budgets", {
      installation_id: repository,
      minute_left: "80",
      hour_left: "500",
      counted_at_ms: `${Date.parse(NOW)}`,
    }),
    persons("content_shares", {
      installation_id: repository,
      user_id: user,
      minute_left: "80",
      hour_left: "500",
      counted_at_ms: `${Date.parse(NOW)}`,
    }),
    persons("starts", { id: `'start-' || i`, user_id: user, repository_id: repository, at: at(0) }),
  ];
}

function intakeRows({ user, repository, at, id, row, where, issue }: Expressions): string[] {
  return [
    row("deliveries", {
      id: "'delivery-' || i",
      event: "'issue_comment'",
      action: "'created'",
      repository_id: repository,
      issue_number: "1",
      actor_login: `'person-' || (${user})`,
      installation_id: repository,
      comment_id: "i",
      outcome: "'mention'",
      received_at: at(0),
    }),
    row("deliveries", {
      id: "'other-' || i",
      event: "'issues'",
      action: "'edited'",
      actor_login: `'person-' || (${user})`,
      outcome: "'ignored'",
      received_at: at(0),
    }),
    row("mentions", {
      id: "'mention-' || i",
      delivery_id: "'delivery-' || i",
      ...where,
      ...issue,
      is_pull_request: "0",
      comment_id: "i",
      command_index: "0",
      command: "'{}'",
      actor_id: user,
      actor_login: `'person-' || (${user})`,
      status: "'task'",
      outcome: "'task'",
      task_id: id,
      reaction: "'done'",
      created_at: at(0),
      settled_at: at(1000),
    }),
  ];
}

function taskRows({
  user,
  first,
  at,
  id,
  status,
  code,
  agent,
  body,
  row,
  where,
  issue,
  before,
}: Expressions): string[] {
  return [
    row("tasks", {
      id,
      user_id: user,
      created_by: `'person-' || (${user})`,
      mention_id: "'mention-' || i",
      ...where,
      ...issue,
      agent,
      priority: "2",
      instructions: "''",
      prompt: `'## Task' || ${body}`,
      prompt_omissions: "'[]'",
      timeout_minutes: "10",
      max_retries: "3",
      status,
      phase: "'done'",
      progress: "100",
      failure_code: code,
      attempt: "1",
      version: "9",
      change_seq: `i - ${first} + ${before} + 1`,
      branch: "'porter/' || i",
      reported_version: "9",
      created_at: at(0),
      updated_at: at(300_000),
      started_at: at(10_000),
      completed_at: at(300_000),
    }),
  ];
}

function attemptRows({ user, at, id, row }: Expressions): string[] {
  const event = (kind: string, nth: number) =>
    row("task_events", {
      task_id: id,
      user_id: user,
      attempt: "1",
      kind: `'${kind}'`,
      data: "'{}'",
      move_id: `'m${nth}-' || i`,
      at: at(nth * 1000),
    });
  return [
    row("task_attempts", {
      task_id: id,
      attempt: "1",
      user_id: user,
      branch: "'porter/' || i",
      wip_branch: "'wip'",
      machine_name: "'porter-' || i || '-1'",
      fly_app: `'app-' || (${user})`,
      launch_intent_at: at(5000),
      machine_id: "'machine-' || i",
      claim_salt: "'salt'",
      claim_hmac: "'hmac'",
      hmac_key_version: "1",
      deadline_at: at(600_000),
      phase: "'done'",
      ended_at: at(290_000),
      end_reason: "'completed'",
      machine_destroyed_at: at(300_000),
      token_revoked_at: at(300_000),
      log_blocks: `'[{"first":1,"last":100,"bytes":1000}]'`,
      log_sealed_at: at(300_000),
      log_expires_at: at(30 * 86_400_000),
      completion: "'{}'",
      completion_applied_at: at(300_000),
      cost_usd: "0.1",
      created_at: at(5000),
    }),
    row("change_sets", {
      task_id: id,
      attempt: "1",
      number: "1",
      user_id: user,
      data_key_value: "'x'",
      data_key_iv: "'iv'",
      data_key_tag: "'tag'",
      data_key_key_version: "1",
      bytes: "100",
      whole_at: at(200_000),
      content: "'files'",
      verified: "1",
      expires_at: at(30 * 86_400_000),
      created_at: at(100_000),
    }),
    ...["task.created", "slot.claimed", "phase", "container.completed"].map(event),
    row("audit_lines", {
      at: at(0),
      actor: `'subject-' || (${user})`,
      owner: `'subject-' || (${user})`,
      action: "'task.start'",
      through: "'comment'",
      object: `'task/' || ${id}`,
    }),
  ];
}
