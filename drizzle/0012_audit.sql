CREATE TABLE `audit_lines` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`at` text DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) NOT NULL,
	`actor` text,
	`owner` text,
	`action` text NOT NULL,
	`through` text,
	`object` text NOT NULL,
	`detail` text
);
--> statement-breakpoint
CREATE INDEX `audit_lines_actor` ON `audit_lines` (`actor`,`id`);--> statement-breakpoint
CREATE INDEX `audit_lines_owner` ON `audit_lines` (`owner`,`id`);--> statement-breakpoint
CREATE INDEX `audit_lines_object` ON `audit_lines` (`object`,`id`);--> statement-breakpoint
CREATE TABLE `audit_subjects` (
	`id` text PRIMARY KEY NOT NULL,
	`user_id` integer NOT NULL,
	`login` text
);
--> statement-breakpoint
CREATE UNIQUE INDEX `audit_subjects_user_id_unique` ON `audit_subjects` (`user_id`);--> statement-breakpoint
ALTER TABLE `user_settings` ADD `last_change` text;--> statement-breakpoint
ALTER TABLE `repository_settings` ADD `last_change` text;--> statement-breakpoint
ALTER TABLE `task_attempts` ADD `keys_spent` text;--> statement-breakpoint
-- Lines of the release before go along; its table stays for the Worker that serves until the new one is there.
INSERT INTO `audit_subjects` (`id`, `user_id`) SELECT lower(hex(randomblob(12))), user_id FROM (SELECT DISTINCT user_id FROM `audit_log` WHERE user_id IS NOT NULL);--> statement-breakpoint
INSERT INTO `audit_lines` (`at`, `actor`, `owner`, `action`, `object`)
  SELECT l.at, s.id, s.id,
    CASE l.action WHEN 'token.revoked' THEN 'github.revoke' WHEN 'session.end_others' THEN 'session.end' ELSE l.action END,
    CASE WHEN l.action LIKE 'secret.%' THEN 'secret/' || l.subject ELSE l.subject END
  FROM `audit_log` l LEFT JOIN `audit_subjects` s ON s.user_id = l.user_id ORDER BY l.id;--> statement-breakpoint
-- Append-only: what was written stays as it was, for 400 days at least.
CREATE TRIGGER `audit_lines_stay` BEFORE UPDATE ON `audit_lines` BEGIN
  SELECT RAISE(ABORT, 'an audit line is never changed');
END;--> statement-breakpoint
CREATE TRIGGER `audit_lines_last` BEFORE DELETE ON `audit_lines` WHEN OLD.at > strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '-400 days') BEGIN
  SELECT RAISE(ABORT, 'an audit line is kept for 400 days');
END;--> statement-breakpoint
-- REPLACE would delete without a word.
CREATE TRIGGER `audit_lines_once` BEFORE INSERT ON `audit_lines` WHEN EXISTS (SELECT 1 FROM `audit_lines` WHERE id = NEW.id) BEGIN
  SELECT RAISE(ABORT, 'an audit line is never replaced');
END;--> statement-breakpoint
-- The one way in: people by their numbers, of which a line only ever has the random subject.
DROP VIEW IF EXISTS `audit`;--> statement-breakpoint
CREATE VIEW `audit` AS SELECT a.user_id AS actor_id, a.login AS actor_login, o.user_id AS owner_id, l.action, l.through, l.object, l.detail
  FROM `audit_lines` l LEFT JOIN `audit_subjects` a ON a.id = l.actor LEFT JOIN `audit_subjects` o ON o.id = l.owner;--> statement-breakpoint
CREATE TRIGGER `audit_write` INSTEAD OF INSERT ON `audit` BEGIN
  INSERT INTO `audit_subjects` (`id`, `user_id`, `login`) SELECT lower(hex(randomblob(12))), NEW.actor_id, NEW.actor_login
    WHERE NEW.actor_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM `audit_subjects` WHERE user_id = NEW.actor_id);
  INSERT INTO `audit_subjects` (`id`, `user_id`) SELECT lower(hex(randomblob(12))), NEW.owner_id
    WHERE NEW.owner_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM `audit_subjects` WHERE user_id = NEW.owner_id);
  INSERT INTO `audit_lines` (`actor`, `owner`, `action`, `through`, `object`, `detail`) VALUES (
    (SELECT id FROM `audit_subjects` WHERE user_id = NEW.actor_id), (SELECT id FROM `audit_subjects` WHERE user_id = NEW.owner_id),
    NEW.action, NEW.through, NEW.object, NEW.detail);
