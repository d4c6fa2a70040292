CREATE TABLE `obligations` (
	`subject` text NOT NULL,
	`kind` text NOT NULL,
	`due_at` text,
	`tries` integer DEFAULT 0 NOT NULL,
	`gave_up_reason` text,
	PRIMARY KEY(`subject`, `kind`)
);
--> statement-breakpoint
CREATE INDEX `obligations_due` ON `obligations` (`due_at`);--> statement-breakpoint
ALTER TABLE `tasks` ADD `comment_intent_at` text;--> statement-breakpoint
-- Carried over: what was put off stays due, what was given up stays given up. The former columns stay for the Worker of
-- the release before, which serves until the new one is there; drizzle/later drops them (docs/adr/0006).
UPDATE `tasks` SET `comment_intent_at` = `created_at` WHERE `report_tries` > 0 OR `tracking_comment_id` IS NOT NULL;--> statement-breakpoint
INSERT INTO `obligations` (`subject`, `kind`, `due_at`, `tries`, `gave_up_reason`)
  SELECT id, 'report', NULL, report_tries, coalesce(gave_up_reason, 'unknown') FROM `tasks` WHERE report_state = 'given_up';--> statement-breakpoint
INSERT INTO `obligations` (`subject`, `kind`, `due_at`, `tries`, `gave_up_reason`)
  SELECT id, 'report', report_due_at, report_tries, NULL FROM `tasks` WHERE report_state = 'owed' AND report_due_at IS NOT NULL;--> statement-breakpoint
INSERT INTO `obligations` (`subject`, `kind`, `due_at`, `tries`, `gave_up_reason`)
  SELECT task_id || '/' || attempt, 'launch', next_launch_at, launch_tries, NULL FROM `task_attempts`
    WHERE next_launch_at IS NOT NULL AND machine_id IS NULL AND ended_at IS NULL;--> statement-breakpoint
INSERT INTO `obligations` (`subject`, `kind`, `due_at`, `tries`, `gave_up_reason`)
  SELECT task_id || '/' || attempt, 'apply_completion', apply_due_at, apply_tries, NULL FROM `task_attempts`
    WHERE apply_due_at IS NOT NULL AND completion_applied_at IS NULL;--> statement-breakpoint
INSERT INTO `obligations` (`subject`, `kind`, `due_at`, `tries`, `gave_up_reason`)
  SELECT task_id || '/' || attempt, 'clean_up', cleanup_due_at, cleanup_tries, NULL FROM `task_attempts` WHERE cleanup_due_at IS NOT NULL;--> statement-breakpoint
INSERT INTO `obligations` (`subject`, `kind`, `due_at`, `tries`, `gave_up_reason`)
  SELECT task_id || '/' || attempt, 'clean_up', NULL, cleanup_tries, cleanup_gave_up FROM `task_attempts`
    WHERE cleanup_due_at IS NULL AND cleanup_gave_up IS NOT NULL;--> statement-breakpoint
INSERT INTO `obligations` (`subject`, `kind`, `due_at`, `tries`, `gave_up_reason`)
  SELECT task_id || '/' || attempt, 'seal_log', seal_due_at, seal_tries, NULL FROM `task_attempts`
    WHERE seal_due_at IS NOT NULL AND log_sealed_at IS NULL;--> statement-breakpoint
INSERT INTO `obligations` (`subject`, `kind`, `due_at`, `tries`, `gave_up_reason`)
  SELECT id, 'admit', coalesce(due_at, created_at), tries, NULL FROM `mentions` WHERE status = 'pending';--> statement-breakpoint
INSERT INTO `obligations` (`subject`, `kind`, `due_at`, `tries`, `gave_up_reason`)
  SELECT id, 'react', due_at, tries, NULL FROM `mentions` WHERE status <> 'pending' AND reaction = 'owed' AND due_at IS NOT NULL;--> statement-breakpoint
INSERT INTO `obligations` (`subject`, `kind`, `due_at`, `tries`, `gave_up_reason`)
  SELECT id, 'react', NULL, tries, coalesce(last_error, 'unknown') FROM `mentions`
    WHERE reaction = 'given_up' OR (status <> 'pending' AND reaction = 'owed' AND due_at IS NULL);--> statement-breakpoint
INSERT INTO `obligations` (`subject`, `kind`, `due_at`, `tries`, `gave_up_reason`)
  SELECT id, 'reply', due_at, tries, NULL FROM `mentions`
    WHERE status <> 'pending' AND reply IS NOT NULL AND reply_state = 'owed' AND reply_comment_id IS NULL AND due_at IS NOT NULL;--> statement-breakpoint
INSERT INTO `obligations` (`subject`, `kind`, `due_at`, `tries`, `gave_up_reason`)
  SELECT id, 'reply', NULL, tries, coalesce(last_error, 'unknown') FROM `mentions`
    WHERE reply IS NOT NULL AND reply_comment_id IS NULL AND (reply_state = 'given_up' OR (reply_state = 'owed' AND due_at IS NULL));--> statement-breakpoint
INSERT INTO `obligations` (`subject`, `kind`, `due_at`, `tries`, `gave_up_reason`)
  SELECT id, 'carry_out', due_at, tries, NULL FROM `deliveries` WHERE due_at IS NOT NULL;--> statement-breakpoint
UPDATE `mentions` SET `reaction` = 'owed' WHERE `reaction` = 'given_up';--> statement-breakpoint
-- What that Worker writes meanwhile is owed as well: a row that is looked at for nothing goes by itself.
CREATE TRIGGER `former_mention` AFTER INSERT ON `mentions` WHEN NEW.due_at IS NOT NULL BEGIN
  INSERT INTO `obligations` (`subject`, `kind`, `due_at`) VALUES (NEW.id, 'admit', NEW.due_at) ON CONFLICT DO NOTHING;
END;--> statement-breakpoint
CREATE TRIGGER `former_mention_due` AFTER UPDATE OF `due_at` ON `mentions` WHEN NEW.due_at IS NOT NULL BEGIN
  INSERT INTO `obligations` (`subject`, `kind`, `due_at`) VALUES (NEW.id, 'admit', NEW.due_at) ON CONFLICT DO NOTHING;
END;--> statement-breakpoint
CREATE TRIGGER `former_delivery` AFTER INSERT ON `deliveries` WHEN NEW.due_at IS NOT NULL BEGIN
  INSERT INTO `obligations` (`subject`, `kind`, `due_at`) VALUES (NEW.id, 'carry_out', NEW.due_at) ON CONFLICT DO NOTHING;
END;--> statement-breakpoint
CREATE TRIGGER `former_delivery_done` AFTER UPDATE OF `due_at` ON `deliveries` WHEN NEW.due_at IS NULL BEGIN
  DELETE FROM `obligations` WHERE subject = NEW.id AND kind = 'carry_out';
END;--> statement-breakpoint
CREATE TRIGGER `former_comment` AFTER UPDATE OF `report_tries` ON `tasks` WHEN NEW.report_tries > 0 AND NEW.comment_intent_at IS NULL BEGIN
  UPDATE `tasks` SET `comment_intent_at` = NEW.updated_at WHERE id = NEW.id;
END;
