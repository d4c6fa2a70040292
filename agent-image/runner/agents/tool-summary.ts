import { z } from "zod";
import { MOST_TODOS, type AgentPlan, type Todo as ShownTodo } from "../../../lib/agent-protocol.ts";
import { clipBytes } from "../clip-bytes.ts";
import { repositoryPath } from "./patch.ts";

export const toolInput = z.record(z.string(), z.unknown()).catch({});
export type ToolInput = z.infer<typeof toolInput>;

const todo = z.object({ content: z.string(), status: z.string() });
export type ToolTodo = z.infer<typeof todo>;
/** The list of a call that writes the whole plan; null: it writes none. */
export const todosOf = (input: ToolInput): ToolTodo[] | null => z.array(todo).safeParse(input["todos"]).data ?? null;
/** What people want to see of a call, best first; agents name the same thing differently. */
const TELLING = [
  "command",
  "cmd",
  "file_path",
  "filePath",
  "path",
  "pattern",
  "query",
  "url",
  "description",
  "name",
  "prompt",
];
const PATHS = new Set(["file_path", "filePath", "path"]);

const oneLine = (text: string, maxBytes = 200): string =>
  clipBytes(text.replace(/\s+/g, " ").trim(), { maxBytes, keep: "start" });

/** One line for people: the command, the file or what else the call is about; "" when it says nothing. A plan has more lines. */
export function toolSummary(input: ToolInput, workDir: string | null): string {
  const list = todosOf(input);
  if (list !== null) return todoSummary(list);
  for (const name of TELLING) {
    const value = input[name];
    if (typeof value === "string" && value.trim() !== "")
      return oneLine(PATHS.has(name) ? repositoryPath(value, workDir) : value);
  }
  return "";
}

/** Amp writes `in-progress` and `todo`. */
const MARKS: Record<string, string> = { completed: "x", in_progress: "~", "in-progress": "~" };
const indexOfCurrent = (list: readonly ToolTodo[]): number => {
  const now = list.findIndex(({ status }) => MARKS[status] === "~");
  return now >= 0 ? now : list.findIndex(({ status }) => status === "pending" || status === "todo");
};

/** Where a plan is: at the item that is worked on, else the next, else the last; null: it has none. */
export function planOf(list: readonly ToolTodo[]): AgentPlan | null {
  if (list.length === 0) return null;
  const current = indexOfCurrent(list);
  const at = current >= 0 ? current : list.length - 1;
  return { at: at + 1, of: list.length, item: oneLine(list[at]?.content ?? "") };
}

/** How far the plan is in one line, then the plan, an item a line: `[x]` done, `[~]` now, `[ ]` open. */
export function todoSummary(list: readonly ToolTodo[]): string {
  const done = list.filter((todo) => todo.status === "completed").length;
  const now = list[indexOfCurrent(list)];
  const head = oneLine(`${done} of ${list.length} done${now === undefined ? "" : `, now: ${now.content}`}`);
  const items = list.slice(0, MOST_TODOS).map(({ content, status }) => `[${MARKS[status] ?? " "}] ${oneLine(content)}`);
  return [head, ...items].join("\n");
}

const STATES: Record<string, ShownTodo["state"]> = { x: "done", "~": "now" };
/** The plan as data: a list is for people, and nobody reads more than its beginning. */
export const shownTodos = (list: readonly ToolTodo[]): ShownTodo[] =>
  list
    .slice(0, MOST_TODOS)
    .map(({ content, status }) => ({ text: oneLine(content), state: STATES[MARKS[status] ?? ""] ?? "open" }));

export const stringOf = (input: ToolInput, ...names: string[]): string | null => {
  for (const name of names) {
    const value = input[name];
    if (typeof value === "string") return value;
  }
  return null;
};
