import { and, desc, eq, exists, gt, isNotNull, isNull, lt, lte, notInArray, sql, sum } from "drizzle-orm";
import { alias } from "drizzle-orm/sqlite-core";
import type { SetPart } from "@/lib/change-set";
import type { PartKind } from "@/lib/change-set-upload";
import { subjectOf } from "@/lib/obligations";
import { TERMINAL_STATUSES } from "@/lib/task";
import { nextChange, type OnChange } from "./change-seq";
import { assignmentsOf, quotedList, withRetry, type Database } from "./database";
import type { SealedValue } from "./sealed-store";
import { dropRow } from "./obligation-store";
import { changeSets, taskAttempts, tasks } from "./schema";

export type ChangeSetRow = typeof changeSets.$inferSelect;
export type ChangeSetKey = Pick<ChangeSetRow, "taskId" | "attempt" | "number">;

/** What its manifest tells; JSON where the row has JSON. */
export type ManifestColumns = Pick<
  typeof changeSets.$inferInsert,
  "content" | "whyBundle" | "base" | "tree" | "commits" | "files" | "heldBack"
>;
export type JudgedSet = Pick<typeof changeSets.$inferInsert, "content" | "whyBundle" | "heldBack" | "judgement">;

/** What the writing knows of a set; the judgement with what was pushed since, or may not be any more. */
export type WritingPatch = Partial<
  Pick<
    ChangeSetRow,
    "writtenBranch" | "writtenHead" | "verified" | "writeProgress" | "refusal" | "judgement" | "heldBack"
  >
>;

const COLUMNS = { content: "content_parts", bundle: "bundle_parts", patch: "patch_parts" } as const satisfies Record<
  PartKind,
  string
>;

const newer = alias(changeSets, "newer");

/** An attempt with its last word hands nothing more over, so that what is written is what stood there then. */
const UNSPOKEN = `EXISTS (SELECT 1 FROM task_attempts a WHERE a.task_id = ?1 AND a.attempt = ?2 AND a.completion IS NULL)`;

