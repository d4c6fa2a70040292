ALTER TABLE `user_secrets` ADD `models` text;--> statement-breakpoint
ALTER TABLE `user_secrets` ADD `models_asked_at` text;