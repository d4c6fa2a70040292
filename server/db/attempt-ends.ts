import { and, eq, exists, isNotNull, isNull, sql } from "drizzle-orm";
import { type TaskPhase, TERMINAL_STATUSES } from "@/lib/task";
import { nextChange, type OnChange } from "./change-seq";
import { type Database, isAmong, withRetry } from "./database";
import { taskAttempts, tasks } from "./schema";
import { changedTask, oneVersionMore, oneWakeMore } from "./task-writes";

type Key = { taskId: string; attempt: number };
export type LastWord = Key & {
  completion: string;
  completionHash: string;
  reason: string;
  /** Where the machine says that it ended. */
  phases?: { phase: TaskPhase; phaseTimes: string } | null;
  /** JSON; without it what is known stays. */
  network?: string | null;
  /** JSON; without it what is known stays. */
  setUpReport?: string | null;
  now: string;
};

const isAttempt = ({ taskId, attempt }: Key) => and(eq(taskAttempts.taskId, taskId), eq(taskAttempts.attempt, attempt));

/** How attempts end, each once. `onChange` hears of what its task shows of it. */
export function createAttemptEnds(db: Database, onChange: OnChange) {
  return {
    /**
     * Accepts the machine's last word once and ends the attempt with it: `accepted`, `replayed` for the same
     * words again, `rejected` when the attempt ended otherwise.
     */
    async complete(input: LastWord): Promise<"accepted" | "replayed" | "rejected"> {
      const [moved, , [stored]] = await withRetry(() =>
        db.batch([
          endWithWord(db, input),
          tellOfWord(db, input),
          db.select({ hash: taskAttempts.completionHash }).from(taskAttempts).where(isAttempt(input)),
        ]),
      );
      if (moved.length > 0) return "accepted";
      return stored?.hash === input.completionHash ? "replayed" : "rejected";
    },

    /**
     * Ends an attempt that has no last word (stopped and silent, lost). Where its task is over already, people were told
     * that the work is being saved: the same batch makes its end something to tell.
     */
    async end(input: Key & { reason: string; now: string }): Promise<boolean> {
      const { taskId, attempt, reason, now } = input;
      const endedSilently = and(
        isAttempt(input),
        eq(taskAttempts.endedAt, now),
        isNotNull(taskAttempts.startedAt),
        isNull(taskAttempts.completion),
      );
      const [ended, [shown]] = await withRetry(() =>
        db.batch([
          db
            .update(taskAttempts)
            .set({ endedAt: now, endReason: reason })
            .where(and(isAttempt(input), isNull(taskAttempts.endedAt)))
            .returning({ attempt: taskAttempts.attempt }),
          db
            .update(tasks)
            .set({ version: oneVersionMore, wakeSeq: oneWakeMore, dueAt: now, changeSeq: nextChange(tasks.userId) })
            .where(
              and(
                eq(tasks.id, taskId),
                eq(tasks.attempt, attempt),
                isAmong(tasks.status, TERMINAL_STATUSES),
                exists(
                  db
                    .select({ one: sql`1` })
                    .from(taskAttempts)
                    .where(endedSilently),
                ),
              ),
            )
            .returning(changedTask),
        ]),
      );
      if (shown !== undefined) onChange(shown);
      return ended.length > 0;
    },
  };
}

const endWithWord = (db: Database, { phases, network = null, setUpReport = null, ...input }: LastWord) =>
  db
    .update(taskAttempts)
    .set({
      completion: input.completion,
      completionHash: input.completionHash,
      endedAt: input.now,
      endReason: input.reason,
      heartbeatAt: input.now,
      phase: sql`coalesce(${phases?.phase ?? null}, ${taskAttempts.phase})`,
      phaseTimes: sql`coalesce(${phases?.phaseTimes ?? null}, ${taskAttempts.phaseTimes})`,
      network: sql`coalesce(${network}, ${taskAttempts.network})`,
      setUpReport: sql`coalesce(${setUpReport}, ${taskAttempts.setUpReport})`,
    })
    .where(and(isAttempt(input), isNull(taskAttempts.endedAt)))
    .returning({ attempt: taskAttempts.attempt });

/** There is a last word to apply; a task that is over, or with another attempt, stays in its phase. */
function tellOfWord(db: Database, { phases, ...input }: LastWord) {
  const isWord = and(isAttempt(input), eq(taskAttempts.completionHash, input.completionHash));
  const isRunning = sql`${tasks.status} = 'running' AND ${tasks.attempt} = ${input.attempt}`;
  const phase = sql`CASE WHEN ${isRunning} THEN coalesce(${phases?.phase ?? null}, ${tasks.phase}) ELSE ${tasks.phase} END`;
  return db
    .update(tasks)
    .set({ wakeSeq: oneWakeMore, dueAt: input.now, phase })
    .where(
      and(
        eq(tasks.id, input.taskId),
        exists(
          db
            .select({ one: sql`1` })
            .from(taskAttempts)
            .where(isWord),
        ),
      ),
    );
}
