ALTER TABLE `tasks` ADD `pr_state` text;--> statement-breakpoint
ALTER TABLE `tasks` ADD `pr_head_sha` text;--> statement-breakpoint
ALTER TABLE `tasks` ADD `pr_checks` text;--> statement-breakpoint
ALTER TABLE `tasks` ADD `pr_review` text;--> statement-breakpoint
ALTER TABLE `tasks` ADD `pr_merged_by` text;--> statement-breakpoint
ALTER TABLE `tasks` ADD `pr_ended_at` text;--> statement-breakpoint
ALTER TABLE `tasks` ADD `pr_look_at` text;--> statement-breakpoint
CREATE INDEX `tasks_pull` ON `tasks` (`repository_id`,`pr_number`) WHERE pr_number IS NOT NULL;--> statement-breakpoint
CREATE INDEX `tasks_pull_head` ON `tasks` (`repository_id`,`pr_head_sha`) WHERE pr_head_sha IS NOT NULL;