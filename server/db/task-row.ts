import { and, eq, getTableColumns, gt, type SQL, sql } from "drizzle-orm";
import { OUTCOME_FIELDS, type OutcomeField } from "@/lib/outcome";
import { TERMINAL_STATUSES } from "@/lib/task";
import { isAmong } from "./database";
import { taskAttempts, tasks } from "./schema";

/** These of the columns `from`. */
export const pickColumns = <From extends object, Key extends keyof From>(
  from: From,
  keys: readonly Key[],
): Pick<From, Key> => Object.fromEntries(keys.map((key) => [key, from[key]])) as Pick<From, Key>;

type OwnRow = typeof tasks.$inferSelect;
export type AttemptRow = typeof taskAttempts.$inferSelect;
export type NewTask = typeof tasks.$inferInsert;
export type NewAttempt = typeof taskAttempts.$inferInsert;

/** What came of an attempt; `steps` of none is 0, the rest of it null. */
export type AttemptOutcome = Pick<AttemptRow, OutcomeField>;
/** A task as everybody reads it: its own columns, and the outcome of its current attempt. */
export type TaskRow = OwnRow & AttemptOutcome;

/** The attempt that the task shows: its newest, unless a retry came after it. */
export const isCurrent: SQL | undefined = and(
  eq(taskAttempts.taskId, tasks.id),
  eq(taskAttempts.attempt, tasks.attempt),
  gt(tasks.attempt, tasks.earlierAttempts),
);

/** A retry leaves the end of the run before where it is, for the retry that is taken back; it holds once a run is over. */
const hasEnded = isAmong(tasks.status, TERMINAL_STATUSES);
/** The present run has an attempt: until then what a task keeps of its start is of the run before. */
export const hasBegun = sql`${tasks.attempt} > ${tasks.earlierAttempts}`;

const when = <Key extends keyof OwnRow>(condition: SQL, key: Key) =>
  sql<OwnRow[Key] | null>`CASE WHEN ${condition} THEN ${tasks[key]} END`.as(tasks[key].name);

/** The columns of `TaskRow`, of `tasks` joined with its current attempt (`LEFT JOIN task_attempts ON isCurrent`). */
export const taskRow = {
  ...getTableColumns(tasks),
  failureCode: when(hasEnded, "failureCode"),
  errorMessage: when(hasEnded, "errorMessage"),
  stoppedBy: when(hasEnded, "stoppedBy"),
  completedAt: when(hasEnded, "completedAt"),
  startedAt: when(hasBegun, "startedAt"),
  ...pickColumns(getTableColumns(taskAttempts), OUTCOME_FIELDS),
  steps: sql<number>`coalesce(${taskAttempts.steps}, 0)`.as("steps"),
};

const {
  prompt: _prompt,
  promptOmissions: _omissions,
  setUp: _setUp,
  contextFiles: _files,
  issueBody: _body,
  issueAuthor: _author,
  instructions: _asked,
  ...short
} = taskRow;
/** The same without the long texts that never change, for whatever reads many. */
export const shortTaskRow = short;
export type ShortTaskRow = Omit<
  TaskRow,
  "prompt" | "promptOmissions" | "setUp" | "contextFiles" | "issueBody" | "issueAuthor" | "instructions"
>;
