CREATE TABLE `audit_log` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`at` text NOT NULL,
	`actor` text NOT NULL,
	`action` text NOT NULL,
	`subject` text NOT NULL,
	`user_id` integer,
	`detail` text
);
--> statement-breakpoint
CREATE INDEX `audit_log_user` ON `audit_log` (`user_id`,`id`);--> statement-breakpoint
CREATE TABLE `installation_tokens` (
	`installation_id` integer PRIMARY KEY NOT NULL,
	`encrypted_value` text NOT NULL,
	`iv` text NOT NULL,
	`tag` text NOT NULL,
	`alg` text NOT NULL,
	`key_version` integer NOT NULL,
	`expires_at` text NOT NULL,
	`limited_until` text
);
--> statement-breakpoint
CREATE TABLE `sessions` (
	`id` text PRIMARY KEY NOT NULL,
	`user_id` integer NOT NULL,
	`user_agent` text,
	`created_at` text NOT NULL,
	`last_seen_at` text NOT NULL,
	`expires_at` text NOT NULL,
	`ended_at` text
);
--> statement-breakpoint
CREATE INDEX `sessions_user` ON `sessions` (`user_id`,`created_at`);--> statement-breakpoint
CREATE TABLE `user_oauth_tokens` (
	`github_user_id` integer NOT NULL,
	`kind` text NOT NULL,
	`normalized_login` text NOT NULL,
	`encrypted_value` text NOT NULL,
	`iv` text NOT NULL,
	`tag` text NOT NULL,
	`alg` text NOT NULL,
	`key_version` integer NOT NULL,
	`scope` text,
	`expires_at` text,
	`revoked_at` text,
	`refresh_owner` text,
	`refresh_until` text,
	`created_at` text NOT NULL,
	`updated_at` text NOT NULL,
	PRIMARY KEY(`github_user_id`, `kind`)
);
--> statement-breakpoint
CREATE INDEX `user_oauth_tokens_login` ON `user_oauth_tokens` (`normalized_login`,`kind`);--> statement-breakpoint
CREATE INDEX `user_oauth_tokens_key_version` ON `user_oauth_tokens` (`key_version`);--> statement-breakpoint
CREATE TABLE `user_secrets` (
	`id` text PRIMARY KEY NOT NULL,
	`user_id` integer NOT NULL,
	`provider` text NOT NULL,
	`name` text NOT NULL,
	`encrypted_value` text NOT NULL,
	`iv` text NOT NULL,
	`tag` text NOT NULL,
	`alg` text NOT NULL,
	`key_version` integer NOT NULL,
	`last_four` text NOT NULL,
	`created_at` text NOT NULL,
	`updated_at` text NOT NULL,
	`last_used_at` text,
	`verified_at` text,
	`verification` text DEFAULT 'unverified' NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `user_secrets_user_provider_name` ON `user_secrets` (`user_id`,`provider`,`name`);--> statement-breakpoint
CREATE INDEX `user_secrets_key_version` ON `user_secrets` (`key_version`);--> statement-breakpoint
CREATE TABLE `user_settings` (
	`user_id` integer PRIMARY KEY NOT NULL,
	`version` text NOT NULL,
	`config` text NOT NULL,
	`revision` integer NOT NULL,
	`updated_at` text NOT NULL,
	`mirror_gist_id` text,
	`mirror_result` text
);
--> statement-breakpoint
CREATE TABLE `users` (
	`id` integer PRIMARY KEY NOT NULL,
	`login` text NOT NULL,
	`normalized_login` text NOT NULL,
	`name` text,
	`avatar_url` text,
	`created_at` text NOT NULL,
	`updated_at` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `users_normalized_login` ON `users` (`normalized_login`);--> statement-breakpoint
CREATE TABLE `clock_ticks` (
	`name` text PRIMARY KEY NOT NULL,
	`at` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `dead_letters` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`queue` text NOT NULL,
	`body` text NOT NULL,
	`at` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `deliveries` (
	`id` text PRIMARY KEY NOT NULL,
	`event` text NOT NULL,
	`action` text,
	`repository_id` integer,
	`issue_number` integer,
	`actor_login` text,
	`installation_id` integer,
	`comment_id` integer,
	`facts` text,
	`outcome` text NOT NULL,
	`received_at` text NOT NULL,
	`due_at` text,
	`tries` integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE INDEX `deliveries_due` ON `deliveries` (`due_at`);--> statement-breakpoint
CREATE INDEX `deliveries_received` ON `deliveries` (`received_at`);--> statement-breakpoint
CREATE INDEX `deliveries_deleted_comment` ON `deliveries` (`comment_id`) WHERE outcome = 'comment_deleted';--> statement-breakpoint
CREATE TABLE `mentions` (
	`id` text PRIMARY KEY NOT NULL,
	`delivery_id` text NOT NULL,
	`installation_id` integer,
	`repository_id` integer NOT NULL,
	`repo_owner` text NOT NULL,
	`repo_name` text NOT NULL,
	`issue_number` integer NOT NULL,
	`issue_title` text NOT NULL,
	`issue_body` text NOT NULL,
	`is_pull_request` integer NOT NULL,
	`comment_id` integer NOT NULL,
	`command_index` integer NOT NULL,
	`command` text NOT NULL,
	`actor_id` integer NOT NULL,
	`actor_login` text NOT NULL,
	`status` text NOT NULL,
	`outcome` text,
	`task_id` text,
	`reaction` text DEFAULT 'owed' NOT NULL,
	`reply` text,
	`reply_state` text DEFAULT 'none' NOT NULL,
	`reply_comment_id` integer,
	`last_error` text,
	`lease_owner` text,
	`lease_until` text,
	`tries` integer DEFAULT 0 NOT NULL,
	`due_at` text,
	`created_at` text NOT NULL,
	`settled_at` text
);
--> statement-breakpoint
CREATE UNIQUE INDEX `mentions_command` ON `mentions` (`repository_id`,`comment_id`,`command_index`);--> statement-breakpoint
CREATE INDEX `mentions_due` ON `mentions` (`due_at`);--> statement-breakpoint
CREATE INDEX `mentions_issue` ON `mentions` (`repository_id`,`issue_number`,`status`);--> statement-breakpoint
CREATE INDEX `mentions_delivery` ON `mentions` (`delivery_id`);--> statement-breakpoint
CREATE TABLE `app_sweeps` (
	`user_id` integer NOT NULL,
	`fly_app` text NOT NULL,
	`last_launch_at` text NOT NULL,
	`due_at` text NOT NULL,
	PRIMARY KEY(`user_id`, `fly_app`)
);
--> statement-breakpoint
CREATE INDEX `app_sweeps_due` ON `app_sweeps` (`due_at`);--> statement-breakpoint
CREATE TABLE `content_budgets` (
	`installation_id` integer PRIMARY KEY NOT NULL,
	`minute_left` real NOT NULL,
	`hour_left` real NOT NULL,
	`counted_at_ms` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `github_answers` (
	`user_id` integer NOT NULL,
	`question` text NOT NULL,
	`etag` text NOT NULL,
	`answer` text NOT NULL,
	`asked_at` text NOT NULL,
	PRIMARY KEY(`user_id`, `question`)
);
--> statement-breakpoint
CREATE TABLE `use_counts` (
	`key` text PRIMARY KEY NOT NULL,
	`used` integer NOT NULL,
	`window_ends_at` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `log_chunks` (
	`task_id` text NOT NULL,
	`attempt` integer NOT NULL,
	`seq` integer NOT NULL,
	`first_record` integer NOT NULL,
	`last_record` integer NOT NULL,
	`bytes` integer NOT NULL,
	`r2_key` text NOT NULL,
	`created_at` text NOT NULL,
	PRIMARY KEY(`task_id`, `attempt`, `seq`)
);
--> statement-breakpoint
CREATE INDEX `log_chunks_record` ON `log_chunks` (`task_id`,`attempt`,`last_record`);--> statement-breakpoint
CREATE TABLE `task_attempts` (
	`task_id` text NOT NULL,
	`attempt` integer NOT NULL,
	`user_id` integer NOT NULL,
	`branch` text NOT NULL,
	`wip_branch` text NOT NULL,
	`machine_name` text NOT NULL,
	`fly_app` text NOT NULL,
	`region` text,
	`launch_tries` integer DEFAULT 0 NOT NULL,
	`launch_intent_at` text,
	`next_launch_at` text,
	`machine_id` text,
	`machine_state` text,
	`machine_seen_at` text,
	`exit_code` integer,
	`out_of_memory` integer,
	`claim_salt` text NOT NULL,
	`claim_hmac` text NOT NULL,
	`hmac_key_version` integer NOT NULL,
	`claim_nonce_hash` text,
	`callback_hmac` text,
	`claimed_at` text,
	`started_at` text,
	`heartbeat_at` text,
	`deadline_at` text NOT NULL,
	`log_seq` integer DEFAULT 0 NOT NULL,
	`records` integer DEFAULT 0 NOT NULL,
	`phase` text NOT NULL,
	`phase_times` text DEFAULT '{}' NOT NULL,
	`completion` text,
	`completion_hash` text,
	`completion_applied_at` text,
	`apply_tries` integer DEFAULT 0 NOT NULL,
	`apply_due_at` text,
	`stop_requested_at` text,
	`ended_at` text,
	`end_reason` text,
	`machine_destroyed_at` text,
	`token_revoked_at` text,
	`cleanup_tries` integer DEFAULT 0 NOT NULL,
	`cleanup_due_at` text,
	`cleanup_gave_up` text,
	`log_blocks` text DEFAULT '[]' NOT NULL,
	`log_sealed_at` text,
	`log_expires_at` text,
	`seal_tries` integer DEFAULT 0 NOT NULL,
	`seal_due_at` text,
	`git_token_value` text,
	`git_token_iv` text,
	`git_token_tag` text,
	`git_token_key_version` integer,
	`git_token_expires_at` text,
	`created_at` text NOT NULL,
	PRIMARY KEY(`task_id`, `attempt`)
);
--> statement-breakpoint
CREATE UNIQUE INDEX `task_attempts_machine_name` ON `task_attempts` (`machine_name`);--> statement-breakpoint
CREATE INDEX `task_attempts_open` ON `task_attempts` (`ended_at`) WHERE ended_at IS NULL;--> statement-breakpoint
CREATE INDEX `task_attempts_cleanup` ON `task_attempts` (`cleanup_due_at`);--> statement-breakpoint
CREATE INDEX `task_attempts_log_expiry` ON `task_attempts` (`log_expires_at`) WHERE log_blocks <> '[]';--> statement-breakpoint
CREATE INDEX `task_attempts_key_version` ON `task_attempts` (`git_token_key_version`) WHERE git_token_value IS NOT NULL;--> statement-breakpoint
CREATE INDEX `task_attempts_app_launch` ON `task_attempts` (`fly_app`,`launch_intent_at`);--> statement-breakpoint
CREATE TABLE `task_events` (
	`seq` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`task_id` text NOT NULL,
	`user_id` integer NOT NULL,
	`attempt` integer NOT NULL,
	`kind` text NOT NULL,
	`data` text NOT NULL,
	`move_id` text NOT NULL,
	`at` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `task_events_move` ON `task_events` (`move_id`,`kind`);--> statement-breakpoint
CREATE INDEX `task_events_task` ON `task_events` (`task_id`,`seq`);--> statement-breakpoint
CREATE INDEX `task_events_user` ON `task_events` (`user_id`,`seq`);--> statement-breakpoint
CREATE TABLE `tasks` (
	`id` text PRIMARY KEY NOT NULL,
	`user_id` integer NOT NULL,
	`created_by` text NOT NULL,
	`mention_id` text,
	`parent_task_id` text,
	`installation_id` integer NOT NULL,
	`repository_id` integer NOT NULL,
	`repo_owner` text NOT NULL,
	`repo_name` text NOT NULL,
	`issue_number` integer NOT NULL,
	`issue_title` text NOT NULL,
	`issue_body` text NOT NULL,
	`comment_id` integer,
	`agent` text NOT NULL,
	`model` text,
	`base_branch` text,
	`priority` integer NOT NULL,
	`instructions` text NOT NULL,
	`prompt` text NOT NULL,
	`prompt_omissions` text NOT NULL,
	`timeout_minutes` integer NOT NULL,
	`max_retries` integer NOT NULL,
	`poll_interval_seconds` integer DEFAULT 10 NOT NULL,
	`status` text NOT NULL,
	`phase` text NOT NULL,
	`progress` integer NOT NULL,
	`blocked_reason` text,
	`wait_reason` text,
	`not_before` text,
	`failure_code` text,
	`error_message` text,
	`stopped_by` text,
	`attempt` integer NOT NULL,
	`infra_retries` integer DEFAULT 0 NOT NULL,
	`move_id` text,
	`version` integer NOT NULL,
	`change_seq` integer DEFAULT 0 NOT NULL,
	`branch` text,
	`wip_branch` text,
	`head_sha` text,
	`commits` integer,
	`files_changed` integer,
	`additions` integer,
	`deletions` integer,
	`pr_number` integer,
	`pr_url` text,
	`pr_title` text,
	`pr_draft` integer,
	`summary` text,
	`log_tail` text,
	`steps` integer DEFAULT 0 NOT NULL,
	`last_step` text,
	`cost_usd` real,
	`input_tokens` integer,
	`output_tokens` integer,
	`callback_attempts` integer,
	`callback_max_attempts` integer,
	`callback_last_http_code` integer,
	`reported_version` integer DEFAULT 0 NOT NULL,
	`reported_at` text,
	`report_state` text DEFAULT 'owed' NOT NULL,
	`report_tries` integer DEFAULT 0 NOT NULL,
	`report_due_at` text,
	`tracking_comment_id` integer,
	`reported_body` text,
	`reported_label` text,
	`reported_steps` integer DEFAULT 0 NOT NULL,
	`gave_up_reason` text,
	`wake_seq` integer DEFAULT 0 NOT NULL,
	`due_at` text,
	`lease_owner` text,
	`lease_until` text,
	`tries` integer DEFAULT 0 NOT NULL,
	`quarantined_at` text,
	`created_at` text NOT NULL,
	`updated_at` text NOT NULL,
	`started_at` text,
	`completed_at` text
);
--> statement-breakpoint
CREATE UNIQUE INDEX `tasks_mention` ON `tasks` (`mention_id`);--> statement-breakpoint
CREATE INDEX `tasks_user` ON `tasks` (`user_id`,`created_at`);--> statement-breakpoint
CREATE INDEX `tasks_changed` ON `tasks` (`user_id`,`change_seq`);--> statement-breakpoint
CREATE INDEX `tasks_running` ON `tasks` (`user_id`) WHERE status = 'running';--> statement-breakpoint
CREATE INDEX `tasks_queued` ON `tasks` (`user_id`,`priority`,`created_at`) WHERE status = 'queued';--> statement-breakpoint
CREATE INDEX `tasks_issue` ON `tasks` (`repository_id`,`issue_number`,`created_at`);--> statement-breakpoint
CREATE INDEX `tasks_due` ON `tasks` (`due_at`);--> statement-breakpoint
CREATE INDEX `tasks_installation` ON `tasks` (`installation_id`,`status`);