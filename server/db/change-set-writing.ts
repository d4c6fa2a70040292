import { and, eq, exists, gt, isNotNull, isNull, lt, notInArray, type SQL, sql } from "drizzle-orm";
import { alias } from "drizzle-orm/sqlite-core";
import { subjectOf } from "@/lib/obligations";
import { type ChangeSetKey, type ChangeSetRow, isSet, ofAttempt } from "./change-set-rows";
import type { Database } from "./database";
import { dropRow } from "./obligation-store";
import { changeSets, taskAttempts, tasks } from "./schema";
import { dueBy, oneVersionMore, oneWakeMore } from "./task-writes";

type JudgedSet = Pick<typeof changeSets.$inferInsert, "content" | "whyBundle" | "heldBack" | "judgement">;

/** What the writing knows of a set; the judgement with what was pushed since, or may not be any more. */
export type WritingPatch = Partial<
  Pick<
    ChangeSetRow,
    "writtenBranch" | "writtenHead" | "verified" | "writeProgress" | "refusal" | "judgement" | "heldBack"
  >
>;

const newer = alias(changeSets, "newer");

/** What becomes of a whole set: it is judged, and written to GitHub. */
export function createChangeSetWriting(db: Database) {
  return {
    /**
     * Keeps the judgement, once: what was judged is what is written. The sets of the attempt before this one are no more
     * needed then: it is what they are without what Porter does not write, and that is not kept on. Their files go with
     * the next sweep.
     */
    async judged(key: ChangeSetKey, judgement: JudgedSet, now: string): Promise<void> {
      const { taskId, attempt, number } = key;
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
          .where(and(isSet(key), eq(changeSets.content, "files"), isNull(changeSets.judgement))),
        db
          .update(changeSets)
          .set({ expiresAt: now })
          .where(and(ofAttempt(key), lt(changeSets.number, number), gt(changeSets.expiresAt, now), exists(isJudged))),
        db
          .update(tasks)
          .set({ version: oneVersionMore, wakeSeq: oneWakeMore, dueAt: dueBy(now) })
          .where(and(eq(tasks.id, taskId), notInArray(tasks.status, ["queued", "running"]))),
      ]);
    },

    /**
     * How far the writing is. Of two that write at once the first head that is kept is the one: false when there is one,
     * and nothing is kept.
     */
    keepProgress(key: ChangeSetKey, progress: string): Promise<boolean> {
      const isFirst = sql`json_extract(coalesce(${changeSets.writeProgress}, '{}'), '$.head') IS NULL`;
      return keep(db, key, { progress, isFirst });
    },

    /** The same of one more commit on the head `from`: false where one is kept already, or the head is another one. */
    keepMore(key: ChangeSetKey, from: string, progress: string): Promise<boolean> {
      const known = changeSets.writeProgress;
      const isFirst = sql`json_extract(${known}, '$.head.commit') = ${from} AND json_extract(${known}, '$.more.head') IS NULL`;
      return keep(db, key, { progress, isFirst });
    },

    /**
     * Somebody wants it published: its attempt owes its last word once more (`word`, where there was none), as if never
     * tried, and that is due. All at once: owed and never due, nobody would do it.
     */
    async askToPublish(key: ChangeSetKey, { progress, word, now }: { progress: string; word: string; now: string }) {
      const attempt = and(eq(taskAttempts.taskId, key.taskId), eq(taskAttempts.attempt, key.attempt));
      await db.batch([
        db.update(changeSets).set({ writeProgress: progress, refusal: null }).where(isSet(key)),
        dropRow(db, { subject: subjectOf(key), kind: "apply_completion" }),
        db
          .update(taskAttempts)
          .set({ completion: sql`coalesce(${taskAttempts.completion}, ${word})`, completionAppliedAt: null })
          .where(and(attempt, isNotNull(taskAttempts.endedAt))),
        db
          .update(tasks)
          .set({ wakeSeq: oneWakeMore, dueAt: dueBy(now) })
          .where(eq(tasks.id, key.taskId)),
      ]);
    },

    /** What the writing came to. */
    async update(key: ChangeSetKey, patch: WritingPatch): Promise<void> {
      await db.update(changeSets).set(patch).where(isSet(key));
    },
  };
}

/** False where another one has kept its progress. */
async function keep(db: Database, key: ChangeSetKey, kept: { progress: string; isFirst: SQL }): Promise<boolean> {
  const rows = await db
    .update(changeSets)
    .set({ writeProgress: kept.progress })
    .where(and(isSet(key), kept.isFirst))
    .returning({ number: changeSets.number });
  return rows.length > 0;
}
