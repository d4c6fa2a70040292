CREATE TABLE `ended_weeks` (
	`user_id` integer NOT NULL,
	`week` integer NOT NULL,
	`tasks` text NOT NULL,
	PRIMARY KEY(`user_id`, `week`)
);
--> statement-breakpoint
DROP INDEX `deliveries_unheard`;--> statement-breakpoint
CREATE INDEX `deliveries_ignored` ON `deliveries` (`outcome`,`received_at`) WHERE outcome IN ('unreadable', 'no_command', 'comment_edited', 'ignored_app', 'ignored_bot');--> statement-breakpoint
CREATE INDEX `deliveries_actor` ON `deliveries` (lower("actor_login"),`received_at`) WHERE actor_login IS NOT NULL;--> statement-breakpoint
DROP INDEX `mentions_created`;--> statement-breakpoint
CREATE INDEX `mentions_ignored` ON `mentions` (`created_at`) WHERE status IN ('refused', 'ignored');--> statement-breakpoint
CREATE INDEX `mentions_with_body` ON `mentions` (`settled_at`) WHERE issue_body <> '';--> statement-breakpoint
DROP INDEX `task_events_user`;--> statement-breakpoint
DROP INDEX `tasks_user`;--> statement-breakpoint
DROP INDEX `tasks_queued`;--> statement-breakpoint
ALTER TABLE `tasks` ADD `texts_at` text;--> statement-breakpoint
CREATE INDEX `tasks_by_user` ON `tasks` (`user_id`,`created_at`,`id`);--> statement-breakpoint
CREATE INDEX `tasks_by_status` ON `tasks` (`user_id`,`status`,`created_at`,`id`);--> statement-breakpoint
CREATE INDEX `tasks_by_repository` ON `tasks` (`user_id`,"repo_owner" COLLATE NOCASE,"repo_name" COLLATE NOCASE,`created_at`);--> statement-breakpoint
CREATE INDEX `tasks_typical` ON `tasks` (`repository_id`,`created_at`) WHERE started_at IS NOT NULL AND completed_at IS NOT NULL AND (status = 'success' OR failure_code = 'no_changes');--> statement-breakpoint
CREATE INDEX `tasks_with_texts` ON `tasks` (`completed_at`) WHERE texts_at IS NULL AND completed_at IS NOT NULL;--> statement-breakpoint
CREATE INDEX `sessions_expiry` ON `sessions` (`expires_at`);--> statement-breakpoint
CREATE INDEX `user_secrets_models` ON `user_secrets` (`provider`,CASE WHEN "models_asked_at" IS NULL THEN "updated_at" ELSE "models_asked_at" END);--> statement-breakpoint
CREATE INDEX `github_answers_asked` ON `github_answers` (`asked_at`);--> statement-breakpoint
CREATE INDEX `use_counts_window` ON `use_counts` (`window_ends_at`);--> statement-breakpoint
CREATE INDEX `obligations_given_up` ON `obligations` (`kind`) WHERE due_at IS NULL AND gave_up_reason IS NOT NULL;--> statement-breakpoint
CREATE INDEX `repository_secrets_person` ON `repository_secrets` (`saved_by`);--> statement-breakpoint
CREATE INDEX `repository_settings_person` ON `repository_settings` (`updated_by`);--> statement-breakpoint
-- What history tells of a task that has ended: when it was asked for and ended, how long it took (ms), agent, status, code, cost, its pull request.
DROP VIEW IF EXISTS `ended_entries`;--> statement-breakpoint
CREATE VIEW `ended_entries` AS
  SELECT t.id, t.user_id, CAST(strftime('%s', t.created_at) AS INTEGER) / 604800 AS week, json_array(
    CAST(round((julianday(t.created_at) - 2440587.5) * 86400000) AS INTEGER),
    CAST(round((julianday(t.completed_at) - 2440587.5) * 86400000) AS INTEGER),
    CASE WHEN t.attempt > t.earlier_attempts THEN CAST(round((julianday(t.completed_at) - julianday(t.started_at)) * 86400000) AS INTEGER) END,
    t.agent, t.status, t.failure_code, a.cost_usd, t.pr_state, t.pr_checks, t.pr_review) AS entry
  FROM `tasks` t LEFT JOIN `task_attempts` a ON a.task_id = t.id AND a.attempt = t.attempt AND t.attempt > t.earlier_attempts
  WHERE t.status IN ('success', 'failed', 'timed_out');--> statement-breakpoint
