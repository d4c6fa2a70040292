import { and, eq, exists, isNotNull, isNull, notExists, or, sql } from "drizzle-orm";
import { alias } from "drizzle-orm/sqlite-core";
import { TERMINAL_STATUSES } from "@/lib/task";
import { nextChange, type OnChange } from "./change-seq";
import { createChangeSetParts } from "./change-set-parts";
import { type ChangeSetKey, type ChangeSetRow, createChangeSetQueries, isSet } from "./change-set-rows";
import { createChangeSetWriting } from "./change-set-writing";
import { type Database, isAmong, withRetry } from "./database";
import { changeSets, tasks } from "./schema";
import type { SealedValue } from "./sealed-store";
import { changedTask, dueBy, oneVersionMore, oneWakeMore } from "./task-writes";

export type { ManifestColumns } from "./change-set-parts";
export type { ChangeSetKey, ChangeSetRow } from "./change-set-rows";
export type { WritingPatch } from "./change-set-writing";

const newer = alias(changeSets, "newer");

/** What attempts hand over of their work. `onChange` hears of what their task's page shows of it. */
export function createChangeSetStore(db: Database, onChange: OnChange = () => {}) {
  const queries = createChangeSetQueries(db);
  const { begin, ...parts } = createChangeSetParts(db, onChange);

  return {
    ...queries,
    ...parts,
    ...createChangeSetWriting(db),

    /**
     * The set's row; made with `dataKey` if there is none. Null: the attempt is gone or has its last word. Of two at once
     * the first one's key stays.
     */
    async open(
      key: ChangeSetKey,
      input: { dataKey: SealedValue; expiresAt: string; now: string },
    ): Promise<ChangeSetRow | null> {
      await begin(key, input);
      return queries.get(key);
    },

    /**
     * Its files are deleted, and their key goes with them. Where people were told of them that is told again, and what
     * waited for a click waits no more.
     */
    async forgetFiles(key: ChangeSetKey, now: string): Promise<void> {
      const gone = { dataKeyValue: null, dataKeyIv: null, dataKeyTag: null, dataKeyKeyVersion: null };
      const [[told]] = await withRetry(() =>
        db.batch([
          db
            .update(tasks)
            .set({
              changeSeq: nextChange(tasks.userId),
              version: oneVersionMore,
              wakeSeq: oneWakeMore,
              dueAt: dueBy(now),
              failureCode: sql`CASE ${tasks.failureCode} WHEN 'waits_for_click' THEN 'never_published' ELSE ${tasks.failureCode} END`,
            })
            .where(
              and(
                eq(tasks.id, key.taskId),
                isAmong(tasks.status, TERMINAL_STATUSES),
                sql`${key.attempt} > ${tasks.earlierAttempts}`,
                isToldOf(db, key),
              ),
            )
            .returning(changedTask),
          db
            .update(changeSets)
            .set({ removedAt: sql`coalesce(${changeSets.removedAt}, ${now})`, ...gone })
            .where(isSet(key)),
        ]),
      );
      if (told !== undefined) onChange(told);
    },
  };
}
export type ChangeSetStore = ReturnType<typeof createChangeSetStore>;

/** People were told of its files: they are the task's newest work, and not all of it is on GitHub. */
function isToldOf(db: Database, key: ChangeSetKey) {
  const { taskId, attempt, number } = key;
  const later = sql`(${newer.attempt}, ${newer.number}) > (${attempt}, ${number})`;
  const newest = notExists(
    db
      .select({ one: sql`1` })
      .from(newer)
      .where(and(eq(newer.taskId, taskId), isNotNull(newer.wholeAt), later)),
  );
  return exists(
    db
      .select({ one: sql`1` })
      .from(changeSets)
      .where(
        and(
          isSet(key),
          isNotNull(changeSets.wholeAt),
          isNull(changeSets.removedAt),
          or(isNull(changeSets.writtenHead), sql`coalesce(${changeSets.heldBack}, '[]') <> '[]'`),
          newest,
        ),
      ),
  );
}
