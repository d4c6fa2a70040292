import { and, eq } from "drizzle-orm";
import type { Obligation } from "@/lib/obligations";
import { createAttemptEnds } from "./attempt-ends";
import { createAttemptMachines } from "./attempt-machines";
import { createAttemptProgress } from "./attempt-progress";
import type { OnChange } from "./change-seq";
import type { Database } from "./database";
import { ofTaskAndAttempts } from "./obligation-store";
import { obligations, taskAttempts, tasks } from "./schema";
import { type AttemptRow, isCurrent, type NewAttempt, type TaskRow, taskRow } from "./task-row";

/**
 * Machine lives of tasks. Every write hangs on (task, attempt) and on the attempt not having ended. `onChange` hears of
 * what tasks show of it.
 */
export function createAttemptStore(db: Database, onChange: OnChange = () => {}) {
  const key = (taskId: string, attempt: number) =>
    and(eq(taskAttempts.taskId, taskId), eq(taskAttempts.attempt, attempt));
  return {
    ...createAttemptMachines(db),
    ...createAttemptProgress(db, onChange),
    ...createAttemptEnds(db, onChange),

    get: async (taskId: string, attempt: number): Promise<AttemptRow | null> =>
      (await db.select().from(taskAttempts).where(key(taskId, attempt)).limit(1))[0] ?? null,

    /** An attempt and its task, of one moment. */
    async withTask(taskId: string, attempt: number): Promise<{ attempt: AttemptRow | null; task: TaskRow | null }> {
      const [attempts, found] = await db.batch([
        db.select().from(taskAttempts).where(key(taskId, attempt)).limit(1),
        db.select(taskRow).from(tasks).leftJoin(taskAttempts, isCurrent).where(eq(tasks.id, taskId)).limit(1),
      ]);
      return { attempt: attempts[0] ?? null, task: found[0] ?? null };
    },

    ofTask: (taskId: string) =>
      db.select().from(taskAttempts).where(eq(taskAttempts.taskId, taskId)).orderBy(taskAttempts.attempt),

    /** The attempts of a task, and how it stands with what it and they owe; of one moment. */
    async withObligations(taskId: string): Promise<{ attempts: AttemptRow[]; obligations: Obligation[] }> {
      const [attempts, rows] = await db.batch([
        db.select().from(taskAttempts).where(eq(taskAttempts.taskId, taskId)).orderBy(taskAttempts.attempt),
        db.select().from(obligations).where(ofTaskAndAttempts(taskId)),
      ]);
      return { attempts, obligations: rows };
    },

    /** Free fields of an attempt; never its end. */
    async update(
      taskId: string,
      attempt: number,
      patch: Partial<Omit<NewAttempt, "taskId" | "attempt" | "endedAt" | "completion">>,
    ): Promise<void> {
      await db.update(taskAttempts).set(patch).where(key(taskId, attempt));
    },
  };
}
export type AttemptStore = ReturnType<typeof createAttemptStore>;
