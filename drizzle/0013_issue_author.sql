ALTER TABLE `mentions` ADD `issue_author` text;--> statement-breakpoint
ALTER TABLE `tasks` ADD `issue_author` text;