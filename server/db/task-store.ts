import { and, eq, isNull, lte, sql } from "drizzle-orm";
import type { Obligation } from "@/lib/obligations";
import { TERMINAL_STATUSES } from "@/lib/task";
import type { OnChange } from "./change-seq";
import type { Database } from "./database";
import { dropRow, putRow } from "./obligation-store";
import { tasks } from "./schema";
import { createTaskInserts } from "./task-inserts";
import { createTaskLeases } from "./task-leases";
import { createTaskMoves, type TaskPatch } from "./task-moves";
import { createTaskQueries } from "./task-queries";

export type { MoveResult, OutcomePatch, TaskPatch } from "./task-moves";
export type { AttemptRow, NewAttempt, NewTask, TaskRow } from "./task-row";

type Notes = Pick<
  TaskPatch,
  | "prDraft"
  | "trackingCommentId"
  | "commentIntentAt"
  | "reportedVersion"
  | "reportedAt"
  | "reportedBody"
  | "reportedPosition"
  | "reportedLabel"
  | "reportedSteps"
  | "permittedAt"
>;

/** Tasks and their events. `onChange` hears of every write that people see. */
export function createTaskStore(db: Database, onChange: OnChange = () => {}) {
  return {
    ...createTaskQueries(db),
    ...createTaskMoves(db, onChange),
    ...createTaskInserts(db, onChange),
    ...createTaskLeases(db),

    /** Tasks that ended before `before` and have their texts here, the oldest first. */
    withTexts: (before: string, limit: number) =>
      db
        .select({
          id: tasks.id,
          prompt: tasks.prompt,
          promptOmissions: tasks.promptOmissions,
          issueBody: tasks.issueBody,
          contextFiles: tasks.contextFiles,
        })
        .from(tasks)
        .where(
          and(
            lte(tasks.completedAt, before),
            sql`texts_at IS NULL AND completed_at IS NOT NULL`,
            sql`+${tasks.status} IN ${TERMINAL_STATUSES}`,
          ),
        )
        .orderBy(tasks.completedAt)
        .limit(limit),

    /** The texts of these tasks are in the bucket. One that runs again meanwhile keeps its own. */
    async dropTexts(ids: readonly string[], textsAt: string): Promise<void> {
      await db
        .update(tasks)
        .set({ prompt: "", promptOmissions: "[]", issueBody: "", contextFiles: null, textsAt })
        .where(
          and(
            sql`${tasks.id} IN (SELECT value FROM json_each(${JSON.stringify(ids)}))`,
            isNull(tasks.textsAt),
            sql`+${tasks.status} IN ${TERMINAL_STATUSES}`,
          ),
        );
    },

    /** What GitHub was told and said; never status. */
    async note(id: string, patch: Notes): Promise<void> {
      await db.update(tasks).set(patch).where(eq(tasks.id, id));
    },

    /** A picture of its files, from 1, that GitHub does not hand out, or does again. */
    async notePicture(id: string, { number, isMissing }: { number: number; isMissing: boolean }): Promise<void> {
      const at = `$.pictures[${number - 1}].isMissing`;
      const { contextFiles } = tasks;
      const noted = isMissing
        ? sql`json_set(${contextFiles}, ${at}, json('true'))`
        : sql`json_remove(${contextFiles}, ${at})`;
      await db.update(tasks).set({ contextFiles: noted }).where(eq(tasks.id, id));
    },

    /** The report was made. `left`: what of it had to wait; null: nothing, so that its row goes. */
    async noteReport(id: string, patch: Notes, left: Obligation | null): Promise<void> {
      const own = db.update(tasks).set(patch).where(eq(tasks.id, id));
      await db.batch([own, left === null ? dropRow(db, { subject: id, kind: "report" }) : putRow(db, left)]);
    },
  };
}
export type TaskStore = ReturnType<typeof createTaskStore>;
