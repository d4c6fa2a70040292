import type { TaskRowView } from "./live.ts";
import { OUTCOME_FIELDS, type OutcomeField } from "./outcome.ts";
import { stateOf } from "./task-state.ts";

/** The column that tells each part of the outcome; null: too long for a cell, or nothing that one sums up. */
const OUTCOME_COLUMNS = {
  steps: "steps",
  lastStep: null,
  commits: null,
  filesChanged: "files",
  additions: "additions",
  deletions: "deletions",
  headSha: null,
  savedBranch: null,
  summary: null,
  logTail: null,
  costUsd: "cost_usd",
  budgetUsd: null,
  inputTokens: "input_tokens",
  outputTokens: "output_tokens",
  callbackAttempts: null,
  callbackMaxAttempts: null,
  callbackLastHttpCode: null,
} as const satisfies Record<OutcomeField, string | null>;
type ToldOutcome = {
  [Field in OutcomeField]: (typeof OUTCOME_COLUMNS)[Field] extends null ? never : Field;
}[OutcomeField];
const TOLD_OUTCOME = OUTCOME_FIELDS.filter((field): field is ToldOutcome => OUTCOME_COLUMNS[field] !== null);

/** What a line is made of. */
export const CSV_FIELDS = [
  "id",
  "status",
  "phase",
  "failureCode",
  "repoOwner",
  "repoName",
  "issueNumber",
  "issueTitle",
  "agent",
  "model",
  "createdBy",
  "createdAt",
  "startedAt",
  "completedAt",
  "attempt",
  "prUrl",
  ...TOLD_OUTCOME,
] as const;
type Told = (typeof CSV_FIELDS)[number];
/** A task that has ended: a row of the database as well as a view. */
export type CsvTask = { [Key in Told]: TaskRowView[Key] | (undefined extends TaskRowView[Key] ? null : never) };

type Cell = string | number | null | undefined;
const LINE: (readonly [column: string, cell: (task: CsvTask) => Cell])[] = [
  ["id", ({ id }) => id],
  ["state", ({ status, failureCode }) => stateOf({ status, failureCode: failureCode ?? undefined })],
  ["failure", ({ failureCode }) => failureCode],
  ["repository", ({ repoOwner, repoName }) => `${repoOwner}/${repoName}`],
  ["issue", ({ issueNumber }) => issueNumber],
  ["title", ({ issueTitle }) => issueTitle],
  ["agent", ({ agent }) => agent],
  ["model", ({ model }) => model],
  ["requester", ({ createdBy }) => createdBy],
  ["created", ({ createdAt }) => createdAt],
  ["started", ({ startedAt }) => startedAt],
  ["ended", ({ completedAt }) => completedAt],
  ["attempt", ({ attempt }) => attempt],
  ...TOLD_OUTCOME.map((field) => [OUTCOME_COLUMNS[field], (task: CsvTask) => task[field]] as const),
  ["pull_request", ({ prUrl }) => prUrl],
];

export const TASK_COLUMNS = LINE.map(([column]) => column);
/** One a column of `TASK_COLUMNS`. */
export const taskCells = (task: CsvTask): Cell[] => LINE.map(([, cell]) => cell(task));

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
