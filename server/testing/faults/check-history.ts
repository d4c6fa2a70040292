import { z } from "zod";
import { MAX_RUNNING_TASKS_PER_USER, TASK_PHASES, TASK_STATUSES, type TaskPhase } from "@/lib/task";
import type { HistoryRow } from "./history";
import { violationOf, type CheckedWorld, type Violation } from "./violation";

const taskStateSchema = z.object({
  userId: z.number(),
  status: z.enum(TASK_STATUSES),
  attempt: z.number(),
  phase: z.enum(TASK_PHASES),
  progress: z.number(),
  version: z.number(),
  moveId: z.string().nullable(),
});
type TaskState = z.infer<typeof taskStateSchema>;
const taskOf = (row: HistoryRow): TaskState => taskStateSchema.parse(row.data);

/** I3, I4 and I9, by living through the history once. */
export function checkHistory({ history }: CheckedWorld): Violation[] {
  const violations: Violation[] = [];
  const tasks = new Map<string, TaskState>();
  const attempts = new Map<string, Record<string, unknown>>();
  const movesOf = (kind: string): Set<unknown> =>
    new Set(history.filter((row) => row.what === "event" && row.data.kind === kind).map((row) => row.data.moveId));
  const by = { retried: movesOf("user.retried"), published: movesOf("user.published") };
  for (const [index, row] of history.entries()) {
    if (row.what === "task") {
      const before = tasks.get(row.id);
      const after = taskOf(row);
      tasks.set(row.id, after);
      if (after.status === "running") violations.push(...slots(tasks, row));
      if (before !== undefined) violations.push(...ends(before, row, by), ...order(before, row));
    }
    if (row.what === "attempt") {
      const key = `${row.id}/${String(row.data.attempt)}`;
      violations.push(...attemptOrder(attempts.get(key), row));
      attempts.set(key, row.data);
    }
    // Within a step the rows change one after the other; after it they must agree.
    const isLast = history[index + 1]?.step !== row.step;
    const task = tasks.get(row.id);
    if (isLast && task?.status === "running")
      violations.push(...samePhase(task, attempts.get(`${row.id}/${task.attempt}`), row));
  }
  return violations;
}

/** What another attempt says is not this one's progress. */
function samePhase(task: TaskState, attempt: Record<string, unknown> | undefined, row: HistoryRow): Violation[] {
  if (attempt === undefined || attempt.phase === task.phase) return [];
  const text = `${row.id} is ${task.phase}, its attempt ${task.attempt} is ${String(attempt.phase)} at ${row.at}`;
  return [violationOf("I9", text, row.id)];
}

function slots(tasks: Map<string, TaskState>, row: HistoryRow): Violation[] {
  const { userId } = taskOf(row);
  const running = [...tasks].filter(([, task]) => task.userId === userId && task.status === "running");
  return running.length > MAX_RUNNING_TASKS_PER_USER
    ? [violationOf("I3", `${running.length} tasks of user ${userId} run at ${row.at}`, ...running.map(([id]) => id))]
    : [];
}

type Moves = { retried: Set<unknown>; published: Set<unknown> };

/** A task leaves `failed` and `timed_out` by a retry, or when its work is published, and `success` never. */
function ends(before: TaskState, row: HistoryRow, { retried, published }: Moves): Violation[] {
  const after = taskOf(row);
  if (before.status === "queued" || before.status === "running" || before.status === after.status) return [];
  const isRetry = after.status === "queued" && retried.has(after.moveId);
  const isPublished = after.status === "success" && published.has(after.moveId);
  return before.status !== "success" && (isRetry || isPublished)
    ? []
    : [violationOf("I4", `${row.id} went from ${before.status} to ${after.status} at ${row.at}`, row.id)];
}

const place = (phase: TaskPhase) => TASK_PHASES.indexOf(phase);

function order(before: TaskState, row: HistoryRow): Violation[] {
  const after = taskOf(row);
  if (after.status !== "running") return [];
  if (before.status !== "running" || before.attempt !== after.attempt) return [];
  if (place(after.phase) < place(before.phase))
    return [violationOf("I9", `${row.id} went back from ${before.phase} to ${after.phase} at ${row.at}`, row.id)];
  if (after.progress < before.progress)
    return [
      violationOf("I9", `${row.id} went back from ${before.progress} to ${after.progress} % at ${row.at}`, row.id),
    ];
  return [];
}

function attemptOrder(before: Record<string, unknown> | undefined, row: HistoryRow): Violation[] {
  if (before === undefined) return [];
  const after = row.data;
  const name = `attempt ${String(after.attempt)} of ${row.id}`;
  if (before.endedAt !== null && (before.endedAt !== after.endedAt || before.endReason !== after.endReason))
    return [
      violationOf("I4", `${name} ended twice: ${String(before.endReason)}, then ${String(after.endReason)}`, row.id),
    ];
  if (before.endedAt !== null && Number(after.logSeq) !== Number(before.logSeq))
    return [violationOf("I4", `${name} took progress after its end`, row.id)];
  if (Number(after.logSeq) < Number(before.logSeq) || Number(after.logSeq) > Number(before.logSeq) + 1)
    return [
      violationOf(
        "I9",
        `${name} went from batch ${String(before.logSeq)} to ${String(after.logSeq)} at ${row.at}`,
        row.id,
      ),
    ];
  return [];
}
