CREATE TABLE `content_shares` (
	`installation_id` integer NOT NULL,
	`user_id` integer NOT NULL,
	`minute_left` real NOT NULL,
	`hour_left` real NOT NULL,
	`counted_at_ms` integer NOT NULL,
	PRIMARY KEY(`installation_id`, `user_id`)
);
--> statement-breakpoint
CREATE INDEX `content_shares_counted` ON `content_shares` (`counted_at_ms`);--> statement-breakpoint
CREATE TABLE `starts` (
	`id` text PRIMARY KEY NOT NULL,
	`user_id` integer NOT NULL,
	`repository_id` integer NOT NULL,
	`at` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `starts_user` ON `starts` (`user_id`,`at`);--> statement-breakpoint
CREATE INDEX `starts_repository` ON `starts` (`repository_id`,`at`);--> statement-breakpoint
CREATE INDEX `starts_at` ON `starts` (`at`);--> statement-breakpoint
ALTER TABLE `tasks` ADD `machine` text;--> statement-breakpoint
CREATE INDEX `deliveries_unheard` ON `deliveries` (`actor_login`,`received_at`) WHERE facts IS NOT NULL AND comment_id IS NOT NULL;--> statement-breakpoint
CREATE INDEX `mentions_actor` ON `mentions` (`actor_id`,`created_at`);--> statement-breakpoint
CREATE INDEX `mentions_created` ON `mentions` (`created_at`);