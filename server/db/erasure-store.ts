import { OPEN_STATUSES } from "@/lib/task";
import { type Database, quotedList } from "./database";
import { TASK_OF_SUBJECT } from "./obligation-store";

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
          `SELECT id FROM tasks WHERE user_id = ?1 AND (status IN (${quotedList(OPEN_STATUSES)}) OR EXISTS (
             SELECT 1 FROM task_attempts a WHERE a.task_id = tasks.id
               AND (a.ended_at IS NULL OR a.machine_destroyed_at IS NULL OR a.token_revoked_at IS NULL)
               AND NOT EXISTS (SELECT 1 FROM obligations o WHERE o.subject = a.task_id || '/' || a.attempt AND o.kind = 'clean_up' AND o.gave_up_reason IS NOT NULL)))`,
        )
        .bind(userId)
        .all<{ id: string }>();
      return results.map(({ id }) => id);
    },

    /**
     * One batch: all or nothing. Audit lines stay; with the person's row goes whom their random subject means (by a
     * trigger), which is `pseudonym` from then on. `withWork`: tasks that had change sets until then.
     */
    async erase(input: {
      userId: number;
      login: string;
      /** Of somebody of whom there is no line yet. */
      newSubject: string;
    }): Promise<{ erased: Erased; withWork: string[]; pseudonym: string }> {
      const { userId, login, newSubject } = input;
      const ofTasks = `task_id IN (SELECT id FROM tasks WHERE user_id = ?)`;
      const remove = (table: string, where = "user_id = ?") =>
        d1.prepare(`DELETE FROM ${table} WHERE ${where} RETURNING 1 AS id`).bind(userId);
      const counted: Record<keyof Erased, D1PreparedStatement> = {
        attempts: remove("task_attempts", ofTasks),
        events: remove("task_events", ofTasks),
        mentions: remove("mentions", "actor_id = ?"),
        tasks: remove("tasks"),
        secrets: remove("user_secrets"),
        tokens: remove("user_oauth_tokens", "github_user_id = ?"),
        settings: remove("user_settings"),
        sessions: remove("sessions"),
      };
      const before = [
        // What is found by the tasks, attempts and mentions goes before them.
        remove("log_chunks", ofTasks),
        remove("change_sets"),
        d1
          .prepare(
            `DELETE FROM obligations WHERE EXISTS (SELECT 1 FROM tasks WHERE id = ${TASK_OF_SUBJECT} AND user_id = ?1)
               OR EXISTS (SELECT 1 FROM mentions WHERE id = subject AND actor_id = ?1)`,
          )
          .bind(userId),
      ];
      const [, subject, work, ...results] = await d1.batch<{ id: string; task_id: string }>([
        d1
          .prepare(
            `INSERT INTO audit_subjects (id, user_id) SELECT ?2, ?1 WHERE NOT EXISTS (SELECT 1 FROM audit_subjects WHERE user_id = ?1)`,
          )
          .bind(userId, newSubject),
        d1.prepare(`SELECT id FROM audit_subjects WHERE user_id = ?`).bind(userId),
        d1.prepare(`SELECT DISTINCT task_id FROM change_sets WHERE user_id = ?`).bind(userId),
        ...before,
        ...Object.values(counted),
        remove("app_sweeps"),
        remove("starts"),
        remove("content_shares"),
        remove("github_answers"),
        d1.prepare(`DELETE FROM use_counts WHERE key LIKE ?`).bind(`%:${userId}`),
        d1
          .prepare(
            `UPDATE deliveries SET actor_login = NULL, facts = json_remove(facts, '$.actorId') WHERE lower(actor_login) = ?`,
          )
          .bind(login.toLowerCase()),
        d1.prepare(`UPDATE repository_settings SET updated_by = NULL WHERE updated_by = ?`).bind(userId),
        d1.prepare(`UPDATE audit_log SET actor = 'gone', user_id = NULL, detail = NULL WHERE user_id = ?`).bind(userId),
        // Last: its trigger takes away whom the lines mean, those of this batch among them.
        remove("users", "id = ?"),
      ]);
      // Rows that were returned: D1 counts what triggers write as well.
      const gone = (name: keyof Erased) =>
        results[before.length + Object.keys(counted).indexOf(name)]?.results.length ?? 0;
      const erased: Erased = {
        attempts: gone("attempts"),
        events: gone("events"),
        mentions: gone("mentions"),
        tasks: gone("tasks"),
        secrets: gone("secrets"),
        tokens: gone("tokens"),
        settings: gone("settings"),
        sessions: gone("sessions"),
      };
      return {
        erased,
        withWork: work?.results.map(({ task_id }) => task_id) ?? [],
        pseudonym: subject?.results[0]?.id ?? newSubject,
      };
    },
  };
}
export type ErasureStore = ReturnType<typeof createErasureStore>;
