import { and, eq, exists, isNull, sql } from "drizzle-orm";
import type { SetPart } from "@/lib/change-set";
import type { PartKind } from "@/lib/change-set-upload";
import { TERMINAL_STATUSES } from "@/lib/task";
import { nextChange, type OnChange } from "./change-seq";
import { type ChangeSetKey, type ChangeSetRow, isSet } from "./change-set-rows";
import { type Database, isAmong, withRetry } from "./database";
import { insertWhere } from "./insert-where";
import { changeSets, taskAttempts, tasks } from "./schema";
import type { SealedValue } from "./sealed-store";
import { changedTask, dueBy, oneVersionMore, oneWakeMore } from "./task-writes";

/** What its manifest tells; JSON where the row has JSON. */
export type ManifestColumns = Pick<
  typeof changeSets.$inferInsert,
  "content" | "whyBundle" | "base" | "tree" | "commits" | "files" | "heldBack"
>;

const PARTS = { content: "contentParts", bundle: "bundleParts", patch: "patchParts" } as const satisfies Record<
  PartKind,
  keyof ChangeSetRow
>;

/** An attempt with its last word hands nothing more over, so that what is written is what stood there then. */
const isUnspoken = ({ taskId, attempt }: ChangeSetKey) =>
  and(eq(taskAttempts.taskId, taskId), eq(taskAttempts.attempt, attempt), isNull(taskAttempts.completion));
const takesMore = (db: Database, key: ChangeSetKey) =>
  and(
    isSet(key),
    isNull(changeSets.wholeAt),
    isNull(changeSets.removedAt),
    exists(
      db
        .select({ one: sql`1` })
        .from(taskAttempts)
        .where(isUnspoken(key)),
    ),
  );

/** How an attempt hands a set over, part by part. `onChange` hears of sets that are whole: their task's page shows them. */
export function createChangeSetParts(db: Database, onChange: OnChange) {
  return {
    /**
     * Makes the set's row with `dataKey` if there is none. Nothing happens where the attempt is gone or has its last word.
     * Of two at once the first one's key stays.
     */
    async begin(key: ChangeSetKey, input: { dataKey: SealedValue; expiresAt: string; now: string }): Promise<void> {
      const { dataKey, expiresAt, now } = input;
      const row = {
        taskId: key.taskId,
        attempt: key.attempt,
        number: key.number,
        userId: taskAttempts.userId,
        dataKeyValue: dataKey.encryptedValue,
        dataKeyIv: dataKey.iv,
        dataKeyTag: dataKey.tag,
        dataKeyKeyVersion: dataKey.keyVersion,
        expiresAt,
        createdAt: now,
      };
      await withRetry(() =>
        insertWhere(db, changeSets, { row, from: taskAttempts, where: isUnspoken(key) }).onConflictDoNothing(),
      );
    },

    /** Commits the next part of its kind. False: it is not the next one, or the set takes none any more. */
    async addPart(key: ChangeSetKey, kind: PartKind, part: SetPart): Promise<boolean> {
      const parts = changeSets[PARTS[kind]];
      const rows = await withRetry(() =>
        db
          .update(changeSets)
          .set({
            [PARTS[kind]]: sql`json_insert(${parts}, '$[#]', json(${JSON.stringify(part)}))`,
            bytes: sql`${changeSets.bytes} + ${part.size}`,
          })
          .where(and(takesMore(db, key), sql`json_array_length(${parts}) = ${part.number - 1}`))
          .returning({ number: changeSets.number }),
      );
      return rows.length > 0;
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
      const isNowWhole = db
        .select({ one: sql`1` })
        .from(changeSets)
        .where(and(isSet(key), eq(changeSets.wholeAt, now)));
      const itsTask = eq(tasks.id, key.taskId);
      const [made, [shown]] = await withRetry(() =>
        db.batch([
          db
            .update(changeSets)
            .set({ ...whole, wholeAt: now })
            .where(takesMore(db, key))
            .returning({ number: changeSets.number }),
          db
            .update(tasks)
            .set({ changeSeq: nextChange(tasks.userId) })
            .where(and(itsTask, exists(isNowWhole)))
            .returning(changedTask),
          // What comes after its task has ended makes that end something to tell again.
          db
            .update(tasks)
            .set({ version: oneVersionMore, wakeSeq: oneWakeMore, dueAt: dueBy(now) })
            .where(and(itsTask, isAmong(tasks.status, TERMINAL_STATUSES), exists(isNowWhole))),
        ]),
      );
      if (shown !== undefined) onChange(shown);
      return made.length > 0;
    },
  };
}
