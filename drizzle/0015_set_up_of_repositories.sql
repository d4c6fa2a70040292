CREATE TABLE `repository_secrets` (
	`repository_id` integer NOT NULL,
	`name` text NOT NULL,
	`encrypted_value` text NOT NULL,
	`iv` text NOT NULL,
	`tag` text NOT NULL,
	`alg` text NOT NULL,
	`key_version` integer NOT NULL,
	`saved_by` integer,
	`via` text NOT NULL,
	`created_at` text NOT NULL,
	`updated_at` text NOT NULL,
	`last_used_at` text,
	PRIMARY KEY(`repository_id`, `name`)
);
--> statement-breakpoint
CREATE INDEX `repository_secrets_key_version` ON `repository_secrets` (`key_version`);--> statement-breakpoint
ALTER TABLE `task_attempts` ADD `set_up_report` text;--> statement-breakpoint
ALTER TABLE `tasks` ADD `set_up` text;--> statement-breakpoint
-- Who saved or deleted a secret of a repository. A rotation seals the same secret anew, under another key.
CREATE TRIGGER `audit_repository_secret` AFTER INSERT ON `repository_secrets` BEGIN
  INSERT INTO `audit` (`actor_id`, `owner_id`, `action`, `through`, `object`) VALUES (NEW.saved_by, NEW.saved_by, 'repository.secret_save', NEW.via, 'repository/' || NEW.repository_id);
END;--> statement-breakpoint
CREATE TRIGGER `audit_repository_secret_again` AFTER UPDATE OF `encrypted_value` ON `repository_secrets` WHEN NEW.key_version = OLD.key_version OR NEW.updated_at <> OLD.updated_at BEGIN
  INSERT INTO `audit` (`actor_id`, `owner_id`, `action`, `through`, `object`) VALUES (NEW.saved_by, NEW.saved_by, 'repository.secret_save', NEW.via, 'repository/' || NEW.repository_id);
END;--> statement-breakpoint
-- Who deletes one is noted in its row first.
CREATE TRIGGER `audit_repository_secret_end` AFTER DELETE ON `repository_secrets` BEGIN
  INSERT INTO `audit` (`actor_id`, `owner_id`, `action`, `through`, `object`) VALUES (OLD.saved_by, OLD.saved_by, 'repository.secret_delete', OLD.via, 'repository/' || OLD.repository_id);
END;
