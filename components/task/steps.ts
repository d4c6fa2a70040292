import type { LogRecord, Todo } from "@/lib/agent-protocol";
import { patchOf, todosOf } from "./former-records";

/** What a tool does, told from its name; agents name the same thing differently. */
export type ToolKind = "command" | "read" | "search" | "edit" | "todo" | "web" | "agent" | "other";

const KINDS: [RegExp, ToolKind][] = [
  [/^(?:bash|shell|run|exec|command|powershell)/i, "command"],
  [/todo/i, "todo"],
  [/^(?:edit|write|multi_?edit|patch|apply_?patch|create_file|str_replace|undo_edit|notebook_?edit)/i, "edit"],
  [/^(?:read|view|cat|open)/i, "read"],
  [/^(?:grep|glob|ls|list|search|find|codebase)/i, "search"],
  [/^web|fetch/i, "web"],
  [/^(?:task|agent|oracle)/i, "agent"],
];
const kindOfTool = (tool: string): ToolKind => KINDS.find(([name]) => name.test(tool))?.[1] ?? "other";

type At = { n: number; t: number };
export type MessageStep = At & { is: "message"; text: string };
export type ToolStep = At & {
  is: "tool";
  kind: ToolKind;
  tool: string;
  summary: string;
  /** Absent while it runs. */
  result?: { ok: boolean; output: string; ms: number | undefined; exit: number | null; n: number };
  edits: { path: string; patch: string; isCut: boolean; n: number }[];
  /** Of a call that wrote a plan. */
  todos: Todo[];
};
export type NoteStep = At & { is: "note"; text: string; isPhase: boolean };
export type GapStep = At & { is: "gap"; text: string };
/** Looks that follow each other and went well; commands are never grouped. */
export type LooksStep = At & { is: "looks"; steps: ToolStep[] };
export type TimelineStep = MessageStep | ToolStep | NoteStep | GapStep | LooksStep;

const LOOKS_FROM = 3;

/** The readable side of a log: what was said and done, in order. Raw lines are the log's own business. */
export function stepsOf(records: readonly LogRecord[]): TimelineStep[] {
  const steps: Exclude<TimelineStep, LooksStep>[] = [];
  const open = new Map<string, ToolStep>();
  for (const record of records) {
    const at = { n: record.n, t: record.t };
    switch (record.k) {
      case "m":
        steps.push({ ...at, is: "message", text: record.s });
        break;
      case "c": {
        const kind = kindOfTool(record.tool);
        const step: ToolStep = {
          ...at,
          is: "tool",
          kind,
          tool: record.tool,
          summary: record.s,
          edits: [],
          todos: todosOf(record),
        };
        open.set(record.id, step);
        steps.push(step);
        break;
      }
      case "r": {
        const call = open.get(record.id);
        if (call !== undefined)
          call.result = { ok: record.ok, output: record.s, ms: record.ms, exit: record.exit ?? null, n: record.n };
        break;
      }
      case "d": {
        const { text: patch, isCut } = patchOf(record);
        const edit = { path: record.path, patch, isCut, n: record.n };
        const call = open.get(record.id);
        if (call === undefined)
          steps.push({ ...at, is: "tool", kind: "edit", tool: "edit", summary: record.path, edits: [edit], todos: [] });
        else call.edits.push(edit);
        break;
      }
      case "p":
        steps.push({ ...at, is: "note", text: record.s, isPhase: record.phase !== undefined });
        break;
      case "x":
        steps.push({ ...at, is: "gap", text: record.s });
        break;
      case "o":
      case "e":
      case "f":
        break;
    }
  }
  return grouped(steps);
}

const isLook = (step: TimelineStep): step is ToolStep =>
  step.is === "tool" && (step.kind === "read" || step.kind === "search") && step.result?.ok === true;

function grouped(steps: Exclude<TimelineStep, LooksStep>[]): TimelineStep[] {
  const all: TimelineStep[] = [];
  for (let index = 0; index < steps.length;) {
    let end = index;
    const looks: ToolStep[] = [];
    for (let step = steps[end]; step !== undefined && isLook(step); step = steps[++end]) looks.push(step);
    const [first] = looks;
    if (first !== undefined && looks.length >= LOOKS_FROM) {
      all.push({ is: "looks", n: first.n, t: first.t, steps: looks });
      index = end;
      continue;
    }
    const step = steps[index++];
    if (step !== undefined) all.push(step);
  }
  return all;
}

/** Commands that were run; null while that is not known. */
export const countCommands = (log: { records: readonly LogRecord[]; loading: string }): number | null =>
  log.loading === "done"
    ? log.records.filter((record) => record.k === "c" && kindOfTool(record.tool) === "command").length
    : null;

/** Calls and messages, as the task counts them. */
export const countSteps = (steps: readonly TimelineStep[]): number =>
  steps.reduce(
    (sum, step) => sum + (step.is === "looks" ? step.steps.length : step.is === "note" || step.is === "gap" ? 0 : 1),
    0,
  );
