import { and, eq, inArray, isNotNull, or, type SQL, sql } from "drizzle-orm";
import { nextChange, type OnChange } from "./change-seq";
import type { Database } from "./database";
import { tasks } from "./schema";
import type { TaskRow } from "./task-row";
import { changedTask, dueBy, oneVersionMore, oneWakeMore } from "./task-writes";

/** The pull requests that a delivery is about: by number, or by the commit whose checks it tells of. */
export type PullsNamed = { repositoryId: number; numbers: number[]; headSha: string | null };
export type SeenPull = Pick<
  TaskRow,
  "prState" | "prDraft" | "prHeadSha" | "prChecks" | "prReview" | "prMergedBy" | "prEndedAt"
>;

/** A delivery names few; what comes after is looked at by its own clock. */
const MOST_NUMBERS = 50;

/** What GitHub says of tasks' pull requests. `onChange` hears of what people see. */
export function createPullStore(db: Database, onChange: OnChange) {
  return {
    /** Something happened to these: GitHub is asked about them at `at`. Answers their tasks; none: they are not Porter's. */
    async lookAt({ repositoryId, numbers, headSha }: PullsNamed, at: string): Promise<string[]> {
      const named: SQL[] = [];
      if (numbers.length > 0) named.push(inArray(tasks.prNumber, numbers.slice(0, MOST_NUMBERS)));
      if (headSha !== null) named.push(eq(tasks.prHeadSha, headSha));
      if (named.length === 0) return [];
      const woken = await db
        .update(tasks)
        .set({
          prLookAt: sql`min(coalesce(${tasks.prLookAt}, ${at}), ${at})`,
          wakeSeq: oneWakeMore,
          dueAt: dueBy(at),
        })
        .where(and(eq(tasks.repositoryId, repositoryId), isNotNull(tasks.prNumber), or(...named)))
        .returning({ id: tasks.id });
      return woken.map(({ id }) => id);
    },

    /**
     * What a look found. `next`: when to look again, unless a fact came since the row was read: then it stays due.
     * `isNews`: pages show something else than before; `isTold`: the issue is told, too.
     */
    async seen(
      { id, prNumber, wakeSeq }: Pick<TaskRow, "id" | "prNumber" | "wakeSeq">,
      found: SeenPull,
      { next, isNews, isTold, now }: { next: string | null; isNews: boolean; isTold: boolean; now: string },
    ): Promise<void> {
      const [changed] = await db
        .update(tasks)
        .set({
          ...found,
          prLookAt: sql`CASE WHEN ${tasks.wakeSeq} = ${wakeSeq} THEN ${next} ELSE ${tasks.prLookAt} END`,
          ...(isNews ? { updatedAt: now, changeSeq: nextChange(tasks.userId) } : {}),
          ...(isTold ? { version: oneVersionMore } : {}),
        })
        // A later attempt may have opened another one meanwhile.
        .where(and(eq(tasks.id, id), sql`${tasks.prNumber} IS ${prNumber}`))
        .returning(changedTask);
      if (isNews && changed !== undefined) onChange(changed);
    },
  };
}
export type PullStore = ReturnType<typeof createPullStore>;
