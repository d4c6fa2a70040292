ALTER TABLE `task_attempts` ADD `budget_usd` real;--> statement-breakpoint
ALTER TABLE `tasks` ADD `asked_budget_usd` real;