END;--> statement-breakpoint
-- Tasks. `by` in words is what people read; `byId` and `via` say who, and by what.
CREATE TRIGGER `audit_task` AFTER INSERT ON `task_events` WHEN NEW.kind IN
  ('task.created', 'slot.claimed', 'user.stopped', 'user.retried', 'user.unretried_failed', 'user.unretried_timed_out')
  OR (NEW.kind = 'system.failed' AND json_extract(NEW.data, '$.failureCode') IN ('permission_lost', 'access_lost', 'not_listed', 'repository_not_selected'))
BEGIN
  INSERT INTO `audit` (`actor_id`, `actor_login`, `owner_id`, `action`, `through`, `object`, `detail`) VALUES (
    CASE NEW.kind WHEN 'task.created' THEN NEW.user_id ELSE json_extract(NEW.data, '$.byId') END,
    json_extract(NEW.data, '$.by'), NEW.user_id,
    CASE NEW.kind WHEN 'task.created' THEN 'task.start' WHEN 'slot.claimed' THEN 'attempt.start' WHEN 'user.stopped' THEN 'task.stop'
      WHEN 'user.retried' THEN 'task.retry' WHEN 'system.failed' THEN 'task.refuse' ELSE 'task.undo_retry' END,
    CASE WHEN NEW.kind IN ('slot.claimed', 'system.failed') THEN 'automatic' ELSE json_extract(NEW.data, '$.via') END,
    'task/' || NEW.task_id,
    CASE NEW.kind WHEN 'slot.claimed' THEN json_object('attempt', NEW.attempt)
      WHEN 'system.failed' THEN json_object('reason', json_extract(NEW.data, '$.failureCode'))
      WHEN 'user.stopped' THEN json_object('reason', json_extract(NEW.data, '$.reason')) END);
END;--> statement-breakpoint
CREATE TRIGGER `audit_machine` AFTER UPDATE OF `machine_id` ON `task_attempts` WHEN OLD.machine_id IS NULL AND NEW.machine_id IS NOT NULL BEGIN
  INSERT INTO `audit` (`owner_id`, `action`, `through`, `object`, `detail`) VALUES
    (NEW.user_id, 'machine.start', 'automatic', 'task/' || NEW.task_id, json_object('attempt', NEW.attempt));
END;--> statement-breakpoint
CREATE TRIGGER `audit_claim` AFTER UPDATE OF `claimed_at` ON `task_attempts` WHEN OLD.claimed_at IS NULL AND NEW.claimed_at IS NOT NULL BEGIN
  INSERT INTO `audit` (`owner_id`, `action`, `through`, `object`, `detail`) VALUES
    (NEW.user_id, 'machine.claim', 'machine', 'task/' || NEW.task_id, json_object('attempt', NEW.attempt));
END;--> statement-breakpoint
-- A rotation seals the same token anew, under another key.
CREATE TRIGGER `audit_token` AFTER UPDATE OF `git_token_value` ON `task_attempts` WHEN NEW.git_token_value IS NOT NULL AND NEW.git_token_iv IS NOT OLD.git_token_iv
  AND (NEW.git_token_key_version IS OLD.git_token_key_version OR NEW.git_token_expires_at IS NOT OLD.git_token_expires_at)
BEGIN
  INSERT INTO `audit` (`owner_id`, `action`, `through`, `object`, `detail`) VALUES
    (NEW.user_id, 'token.mint', 'machine', 'task/' || NEW.task_id, json_object('attempt', NEW.attempt));
END;--> statement-breakpoint
CREATE TRIGGER `audit_token_end` AFTER UPDATE OF `token_revoked_at` ON `task_attempts`
  WHEN OLD.token_revoked_at IS NULL AND NEW.token_revoked_at IS NOT NULL AND OLD.git_token_value IS NOT NULL
BEGIN
  INSERT INTO `audit` (`owner_id`, `action`, `through`, `object`, `detail`) VALUES
    (NEW.user_id, 'token.revoke', 'automatic', 'task/' || NEW.task_id, json_object('attempt', NEW.attempt));
END;--> statement-breakpoint
CREATE TRIGGER `audit_keys` AFTER UPDATE OF `keys_spent` ON `task_attempts` WHEN NEW.keys_spent IS NOT NULL AND NEW.keys_spent IS NOT OLD.keys_spent BEGIN
  INSERT INTO `audit` (`owner_id`, `action`, `through`, `object`, `detail`) VALUES
    (NEW.user_id, 'key.spend', 'machine', 'task/' || NEW.task_id, json_object('attempt', NEW.attempt, 'keys', json(NEW.keys_spent)));
