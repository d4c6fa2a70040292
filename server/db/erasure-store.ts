import type { Database } from "./database";

/** How many rows of each kind went. */
export type Erased = {
  tasks: number;
  attempts: number;
  events: number;
  mentions: number;
  secrets: number;
  tokens: number;
  sessions: number;
  settings: number;
};

/** Everything that Porter holds of one person, for the day they leave. */
export function createErasureStore(db: Database) {
  const d1 = db.$client;
  return {
    /** Every task of the person; deleting an account may read them all. */
    async taskIds(userId: number): Promise<string[]> {
      const { results } = await d1.prepare(`SELECT id FROM tasks WHERE user_id = ?`).bind(userId).all<{ id: string }>();
      return results.map(({ id }) => id);
    },

    /** Tasks that have not ended, or whose machines or tokens are still to be cleaned up. */
    async unfinishedTaskIds(userId: number): Promise<string[]> {
      const { results } = await d1
        .prepare(
          `SELECT id FROM tasks WHERE user_id = ?1 AND (status IN ('queued', 'running') OR EXISTS (
             SELECT 1 FROM task_attempts a WHERE a.task_id = tasks.id AND (a.ended_at IS NULL OR a.cleanup_due_at IS NOT NULL)))`,
        )
        .bind(userId)
        .all<{ id: string }>();
      return results.map(({ id }) => id);
    },

    /** One batch: all or nothing. The audit log stays under `pseudonym`, which only its own lines share. */
    async erase(input: { userId: number; login: string; pseudonym: string; now: string }): Promise<Erased> {
      const { userId, login, pseudonym, now } = input;
      const ofTasks = `task_id IN (SELECT id FROM tasks WHERE user_id = ?)`;
      const remove = (table: string, where = "user_id = ?") =>
        d1.prepare(`DELETE FROM ${table} WHERE ${where}`).bind(userId);
      const results = await d1.batch([
        remove("log_chunks", ofTasks),
        remove("task_attempts", ofTasks),
        remove("task_events", ofTasks),
        remove("mentions", "actor_id = ?"),
        remove("tasks"),
        remove("user_secrets"),
        remove("user_oauth_tokens", "github_user_id = ?"),
        remove("user_settings"),
        remove("app_sweeps"),
        remove("github_answers"),
        d1.prepare(`DELETE FROM use_counts WHERE key LIKE ?`).bind(`%:${userId}`),
        remove("sessions"),
        remove("users", "id = ?"),
        d1.prepare(`UPDATE deliveries SET actor_login = NULL WHERE lower(actor_login) = ?`).bind(login.toLowerCase()),
        d1
          .prepare(`UPDATE audit_log SET actor = ?, user_id = NULL, detail = NULL WHERE user_id = ?`)
          .bind(pseudonym, userId),
        d1
          .prepare(`INSERT INTO audit_log (at, actor, action, subject) VALUES (?, ?, 'account.delete', 'account')`)
          .bind(now, pseudonym),
      ]);
      const gone = (index: number) => results[index]?.meta.changes ?? 0;
      return {
        attempts: gone(1),
        events: gone(2),
        mentions: gone(3),
        tasks: gone(4),
        secrets: gone(5),
        tokens: gone(6),
        settings: gone(7),
        sessions: gone(10),
      };
    },
  };
}
export type ErasureStore = ReturnType<typeof createErasureStore>;
