import { type FailureCode, OPERATOR_FAILURES, operatorFailureKey } from "@/lib/failures";
import { type TaskPhase, type TaskStatus } from "@/lib/task";
import type { AppContext } from "@/server/context";
import type { MoveResult, OutcomePatch, TaskPatch, TaskRow } from "@/server/db/task-store";
import { TRANSITIONS, statusesBefore, type TaskEventName } from "./transitions";

type MoveInput = {
  event: TaskEventName;
  patch?: TaskPatch;
  /** What the event says to people and streams. */
  data?: Record<string, unknown>;
  /** Of a move that must not be made twice, however often it is asked for; else every call is a move of its own. */
  moveId?: string;
  /** Only while this was the task's last move. */
  after?: string;
  endAttempt?: string;
  /** What came of the current attempt. */
  outcome?: OutcomePatch | undefined;
};

/**
 * Applies one event of the table to the task, fenced by the attempt that was read. The status in the patch comes
 * from the table alone.
 */
export async function moveTask(
  context: AppContext,
  task: Pick<TaskRow, "id" | "status" | "attempt" | "userId">,
  input: MoveInput,
): Promise<MoveResult> {
  const to = TRANSITIONS[task.status][input.event];
  if (to === null) return { outcome: "refused", task: null };
  const now = context.clock.now().toISOString();
  const result = await context.db.tasks.transition({
    id: task.id,
    attempt: task.attempt,
    from: statusesBefore(input.event).filter((status) => status === task.status),
    patch: {
      ...(isEnd(to) && !isTakenBack(input.event) ? { ...NO_END, ...endsAt(input.event, now) } : {}),
      ...input.patch,
      status: to,
      ...phaseOf(to, input.patch?.phase),
    },
    event: { kind: input.event, data: input.data ?? {} },
    moveId: input.moveId ?? context.ids.uuid(),
    now,
    ...(input.after === undefined ? {} : { after: input.after }),
    ...(input.endAttempt === undefined ? {} : { endAttempt: { reason: input.endAttempt } }),
    outcome: input.outcome,
    ...(input.event === "user.retried" ? { beginsAnew: true } : {}),
  });
  if (result.outcome === "moved" && task.status === "running" && to !== "running")
    await wakeStartable(context, task.userId);
  return result;
}

const isEnd = (status: TaskStatus) => status === "success" || status === "failed" || status === "timed_out";

/** An end is written whole, over that of the run before. */
const NO_END = { failureCode: null, errorMessage: null, stoppedBy: null } as const;
/** The run whose work is published had ended before. */
const endsAt = (event: TaskEventName, now: string): TaskPatch =>
  event === "user.published" ? {} : { completedAt: now };
/** The end that a retry left is still there. */
const isTakenBack = (event: TaskEventName) => event === "user.unretried_failed" || event === "user.unretried_timed_out";

function phaseOf(status: TaskStatus, wanted: TaskPhase | undefined): TaskPatch {
  if (isEnd(status)) return { phase: "done", progress: 100, blockedReason: null, waitReason: null, notBefore: null };
  if (status === "queued") return { phase: "queued", progress: 0 };
  return wanted === undefined ? {} : { phase: wanted };
}

const WEEK_MS = 7 * 24 * 3600_000;

export type TaskFailure = {
  code: FailureCode;
  /** Porter's own words, where they say more than the code's sentence. */
  message: string | null;
  /** What GitHub or Fly said, with its numbers and ids: it stands folded, behind the last lines of the run. */
  said?: string | undefined;
  outcome?: OutcomePatch;
};

/** Ends the task as failed, with the attempt that was running. What only an operator can mend is counted for them. */
export async function failTask(context: AppContext, task: TaskRow, failure: TaskFailure): Promise<MoveResult> {
  const lines = [failure.outcome?.logTail ?? task.logTail, failure.said].filter((part) => part != null);
  const result = await moveTask(context, task, {
    event: "system.failed",
    patch: { failureCode: failure.code, errorMessage: failure.message },
    outcome: { ...failure.outcome, ...(lines.length === 0 ? {} : { logTail: lines.join("\n") }) },
    data: { failureCode: failure.code },
    endAttempt: failure.code,
  });
  const ofOperator = OPERATOR_FAILURES.find((code) => code === failure.code);
  if (result.outcome === "moved" && ofOperator !== undefined) {
    const now = context.clock.now();
    await context.db.useCounts.take({
      key: operatorFailureKey(ofOperator),
      now: now.toISOString(),
      windowEndsAt: new Date(now.getTime() + WEEK_MS).toISOString(),
    });
  }
  return result;
}

/** A slot became free: the user's next waiting tasks are due. */
async function wakeStartable(context: AppContext, userId: number): Promise<void> {
  const now = context.clock.now().toISOString();
  const next = await context.db.tasks.startable(userId, now, 2);
  for (const { id } of next) await context.db.tasks.wake(id, now);
  await context.enqueue(next.map(({ id }) => ({ kind: "task" as const, id })));
}
