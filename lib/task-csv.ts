import type { TaskRowView } from "./live.ts";
import { stateOf } from "./task-state.ts";

export const TASK_COLUMNS = [
  "id",
  "state",
  "failure",
  "repository",
  "issue",
  "title",
  "agent",
  "model",
  "requester",
  "created",
  "started",
  "ended",
  "attempt",
  "steps",
  "files",
  "additions",
  "deletions",
  "cost_usd",
  "input_tokens",
  "output_tokens",
  "pull_request",
] as const;

type Cell = string | number | null | undefined;
type Told =
  | "id"
  | "status"
  | "failureCode"
  | "repoOwner"
  | "repoName"
  | "issueNumber"
  | "issueTitle"
  | "agent"
  | "model"
  | "createdBy"
  | "createdAt"
  | "startedAt"
  | "completedAt"
  | "attempt"
  | "steps"
  | "filesChanged"
  | "additions"
  | "deletions"
  | "costUsd"
  | "inputTokens"
  | "outputTokens"
  | "prUrl";
/** What a line says of a task that has ended: a row of the database as well as a view. */
export type CsvTask = { [Key in Told]: TaskRowView[Key] | (undefined extends TaskRowView[Key] ? null : never) };

/** One a column of `TASK_COLUMNS`. */
export const taskCells = (task: CsvTask): Cell[] => [
  task.id,
  stateOf({ status: task.status, failureCode: task.failureCode ?? undefined }),
  task.failureCode,
  `${task.repoOwner}/${task.repoName}`,
  task.issueNumber,
  task.issueTitle,
  task.agent,
  task.model,
  task.createdBy,
  task.createdAt,
  task.startedAt,
  task.completedAt,
  task.attempt,
  task.steps,
  task.filesChanged,
  task.additions,
  task.deletions,
  task.costUsd,
  task.inputTokens,
  task.outputTokens,
  task.prUrl,
];

/** What spreadsheets take for the beginning of a formula: also in full width, and behind blanks that they drop. */
const FORMULA = /^[\s\p{Cf}]*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20]|^[\t\r\n]/u;

/** RFC 4180. A text that a spreadsheet would run as a formula gets an apostrophe: titles are strangers' words. */
export const csvLine = (cells: readonly Cell[]): string => `${cells.map(csvCell).join(",")}\r\n`;

function csvCell(cell: Cell): string {
  if (cell == null) return "";
  if (typeof cell === "number") return String(cell);
  const safe = FORMULA.test(cell) ? `'${cell}` : cell;
  return /[",;\t\r\n]|^\s|\s$/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