-- Kept by whatever writes a task, this Worker or the one before: an entry comes with the end and goes with a retry. A
-- week that is full takes no more: a figure may be short, an end may not fail.
CREATE TRIGGER `ended_insert` AFTER INSERT ON `tasks` WHEN NEW.status IN ('success', 'failed', 'timed_out') BEGIN
  INSERT INTO `ended_weeks` (`user_id`, `week`, `tasks`) SELECT e.user_id, e.week, json_object(e.id, json(e.entry)) FROM `ended_entries` e WHERE e.id = NEW.id
    ON CONFLICT (`user_id`, `week`) DO UPDATE SET `tasks` = json_patch(`tasks`, excluded.`tasks`) WHERE length(`tasks`) < 1000000;
END;--> statement-breakpoint
CREATE TRIGGER `ended_update` AFTER UPDATE OF `status`, `failure_code`, `completed_at`, `started_at`, `attempt`, `earlier_attempts`, `pr_state`, `pr_checks`, `pr_review` ON `tasks`
  WHEN NEW.status IN ('success', 'failed', 'timed_out') AND (NEW.status IS NOT OLD.status OR NEW.failure_code IS NOT OLD.failure_code OR NEW.completed_at IS NOT OLD.completed_at
    OR NEW.started_at IS NOT OLD.started_at OR NEW.attempt IS NOT OLD.attempt OR NEW.earlier_attempts IS NOT OLD.earlier_attempts
    OR NEW.pr_state IS NOT OLD.pr_state OR NEW.pr_checks IS NOT OLD.pr_checks OR NEW.pr_review IS NOT OLD.pr_review)
BEGIN
  INSERT INTO `ended_weeks` (`user_id`, `week`, `tasks`) SELECT e.user_id, e.week, json_object(e.id, json(e.entry)) FROM `ended_entries` e WHERE e.id = NEW.id
    ON CONFLICT (`user_id`, `week`) DO UPDATE SET `tasks` = json_patch(`tasks`, excluded.`tasks`) WHERE length(`tasks`) < 1000000;
END;--> statement-breakpoint
CREATE TRIGGER `ended_again` AFTER UPDATE OF `status` ON `tasks` WHEN OLD.status IN ('success', 'failed', 'timed_out') AND NEW.status NOT IN ('success', 'failed', 'timed_out') BEGIN
  UPDATE `ended_weeks` SET `tasks` = json_remove(`tasks`, '$."' || NEW.id || '"') WHERE user_id = NEW.user_id AND week = CAST(strftime('%s', NEW.created_at) AS INTEGER) / 604800;
END;--> statement-breakpoint
CREATE TRIGGER `ended_delete` AFTER DELETE ON `tasks` WHEN OLD.status IN ('success', 'failed', 'timed_out') BEGIN
  UPDATE `ended_weeks` SET `tasks` = json_remove(`tasks`, '$."' || OLD.id || '"') WHERE user_id = OLD.user_id AND week = CAST(strftime('%s', OLD.created_at) AS INTEGER) / 604800;
END;--> statement-breakpoint
CREATE TRIGGER `ended_cost` AFTER UPDATE OF `cost_usd` ON `task_attempts` WHEN NEW.cost_usd IS NOT OLD.cost_usd BEGIN
  INSERT INTO `ended_weeks` (`user_id`, `week`, `tasks`) SELECT e.user_id, e.week, json_object(e.id, json(e.entry)) FROM `ended_entries` e WHERE e.id = NEW.task_id
    ON CONFLICT (`user_id`, `week`) DO UPDATE SET `tasks` = json_patch(`tasks`, excluded.`tasks`) WHERE length(`tasks`) < 1000000;
END;--> statement-breakpoint
CREATE TRIGGER `ended_attempt` AFTER INSERT ON `task_attempts` WHEN NEW.cost_usd IS NOT NULL BEGIN
  INSERT INTO `ended_weeks` (`user_id`, `week`, `tasks`) SELECT e.user_id, e.week, json_object(e.id, json(e.entry)) FROM `ended_entries` e WHERE e.id = NEW.task_id
    ON CONFLICT (`user_id`, `week`) DO UPDATE SET `tasks` = json_patch(`tasks`, excluded.`tasks`) WHERE length(`tasks`) < 1000000;
END;--> statement-breakpoint
INSERT INTO `ended_weeks` (`user_id`, `week`, `tasks`) SELECT user_id, week, json_group_object(id, json(entry)) FROM `ended_entries` GROUP BY user_id, week;--> statement-breakpoint
-- The planner's figures: without them it takes an index by the number of its columns alone.
PRAGMA optimize;
