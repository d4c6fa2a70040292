import { z } from "zod";
import { clip } from "../clip.ts";
import { repositoryPath } from "./patch.ts";

export const toolInput = z.record(z.string(), z.unknown()).catch({});
export type ToolInput = z.infer<typeof toolInput>;

const todos = z.array(z.object({ content: z.string(), status: z.string() }));
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

export const oneLine = (text: string, maxBytes = 200): string =>
  clip(text.replace(/\s+/g, " ").trim(), { maxBytes, keep: "start" });

/** One line for people: the command, the file or what else the call is about; "" when it says nothing. A plan has more lines. */
export function toolSummary(input: ToolInput, workDir: string | null): string {
  const list = todos.safeParse(input["todos"]);
  if (list.success) return todoSummary(list.data);
  for (const name of TELLING) {
    const value = input[name];
    if (typeof value === "string" && value.trim() !== "")
      return oneLine(PATHS.has(name) ? repositoryPath(value, workDir) : value);
  }
  return "";
}

/** A list is for people: nobody reads more. */
const MOST_TODOS = 30;
const MARKS: Record<string, string> = { completed: "x", in_progress: "~" };

/** How far the plan is in one line, then the plan, an item a line: `[x]` done, `[~]` now, `[ ]` open. */
function todoSummary(list: z.infer<typeof todos>): string {
  const done = list.filter((todo) => todo.status === "completed").length;
  const now = list.find((todo) => todo.status === "in_progress") ?? list.find((todo) => todo.status === "pending");
  const head = oneLine(`${done} of ${list.length} done${now === undefined ? "" : `, now: ${now.content}`}`);
  const items = list.slice(0, MOST_TODOS).map(({ content, status }) => `[${MARKS[status] ?? " "}] ${oneLine(content)}`);
  return [head, ...items].join("\n");
}

export const stringOf = (input: ToolInput, ...names: string[]): string | null => {
  for (const name of names) {
    const value = input[name];
    if (typeof value === "string") return value;
  }
  return null;
};
