-- What came of a run belongs to its attempt. The columns of `tasks` that held it stay for the Worker of the release
-- before, which serves until the new one is there; docs/adr/0005 says when they go.
ALTER TABLE `tasks` ADD `earlier_attempts` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `task_attempts` ADD `saved_branch` text;--> statement-breakpoint
ALTER TABLE `task_attempts` ADD `head_sha` text;--> statement-breakpoint
ALTER TABLE `task_attempts` ADD `commits` integer;--> statement-breakpoint
ALTER TABLE `task_attempts` ADD `files_changed` integer;--> statement-breakpoint
ALTER TABLE `task_attempts` ADD `additions` integer;--> statement-breakpoint
ALTER TABLE `task_attempts` ADD `deletions` integer;--> statement-breakpoint
ALTER TABLE `task_attempts` ADD `summary` text;--> statement-breakpoint
ALTER TABLE `task_attempts` ADD `log_tail` text;--> statement-breakpoint
ALTER TABLE `task_attempts` ADD `steps` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `task_attempts` ADD `last_step` text;--> statement-breakpoint
ALTER TABLE `task_attempts` ADD `cost_usd` real;--> statement-breakpoint
ALTER TABLE `task_attempts` ADD `input_tokens` integer;--> statement-breakpoint
ALTER TABLE `task_attempts` ADD `output_tokens` integer;--> statement-breakpoint
ALTER TABLE `task_attempts` ADD `callback_attempts` integer;--> statement-breakpoint
ALTER TABLE `task_attempts` ADD `callback_max_attempts` integer;--> statement-breakpoint
ALTER TABLE `task_attempts` ADD `callback_last_http_code` integer;--> statement-breakpoint
-- A retry gave the task another branch: attempts on the branch it has now are of its present run.
UPDATE `tasks` SET `earlier_attempts` = coalesce(
  (SELECT min(a.attempt) - 1 FROM `task_attempts` a WHERE a.task_id = tasks.id AND a.branch = tasks.branch), `attempt`);--> statement-breakpoint
-- What a retry cleared is in its event. Of several after the same attempt the first one knew its outcome.
UPDATE `task_attempts` SET (
  `saved_branch`, `head_sha`, `commits`, `files_changed`, `additions`, `deletions`, `summary`, `log_tail`, `steps`, `last_step`,
  `cost_usd`, `input_tokens`, `output_tokens`
) = (
  SELECT o ->> 'wipBranch', o ->> 'headSha', o ->> 'commits', o ->> 'filesChanged', o ->> 'additions', o ->> 'deletions',
    o ->> 'summary', o ->> 'logTail', coalesce(o ->> 'steps', 0), o ->> 'lastStep', o ->> 'costUsd', o ->> 'inputTokens', o ->> 'outputTokens'
  FROM (
    SELECT json_extract(e.data, '$.ended.outcome') AS o FROM `task_events` e
    WHERE e.task_id = task_attempts.task_id AND e.attempt = task_attempts.attempt AND e.kind = 'user.retried'
    ORDER BY e.seq LIMIT 1
  )
) WHERE EXISTS (
  SELECT 1 FROM `task_events` e
  WHERE e.task_id = task_attempts.task_id AND e.attempt = task_attempts.attempt AND e.kind = 'user.retried'
    AND json_extract(e.data, '$.ended.outcome') IS NOT NULL
);--> statement-breakpoint
UPDATE `task_attempts` SET (
  `saved_branch`, `head_sha`, `commits`, `files_changed`, `additions`, `deletions`, `summary`, `log_tail`, `steps`, `last_step`,
  `cost_usd`, `input_tokens`, `output_tokens`, `callback_attempts`, `callback_max_attempts`, `callback_last_http_code`
) = (
  SELECT t.wip_branch, t.head_sha, t.commits, t.files_changed, t.additions, t.deletions, t.summary, t.log_tail, t.steps, t.last_step,
    t.cost_usd, t.input_tokens, t.output_tokens, t.callback_attempts, t.callback_max_attempts, t.callback_last_http_code
  FROM `tasks` t WHERE t.id = task_attempts.task_id
) WHERE EXISTS (
  SELECT 1 FROM `tasks` t
  WHERE t.id = task_attempts.task_id AND t.attempt = task_attempts.attempt AND t.attempt > t.earlier_attempts
);--> statement-breakpoint
-- A retry that can still be taken back: the end that it left stays at the task from now on.
UPDATE `tasks` SET (`failure_code`, `error_message`, `stopped_by`, `started_at`, `completed_at`) = (
  SELECT o ->> 'failureCode', o ->> 'errorMessage', o ->> 'stoppedBy', o ->> 'startedAt', o ->> 'completedAt'
  FROM (SELECT json_extract(e.data, '$.ended.outcome') AS o FROM `task_events` e WHERE e.move_id = tasks.move_id AND e.kind = 'user.retried')
) WHERE `status` = 'queued' AND EXISTS (
  SELECT 1 FROM `task_events` e
  WHERE e.move_id = tasks.move_id AND e.kind = 'user.retried' AND json_extract(e.data, '$.ended.outcome') IS NOT NULL
);--> statement-breakpoint
UPDATE `task_events` SET `data` = json_set(`data`, '$.ended', json_object(
  'status', json_extract(`data`, '$.ended.status'),
  'branch', json_extract(`data`, '$.ended.outcome.branch'),
  'earlierAttempts', coalesce((
    SELECT min(a.attempt) - 1 FROM `task_attempts` a
    WHERE a.task_id = task_events.task_id AND a.branch = json_extract(task_events.data, '$.ended.outcome.branch')
  ), `attempt`)
)) WHERE `kind` = 'user.retried' AND json_extract(`data`, '$.ended.outcome') IS NOT NULL;
