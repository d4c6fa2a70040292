CREATE TABLE `change_sets` (
	`task_id` text NOT NULL,
	`attempt` integer NOT NULL,
	`number` integer NOT NULL,
	`user_id` integer NOT NULL,
	`data_key_value` text,
	`data_key_iv` text,
	`data_key_tag` text,
	`data_key_key_version` integer,
	`content_parts` text DEFAULT '[]' NOT NULL,
	`bundle_parts` text DEFAULT '[]' NOT NULL,
	`patch_parts` text DEFAULT '[]' NOT NULL,
	`bytes` integer DEFAULT 0 NOT NULL,
	`whole_at` text,
	`request_hash` text,
	`content` text,
	`why_bundle` text,
	`base` text,
	`tree` text,
	`commits` integer,
	`files` integer,
	`held_back` text,
	`judgement` text,
	`written_branch` text,
	`written_head` text,
	`verified` integer,
	`write_progress` text,
	`refusal` text,
	`expires_at` text NOT NULL,
	`removed_at` text,
	`created_at` text NOT NULL,
	PRIMARY KEY(`task_id`, `attempt`, `number`)
);
--> statement-breakpoint
CREATE INDEX `change_sets_user` ON `change_sets` (`user_id`);--> statement-breakpoint
CREATE INDEX `change_sets_expiry` ON `change_sets` (`expires_at`) WHERE removed_at IS NULL;--> statement-breakpoint
CREATE INDEX `change_sets_key_version` ON `change_sets` (`data_key_key_version`) WHERE data_key_value IS NOT NULL;