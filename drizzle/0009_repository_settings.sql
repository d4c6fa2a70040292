CREATE TABLE `repository_settings` (
	`repository_id` integer PRIMARY KEY NOT NULL,
	`settings` text NOT NULL,
	`updated_by` integer,
	`updated_at` text NOT NULL
);
