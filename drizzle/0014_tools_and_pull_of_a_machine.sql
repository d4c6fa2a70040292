ALTER TABLE `task_attempts` ADD `image_pulled_at` text;--> statement-breakpoint
ALTER TABLE `task_attempts` ADD `toolchain` text;