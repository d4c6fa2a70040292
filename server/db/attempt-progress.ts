import { and, eq, exists, isNull, sql } from "drizzle-orm";
import type { BatchItem } from "drizzle-orm/batch";
import type { TaskPhase } from "@/lib/task";
import { nextChange, type OnChange } from "./change-seq";
import { type Database, lastOf, withRetry } from "./database";
import { insertWhere } from "./insert-where";
import { logChunks, taskAttempts, tasks } from "./schema";
import { changedTask, insertEvent, oneVersionMore, oneWakeMore } from "./task-writes";

export type ProgressWrite = {
  taskId: string;
  attempt: number;
  seq: number;
  now: string;
  phase: TaskPhase;
  /** True when the phase differs from the stored one: then the task's version moves and GitHub is told. */
  phaseChanged: boolean;
  progress: number;
  steps: number;
  lastStep: string | null;
  /** JSON; without it what is known stays. */
  plan?: string | null;
  /** JSON; without it what is known stays. */
  network?: string | null;
  /** JSON; without it what is known stays. */
  toolchain?: string | null;
  /** JSON; without it what is known stays. */
  setUpReport?: string | null;
  phaseTimes: string;
  spent: { inputTokens: number; outputTokens: number; costUsd: number } | null;
  chunk: { firstRecord: number; lastRecord: number; bytes: number; r2Key: string } | null;
  moveId: string;
};

/** What a machine reports while it works. `onChange` hears of what its task shows of it. */
export function createAttemptProgress(db: Database, onChange: OnChange) {
  return {
    /**
     * Commits batch `seq` of an attempt and what it says about the task. False: gap, repeat, or ended. The attempt's own
     * number moves last: of two batches with the same number that come at once the second finds nothing to hang on.
     */
    async progress(write: ProgressWrite): Promise<boolean> {
      const { taskId: id, moveId, now, phase } = write;
      const hanging: BatchItem<"sqlite">[] = [];
      if (write.phaseChanged)
        hanging.push(insertEvent(db, { id, moveId, now, event: { kind: "phase", data: { phase } } }));
      if (write.chunk !== null) hanging.push(insertChunk(db, write, write.chunk));
      const batch = [showProgress(db, write), ...hanging, commit(db, write)] as const;
      const answers = await withRetry(() => db.batch(batch));
      const shown = answers[0][0];
      if (shown !== undefined) onChange(shown);
      return lastOf(answers).length > 0;
    },
  };
}

/** The attempt waits for this very batch. */
const isNext = ({ taskId, attempt, seq }: ProgressWrite) =>
  and(
    eq(taskAttempts.taskId, taskId),
    eq(taskAttempts.attempt, attempt),
    eq(taskAttempts.logSeq, seq - 1),
    isNull(taskAttempts.endedAt),
  );
const waitsFor = (db: Database, write: ProgressWrite) =>
  exists(
    db
      .select({ one: sql`1` })
      .from(taskAttempts)
      .where(isNext(write)),
  );

function showProgress(db: Database, write: ProgressWrite) {
  const moved = {
    phase: write.phase,
    version: oneVersionMore,
    wakeSeq: oneWakeMore,
    dueAt: write.now,
    moveId: write.moveId,
  };
  return db
    .update(tasks)
    .set({
      changeSeq: nextChange(tasks.userId),
      progress: sql`max(${tasks.progress}, ${write.progress})`,
      updatedAt: write.now,
      ...(write.phaseChanged ? moved : {}),
    })
    .where(
      and(
        eq(tasks.id, write.taskId),
        eq(tasks.attempt, write.attempt),
        eq(tasks.status, "running"),
        waitsFor(db, write),
      ),
    )
    .returning(changedTask);
}

const insertChunk = (db: Database, write: ProgressWrite, chunk: NonNullable<ProgressWrite["chunk"]>) =>
  insertWhere(db, logChunks, {
    row: { taskId: write.taskId, attempt: write.attempt, seq: write.seq, ...chunk, createdAt: write.now },
    where: waitsFor(db, write),
  }).onConflictDoNothing();

function commit(db: Database, write: ProgressWrite) {
  const { plan = null, network = null, toolchain = null, setUpReport = null, spent } = write;
  return db
    .update(taskAttempts)
    .set({
      logSeq: write.seq,
      heartbeatAt: write.now,
      startedAt: sql`coalesce(${taskAttempts.startedAt}, ${write.now})`,
      phase: write.phase,
      phaseTimes: write.phaseTimes,
      plan: sql`coalesce(${plan}, ${taskAttempts.plan})`,
      network: sql`coalesce(${network}, ${taskAttempts.network})`,
      toolchain: sql`coalesce(${toolchain}, ${taskAttempts.toolchain})`,
      setUpReport: sql`coalesce(${setUpReport}, ${taskAttempts.setUpReport})`,
      records: sql`max(${taskAttempts.records}, ${write.chunk?.lastRecord ?? 0})`,
      steps: sql`max(${taskAttempts.steps}, ${write.steps})`,
      lastStep: write.lastStep,
      ...spent,
    })
    .where(isNext(write))
    .returning({ seq: taskAttempts.logSeq });
}
