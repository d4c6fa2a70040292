-- The other half of 0004: what the Worker before it wrote while it still served, then the columns that only it read.
-- Goes into drizzle/ with the release after (docs/adr/0005).
UPDATE `task_attempts` SET (
  `saved_branch`, `head_sha`, `commits`, `files_changed`, `additions`, `deletions`, `summary`, `log_tail`, `steps`, `last_step`,
  `cost_usd`, `input_tokens`, `output_tokens`, `callback_attempts`, `callback_max_attempts`, `callback_last_http_code`
) = (
  SELECT t.wip_branch, t.head_sha, t.commits, t.files_changed, t.additions, t.deletions, t.summary, t.log_tail, t.steps, t.last_step,
    t.cost_usd, t.input_tokens, t.output_tokens, t.callback_attempts, t.callback_max_attempts, t.callback_last_http_code
  FROM `tasks` t WHERE t.id = task_attempts.task_id
) WHERE `summary` IS NULL AND `commits` IS NULL AND `log_tail` IS NULL AND EXISTS (
  SELECT 1 FROM `tasks` t
  WHERE t.id = task_attempts.task_id AND t.attempt = task_attempts.attempt AND t.attempt > t.earlier_attempts
    AND t.branch = task_attempts.branch AND (t.summary IS NOT NULL OR t.commits IS NOT NULL OR t.log_tail IS NOT NULL)
);--> statement-breakpoint
ALTER TABLE `tasks` DROP COLUMN `wip_branch`;--> statement-breakpoint
ALTER TABLE `tasks` DROP COLUMN `head_sha`;--> statement-breakpoint
ALTER TABLE `tasks` DROP COLUMN `commits`;--> statement-breakpoint
ALTER TABLE `tasks` DROP COLUMN `files_changed`;--> statement-breakpoint
ALTER TABLE `tasks` DROP COLUMN `additions`;--> statement-breakpoint
ALTER TABLE `tasks` DROP COLUMN `deletions`;--> statement-breakpoint
ALTER TABLE `tasks` DROP COLUMN `summary`;--> statement-breakpoint
ALTER TABLE `tasks` DROP COLUMN `log_tail`;--> statement-breakpoint
ALTER TABLE `tasks` DROP COLUMN `steps`;--> statement-breakpoint
ALTER TABLE `tasks` DROP COLUMN `last_step`;--> statement-breakpoint
ALTER TABLE `tasks` DROP COLUMN `cost_usd`;--> statement-breakpoint
ALTER TABLE `tasks` DROP COLUMN `input_tokens`;--> statement-breakpoint
ALTER TABLE `tasks` DROP COLUMN `output_tokens`;--> statement-breakpoint
ALTER TABLE `tasks` DROP COLUMN `callback_attempts`;--> statement-breakpoint
ALTER TABLE `tasks` DROP COLUMN `callback_max_attempts`;--> statement-breakpoint
ALTER TABLE `tasks` DROP COLUMN `callback_last_http_code`;
