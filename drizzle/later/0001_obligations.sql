-- The other half of `obligations`: the columns that only the Worker of the release before read, and the triggers that
-- took along what it wrote while it still served. Goes into drizzle/ with the release after (docs/adr/0006).
DROP TRIGGER `former_mention`;--> statement-breakpoint
DROP TRIGGER `former_mention_due`;--> statement-breakpoint
DROP TRIGGER `former_delivery`;--> statement-breakpoint
DROP TRIGGER `former_delivery_done`;--> statement-breakpoint
DROP TRIGGER `former_comment`;--> statement-breakpoint
DROP INDEX `deliveries_due`;--> statement-breakpoint
ALTER TABLE `deliveries` DROP COLUMN `due_at`;--> statement-breakpoint
ALTER TABLE `deliveries` DROP COLUMN `tries`;--> statement-breakpoint
DROP INDEX `mentions_due`;--> statement-breakpoint
ALTER TABLE `mentions` DROP COLUMN `reply_state`;--> statement-breakpoint
ALTER TABLE `mentions` DROP COLUMN `last_error`;--> statement-breakpoint
ALTER TABLE `mentions` DROP COLUMN `tries`;--> statement-breakpoint
ALTER TABLE `mentions` DROP COLUMN `due_at`;--> statement-breakpoint
DROP INDEX `task_attempts_cleanup`;--> statement-breakpoint
ALTER TABLE `task_attempts` DROP COLUMN `launch_tries`;--> statement-breakpoint
ALTER TABLE `task_attempts` DROP COLUMN `next_launch_at`;--> statement-breakpoint
ALTER TABLE `task_attempts` DROP COLUMN `apply_tries`;--> statement-breakpoint
ALTER TABLE `task_attempts` DROP COLUMN `apply_due_at`;--> statement-breakpoint
ALTER TABLE `task_attempts` DROP COLUMN `cleanup_tries`;--> statement-breakpoint
ALTER TABLE `task_attempts` DROP COLUMN `cleanup_due_at`;--> statement-breakpoint
ALTER TABLE `task_attempts` DROP COLUMN `cleanup_gave_up`;--> statement-breakpoint
ALTER TABLE `task_attempts` DROP COLUMN `seal_tries`;--> statement-breakpoint
ALTER TABLE `task_attempts` DROP COLUMN `seal_due_at`;--> statement-breakpoint
ALTER TABLE `tasks` DROP COLUMN `report_state`;--> statement-breakpoint
ALTER TABLE `tasks` DROP COLUMN `report_tries`;--> statement-breakpoint
ALTER TABLE `tasks` DROP COLUMN `report_due_at`;--> statement-breakpoint
ALTER TABLE `tasks` DROP COLUMN `gave_up_reason`;