/** What attempts hand over of their work. `onChange` hears of sets that are whole: their task's page shows them. */
export function createChangeSetStore(db: Database, onChange: OnChange = () => {}) {
  const d1 = db.$client;
  const at = ({ taskId, attempt, number }: ChangeSetKey) =>
    and(eq(changeSets.taskId, taskId), eq(changeSets.attempt, attempt), eq(changeSets.number, number));
  const get = async (key: ChangeSetKey): Promise<ChangeSetRow | null> =>
    (await db.select().from(changeSets).where(at(key)).limit(1))[0] ?? null;

  return {
    get,

    /**
     * The set's row; made with `dataKey` if there is none. Null: the attempt is gone or has its last word. Of two at once
     * the first one's key stays.
     */
    async open(
      key: ChangeSetKey,
      input: { dataKey: SealedValue; expiresAt: string; now: string },
    ): Promise<ChangeSetRow | null> {
      const { dataKey } = input;
      await withRetry(() =>
        d1
          .prepare(
            `INSERT INTO change_sets (task_id, attempt, number, user_id, data_key_value, data_key_iv, data_key_tag,
               data_key_key_version, expires_at, created_at)
             SELECT ?1, ?2, ?3, user_id, ?4, ?5, ?6, ?7, ?8, ?9 FROM task_attempts
             WHERE task_id = ?1 AND attempt = ?2 AND completion IS NULL ON CONFLICT DO NOTHING`,
          )
          .bind(
            key.taskId,
            key.attempt,
            key.number,
            dataKey.encryptedValue,
            dataKey.iv,
            dataKey.tag,
            dataKey.keyVersion,
            input.expiresAt,
            input.now,
          )
          .run(),
      );
      return get(key);
    },

    /** Commits the next part of its kind. False: it is not the next one, or the set takes none any more. */
    async addPart(key: ChangeSetKey, kind: PartKind, part: SetPart): Promise<boolean> {
      const column = COLUMNS[kind];
      const result = await withRetry(() =>
        d1
          .prepare(
            `UPDATE change_sets SET ${column} = json_insert(${column}, '$[#]', json(?4)), bytes = bytes + ?5
             WHERE task_id = ?1 AND attempt = ?2 AND number = ?3 AND whole_at IS NULL AND removed_at IS NULL
               AND json_array_length(${column}) = ?6 - 1 AND ${UNSPOKEN} RETURNING number`,
          )
          .bind(key.taskId, key.attempt, key.number, JSON.stringify(part), part.size, part.number)
          .all(),
      );
      return result.results.length > 0;
    },

    /**
     * The commit point of a set: from here on the work is kept, judged or not. False: it is whole already, gone, or the
     * attempt has its last word.
     */
    async makeWhole(
      key: ChangeSetKey,
      input: ManifestColumns & { requestHash: string; now: string },
    ): Promise<boolean> {
      const { now, ...whole } = input;
      const set = assignmentsOf(changeSets, { ...whole, wholeAt: now });
      const assign = set.columns.map((column, index) => `${column} = ?${index + 4}`).join(", ");
      const [made, shown] = await withRetry(() =>
        d1.batch<{ user_id: number; change_seq: number }>([
          d1
            .prepare(
              `UPDATE change_sets SET ${assign} WHERE task_id = ?1 AND attempt = ?2 AND number = ?3 AND whole_at IS NULL
                 AND removed_at IS NULL AND ${UNSPOKEN} RETURNING user_id, 0 AS change_seq`,
            )
            .bind(key.taskId, key.attempt, key.number, ...set.values),
          d1
            .prepare(
              `UPDATE tasks SET change_seq = ${nextChange("tasks.user_id")} WHERE id = ?1 AND EXISTS (SELECT 1 FROM change_sets
                 WHERE task_id = ?1 AND attempt = ?2 AND number = ?3 AND whole_at = ?4) RETURNING user_id, change_seq`,
            )
            .bind(key.taskId, key.attempt, key.number, now),
          // What comes after its task has ended makes that end something to tell again.
          d1
            .prepare(
              `UPDATE tasks SET version = version + 1, wake_seq = wake_seq + 1, due_at = min(coalesce(due_at, ?4), ?4)
               WHERE id = ?1 AND status IN (${quotedList(TERMINAL_STATUSES)}) AND EXISTS (SELECT 1 FROM change_sets
                 WHERE task_id = ?1 AND attempt = ?2 AND number = ?3 AND whole_at = ?4)`,
            )
            .bind(key.taskId, key.attempt, key.number, now),
        ]),
      );
      const change = shown?.results[0];
      if (change !== undefined) onChange({ userId: change.user_id, taskId: key.taskId, seq: change.change_seq });
      return (made?.results.length ?? 0) > 0;
    },

    /**
     * Keeps the judgement, once: what was judged is what is written. The sets of the attempt before this one are no more
     * needed then: it is what they are without what Porter does not write, and that is not kept on. Their files go with
     * the next sweep.
     */
    async judged(key: ChangeSetKey, judgement: JudgedSet, now: string): Promise<void> {
      const { taskId, attempt, number } = key;
      const ofAttempt = and(eq(changeSets.taskId, taskId), eq(changeSets.attempt, attempt));
      const isJudged = db
        .select({ number: newer.number })
        .from(newer)
        .where(
          and(
            eq(newer.taskId, taskId),
            eq(newer.attempt, attempt),
            eq(newer.number, number),
            isNotNull(newer.judgement),
          ),
        );
      await db.batch([
        db
          .update(changeSets)
          .set(judgement)
          .where(and(at(key), eq(changeSets.content, "files"), isNull(changeSets.judgement))),
        db
          .update(changeSets)
          .set({ expiresAt: now })
          .where(and(ofAttempt, lt(changeSets.number, number), gt(changeSets.expiresAt, now), exists(isJudged))),
        db
          .update(tasks)
          .set({
            version: sql`${tasks.version} + 1`,
            wakeSeq: sql`${tasks.wakeSeq} + 1`,
            dueAt: sql`min(coalesce(${tasks.dueAt}, ${now}), ${now})`,
          })
          .where(and(eq(tasks.id, taskId), notInArray(tasks.status, ["queued", "running"]))),
      ]);
    },

    /** Whether GitHub verified what was written last in a repository; null: nothing was. */
    wasVerified: async (repositoryId: number): Promise<boolean | null> =>
      (
        await db
          .select({ verified: changeSets.verified })
          .from(changeSets)
          .innerJoin(tasks, eq(tasks.id, changeSets.taskId))
          .where(and(eq(tasks.repositoryId, repositoryId), isNotNull(changeSets.verified)))
          .orderBy(desc(changeSets.createdAt))
          .limit(1)
      )[0]?.verified ?? null,

    /** Bytes of an attempt's sets whose files are there. */
    bytesOf: async (taskId: string, attempt: number): Promise<number> =>
      (
        await db
          .select({ bytes: sum(changeSets.bytes).mapWith(Number) })
          .from(changeSets)
          .where(and(eq(changeSets.taskId, taskId), eq(changeSets.attempt, attempt), isNull(changeSets.removedAt)))
      )[0]?.bytes ?? 0,

    /** What is written of an attempt; null: nothing came whole. */
    newestWhole: async (taskId: string, attempt: number): Promise<ChangeSetRow | null> =>
      (
        await db
          .select()
          .from(changeSets)
          .where(and(eq(changeSets.taskId, taskId), eq(changeSets.attempt, attempt), isNotNull(changeSets.wholeAt)))
          .orderBy(desc(changeSets.number))
          .limit(1)
      )[0] ?? null,

    /** Every set of a task, by attempt and number. */
    ofTask: (taskId: string): Promise<ChangeSetRow[]> =>
      db.select().from(changeSets).where(eq(changeSets.taskId, taskId)).orderBy(changeSets.attempt, changeSets.number),

    /**
     * How far the writing is. Of two that write at once the first head that is kept is the one: false when there is one,
     * and nothing is kept.
     */
    async keepProgress(key: ChangeSetKey, progress: string): Promise<boolean> {
      const hasNone = sql`json_extract(coalesce(${changeSets.writeProgress}, '{}'), '$.head') IS NULL`;
      const kept = await db
        .update(changeSets)
        .set({ writeProgress: progress })
        .where(and(at(key), hasNone))
        .returning({ number: changeSets.number });
      return kept.length > 0;
    },

    /** The same of one more commit on the head `from`: false where one is kept already, or the head is another one. */
    async keepMore(key: ChangeSetKey, from: string, progress: string): Promise<boolean> {
      const known = changeSets.writeProgress;
      const hasNone = sql`json_extract(${known}, '$.head.commit') = ${from} AND json_extract(${known}, '$.more.head') IS NULL`;
      const kept = await db
        .update(changeSets)
        .set({ writeProgress: progress })
        .where(and(at(key), hasNone))
        .returning({ number: changeSets.number });
      return kept.length > 0;
    },

    /**
     * Somebody wants it published: its attempt owes its last word once more (`word`, where there was none), as if never
     * tried, and that is due. All at once: owed and never due, nobody would do it.
     */
    async askToPublish(key: ChangeSetKey, { progress, word, now }: { progress: string; word: string; now: string }) {
      const attempt = and(eq(taskAttempts.taskId, key.taskId), eq(taskAttempts.attempt, key.attempt));
      await db.batch([
        db.update(changeSets).set({ writeProgress: progress, refusal: null }).where(at(key)),
        dropRow(db, { subject: subjectOf(key), kind: "apply_completion" }),
        db
          .update(taskAttempts)
          .set({ completion: sql`coalesce(${taskAttempts.completion}, ${word})`, completionAppliedAt: null })
          .where(and(attempt, isNotNull(taskAttempts.endedAt))),
        db
          .update(tasks)
          .set({ wakeSeq: sql`${tasks.wakeSeq} + 1`, dueAt: sql`min(coalesce(${tasks.dueAt}, ${now}), ${now})` })
          .where(eq(tasks.id, key.taskId)),
      ]);
    },

    /** The person's tasks that have a set. */
    taskIdsOf: async (userId: number): Promise<string[]> =>
      (
        await db.selectDistinct({ taskId: changeSets.taskId }).from(changeSets).where(eq(changeSets.userId, userId))
      ).map(({ taskId }) => taskId),

    /** What the writing came to. */
    async update(key: ChangeSetKey, patch: WritingPatch): Promise<void> {
      await db.update(changeSets).set(patch).where(at(key));
    },

    /** Sets whose files are older than they are kept. */
    expired: (now: string, limit: number): Promise<ChangeSetKey[]> =>
      db
        .select({ taskId: changeSets.taskId, attempt: changeSets.attempt, number: changeSets.number })
        .from(changeSets)
        .where(and(lte(changeSets.expiresAt, now), isNull(changeSets.removedAt)))
        .limit(limit),

    /**
     * Its files are deleted, and their key goes with them. Where people were told of them (they are the task's newest
     * work, and not all of it is on GitHub) that is told again, and what waited for a click waits no more.
     */
    async forgetFiles(key: ChangeSetKey, now: string): Promise<void> {
      const [told] = await withRetry(() =>
        d1.batch<{ user_id: number; change_seq: number }>([
          d1
            .prepare(
              `UPDATE tasks SET change_seq = ${nextChange("tasks.user_id")}, version = version + 1, wake_seq = wake_seq + 1,
                 due_at = min(coalesce(due_at, ?4), ?4),
                 failure_code = CASE failure_code WHEN 'waits_for_click' THEN 'never_published' ELSE failure_code END
               WHERE id = ?1 AND status IN (${quotedList(TERMINAL_STATUSES)}) AND ?2 > earlier_attempts AND EXISTS (
                 SELECT 1 FROM change_sets s WHERE s.task_id = ?1 AND s.attempt = ?2 AND s.number = ?3
                   AND s.whole_at IS NOT NULL AND s.removed_at IS NULL
                   AND (s.written_head IS NULL OR coalesce(s.held_back, '[]') <> '[]')
                   AND NOT EXISTS (SELECT 1 FROM change_sets newer WHERE newer.task_id = ?1 AND newer.whole_at IS NOT NULL
                     AND (newer.attempt, newer.number) > (?2, ?3)))
               RETURNING user_id, change_seq`,
            )
            .bind(key.taskId, key.attempt, key.number, now),
          d1
            .prepare(
              `UPDATE change_sets SET removed_at = coalesce(removed_at, ?4), data_key_value = NULL, data_key_iv = NULL,
                 data_key_tag = NULL, data_key_key_version = NULL WHERE task_id = ?1 AND attempt = ?2 AND number = ?3`,
            )
            .bind(key.taskId, key.attempt, key.number, now),
        ]),
      );
      const change = told?.results[0];
      if (change !== undefined) onChange({ userId: change.user_id, taskId: key.taskId, seq: change.change_seq });
    },
  };
}
export type ChangeSetStore = ReturnType<typeof createChangeSetStore>;
