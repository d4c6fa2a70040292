ALTER TABLE `user_secrets` ADD `fly_network` text;--> statement-breakpoint
ALTER TABLE `task_attempts` ADD `network` text;