END;--> statement-breakpoint
CREATE TRIGGER `audit_publish` AFTER UPDATE OF `write_progress` ON `change_sets`
  WHEN json_extract(NEW.write_progress, '$.asked') IS NOT NULL AND json_extract(OLD.write_progress, '$.asked') IS NULL
BEGIN
  INSERT INTO `audit` (`actor_id`, `owner_id`, `action`, `through`, `object`, `detail`) VALUES
    (NEW.user_id, NEW.user_id, 'work.publish', json_extract(NEW.write_progress, '$.asked.via'), 'task/' || NEW.task_id,
     json_object('attempt', NEW.attempt, 'heldBackPaths', json_array_length(NEW.write_progress, '$.asked.paths')));
END;--> statement-breakpoint
CREATE TRIGGER `audit_refused_command` AFTER UPDATE OF `status` ON `mentions` WHEN OLD.status = 'pending' AND NEW.status IN ('ignored', 'refused')
  AND NEW.outcome IN ('no_write_access', 'not_listed', 'repository_not_selected', 'access_lost', 'github_saml', 'github_ip_allow_list')
BEGIN
  INSERT INTO `audit` (`actor_id`, `actor_login`, `action`, `through`, `object`, `detail`) VALUES
    (NEW.actor_id, NEW.actor_login, 'command.refuse', 'comment', 'repository/' || NEW.repository_id, json_object('reason', NEW.outcome));
END;--> statement-breakpoint
-- Keys and settings. A rotation seals the same key anew, under another one of Porter's.
CREATE TRIGGER `audit_secret` AFTER INSERT ON `user_secrets` BEGIN
  INSERT INTO `audit` (`actor_id`, `owner_id`, `action`, `object`) VALUES (NEW.user_id, NEW.user_id, 'secret.save', 'secret/' || NEW.provider || '/' || NEW.name);
END;--> statement-breakpoint
CREATE TRIGGER `audit_secret_again` AFTER UPDATE OF `encrypted_value` ON `user_secrets` WHEN NEW.key_version = OLD.key_version OR NEW.updated_at <> OLD.updated_at BEGIN
  INSERT INTO `audit` (`actor_id`, `owner_id`, `action`, `object`) VALUES (NEW.user_id, NEW.user_id, 'secret.save', 'secret/' || NEW.provider || '/' || NEW.name);
END;--> statement-breakpoint
CREATE TRIGGER `audit_secret_end` AFTER DELETE ON `user_secrets` BEGIN
  INSERT INTO `audit` (`actor_id`, `owner_id`, `action`, `object`) VALUES (OLD.user_id, OLD.user_id, 'secret.delete', 'secret/' || OLD.provider || '/' || OLD.name);
END;--> statement-breakpoint
-- `last_change` is of this save only where it has its time: the Worker before writes none. A save that changes nothing is none.
CREATE TRIGGER `audit_settings` AFTER INSERT ON `user_settings` BEGIN
  INSERT INTO `audit` (`actor_id`, `owner_id`, `action`, `through`, `object`, `detail`)
    SELECT NEW.user_id, NEW.user_id, coalesce(json_extract(c, '$.action'), 'settings.change'), json_extract(c, '$.via'), 'settings',
      json_object('fields', json(coalesce(json_extract(c, '$.fields'), '[]')))
    FROM (SELECT CASE WHEN json_extract(NEW.last_change, '$.at') = NEW.updated_at THEN NEW.last_change END AS c)
    WHERE c IS NULL OR json_array_length(c, '$.fields') > 0;
END;--> statement-breakpoint
CREATE TRIGGER `audit_settings_again` AFTER UPDATE OF `revision` ON `user_settings` BEGIN
  INSERT INTO `audit` (`actor_id`, `owner_id`, `action`, `through`, `object`, `detail`)
    SELECT NEW.user_id, NEW.user_id, coalesce(json_extract(c, '$.action'), 'settings.change'), json_extract(c, '$.via'), 'settings',
      json_object('fields', json(coalesce(json_extract(c, '$.fields'), '[]')))
    FROM (SELECT CASE WHEN json_extract(NEW.last_change, '$.at') = NEW.updated_at THEN NEW.last_change END AS c)
    WHERE c IS NULL OR json_array_length(c, '$.fields') > 0;
END;--> statement-breakpoint
CREATE TRIGGER `audit_repository` AFTER INSERT ON `repository_settings` BEGIN
  INSERT INTO `audit` (`actor_id`, `owner_id`, `action`, `through`, `object`, `detail`)
    SELECT NEW.updated_by, NEW.updated_by, 'repository.change', json_extract(c, '$.via'), 'repository/' || NEW.repository_id,
      json_object('fields', json(coalesce(json_extract(c, '$.fields'), '[]')))
    FROM (SELECT CASE WHEN json_extract(NEW.last_change, '$.at') = NEW.updated_at THEN NEW.last_change END AS c)
    WHERE c IS NULL OR json_array_length(c, '$.fields') > 0;
END;--> statement-breakpoint
CREATE TRIGGER `audit_repository_again` AFTER UPDATE OF `settings` ON `repository_settings` BEGIN
  INSERT INTO `audit` (`actor_id`, `owner_id`, `action`, `through`, `object`, `detail`)
    SELECT NEW.updated_by, NEW.updated_by, 'repository.change', json_extract(c, '$.via'), 'repository/' || NEW.repository_id,
      json_object('fields', json(coalesce(json_extract(c, '$.fields'), '[]')))
    FROM (SELECT CASE WHEN json_extract(NEW.last_change, '$.at') = NEW.updated_at THEN NEW.last_change END AS c)
    WHERE c IS NULL OR json_array_length(c, '$.fields') > 0;
END;--> statement-breakpoint
-- People.
CREATE TRIGGER `audit_session` AFTER INSERT ON `sessions` BEGIN
  INSERT INTO `audit` (`actor_id`, `owner_id`, `action`, `object`) VALUES (NEW.user_id, NEW.user_id, 'session.start', 'session/' || NEW.id);
END;--> statement-breakpoint
CREATE TRIGGER `audit_session_end` AFTER UPDATE OF `ended_at` ON `sessions` WHEN OLD.ended_at IS NULL AND NEW.ended_at IS NOT NULL BEGIN
  INSERT INTO `audit` (`actor_id`, `owner_id`, `action`, `object`) VALUES (NEW.user_id, NEW.user_id, 'session.end', 'session/' || NEW.id);
END;--> statement-breakpoint
CREATE TRIGGER `audit_github_end` AFTER UPDATE OF `revoked_at` ON `user_oauth_tokens` WHEN NEW.kind = 'access' AND OLD.revoked_at IS NULL AND NEW.revoked_at IS NOT NULL BEGIN
  INSERT INTO `audit` (`owner_id`, `action`, `through`, `object`) VALUES (NEW.github_user_id, 'github.revoke', 'github', 'account');
END;--> statement-breakpoint
CREATE TRIGGER `audit_installation` AFTER INSERT ON `deliveries` WHEN NEW.event IN ('installation', 'installation_repositories')
  AND NEW.action IN ('created', 'deleted', 'suspend', 'unsuspend', 'new_permissions_accepted', 'added', 'removed') AND NEW.installation_id IS NOT NULL
BEGIN
  INSERT INTO `audit` (`actor_id`, `actor_login`, `action`, `through`, `object`) VALUES
    (json_extract(NEW.facts, '$.actorId'), NEW.actor_login,
     CASE NEW.action WHEN 'created' THEN 'installation.create' WHEN 'deleted' THEN 'installation.delete' WHEN 'suspend' THEN 'installation.suspend'
       WHEN 'unsuspend' THEN 'installation.resume' WHEN 'added' THEN 'installation.add_repositories'
       WHEN 'removed' THEN 'installation.remove_repositories' ELSE 'installation.accept_permissions' END,
     'github', 'installation/' || NEW.installation_id);
END;--> statement-breakpoint
CREATE TRIGGER `audit_installation_refused` AFTER UPDATE OF `outcome` ON `deliveries` WHEN NEW.outcome = 'not_listed' AND OLD.outcome <> NEW.outcome BEGIN
  INSERT INTO `audit` (`actor_id`, `actor_login`, `action`, `through`, `object`, `detail`) VALUES
    (json_extract(NEW.facts, '$.actorId'), NEW.actor_login, 'installation.refuse', 'github', 'installation/' || NEW.installation_id, json_object('reason', NEW.outcome));
END;--> statement-breakpoint
-- The last line of somebody who leaves; from then on nothing says whom the others mean.
CREATE TRIGGER `audit_account_end` AFTER DELETE ON `users` BEGIN
  INSERT INTO `audit` (`actor_id`, `owner_id`, `action`, `object`) VALUES (OLD.id, OLD.id, 'account.delete', 'account');
  DELETE FROM `audit_subjects` WHERE user_id = OLD.id;
END;
