import { z } from "zod";
import { parseJson } from "../../../../lib/json.ts";
import { clipBytes } from "../../clip-bytes.ts";
import { modelFailure } from "../agent-failure.ts";
import type { AgentEvent, AgentParser } from "../agent.ts";
import { repositoryPath } from "../patch.ts";
import { planOf, shownTodos, type ToolTodo, todoSummary, toolSummary } from "../tool-summary.ts";

/*
 * What `codex exec --json` prints: threads, turns and their items, one JSON object a line. An item is printed when it
 * begins and when it is done; unknown lines are skipped.
 */

const MAX_OUTPUT_BYTES = 8_000;
const text = z.string().nullish().catch(null);
const item = z.looseObject({ id: z.string(), type: z.string() });
const line = z.discriminatedUnion("type", [
  z.object({ type: z.literal("turn.started") }),
  z.object({ type: z.literal("item.started"), item }),
  z.object({ type: z.literal("item.updated"), item }),
  z.object({ type: z.literal("item.completed"), item }),
  z.object({ type: z.literal("turn.completed") }),
  z.object({ type: z.literal("turn.failed"), error: z.object({ message: z.string().catch("") }) }),
]);
type Item = z.infer<typeof item>;
type Moment = "started" | "updated" | "completed";

const said = z.object({ text: z.string() });
const warning = z.object({ message: z.string() });
const commandRun = z.object({
  command: z.string(),
  aggregated_output: text,
  exit_code: z.number().int().nullish().catch(null),
});
const fileChange = z.object({ changes: z.array(z.object({ path: z.string() })) });
const todoList = z.object({ items: z.array(z.object({ text: z.string(), completed: z.boolean() })) });
const otherCall = z.looseObject({ status: text, tool: text, arguments: z.record(z.string(), z.unknown()).catch({}) });

/** A parser for one run. Never throws: what it does not understand is no event. */
export function createCodexParser(): AgentParser {
  const run = new CodexRun();
  return {
    line(stream, content) {
      if (stream !== "stdout" || !content.startsWith("{")) return [];
      const parsed = line.safeParse(parseJson(content));
      return parsed.success ? run.events(parsed.data) : [];
    },
  };
}

class CodexRun {
  /** Calls that have been told: some items are printed only once they are done. */
  #begun = new Set<string>();
  #lastText = "";
  #plans = 0;

  events(parsed: z.infer<typeof line>): AgentEvent[] {
    switch (parsed.type) {
      case "turn.started":
        return [{ kind: "resumed" }];
      case "item.started":
        return this.#item("started", parsed.item);
      case "item.updated":
        return this.#item("updated", parsed.item);
      case "item.completed":
        return this.#item("completed", parsed.item);
      case "turn.completed":
        return [{ kind: "final", text: this.#lastText, waiting: false }];
      case "turn.failed": {
        const { message } = parsed.error;
        return [{ kind: "fatal", said: message, ...modelFailure({ status: null, text: message }) }];
      }
    }
  }

  #item(moment: Moment, one: Item): AgentEvent[] {
    switch (one.type) {
      case "agent_message":
        return moment === "completed" ? this.#message(one) : [];
      case "error": {
        const told = warning.safeParse(one);
        return moment === "completed" && told.success ? [{ kind: "message", text: told.data.message }] : [];
      }
      case "reasoning":
        return [];
      case "todo_list":
        return moment === "completed" ? [] : this.#plan(one);
      default:
        return this.#call(moment, one);
    }
  }

  #message(one: Item): AgentEvent[] {
    const { data } = said.safeParse(one);
    if (data === undefined || data.text.trim() === "") return [];
    this.#lastText = data.text;
    return [{ kind: "message", text: data.text }];
  }

  /** The whole list each time; it is "completed" with the turn, when it says nothing new. */
  #plan(one: Item): AgentEvent[] {
    const { data } = todoList.safeParse(one);
    if (data === undefined) return [];
    const todos = data.items.map(({ text: content, completed }): ToolTodo => ({
      content,
      status: completed ? "completed" : "pending",
    }));
    const id = `${one.id}.${(this.#plans += 1)}`;
    const plan = planOf(todos);
    return [
      {
        kind: "tool_call",
        id,
        tool: "update_plan",
        summary: todoSummary(todos),
        isPlan: true,
        todos: shownTodos(todos),
      },
      { kind: "tool_result", id, ok: true, output: "", ...(plan === null ? {} : { plan }) },
    ];
  }

  #call(moment: Moment, one: Item): AgentEvent[] {
    const call = callOf(one);
    if (call === null || moment === "updated") return [];
    const { id } = one;
    const begins: AgentEvent[] = this.#begun.has(id) ? [] : [{ kind: "tool_call", id, ...call.told }];
    this.#begun.add(id);
    if (moment === "started") return begins;
    return [...begins, { kind: "tool_result", id, ...call.result }];
  }
}

type Call = {
  told: { tool: string; summary: string };
  result: { ok: boolean; output: string; exitCode?: number };
};

function callOf(one: Item): Call | null {
  const isWell = one["status"] !== "failed" && one["status"] !== "declined";
  if (one.type === "command_execution") {
    const { data } = commandRun.safeParse(one);
    if (data === undefined) return null;
    const output = clipBytes(data.aggregated_output ?? "", { maxBytes: MAX_OUTPUT_BYTES, keep: "both" });
    const exit = data.exit_code == null ? {} : { exitCode: data.exit_code };
    const summary = toolSummary({ command: withoutShell(data.command) }, null);
    return { told: { tool: "exec_command", summary }, result: { ok: isWell, output, ...exit } };
  }
  if (one.type === "file_change") {
    const { data } = fileChange.safeParse(one);
    if (data === undefined) return null;
    const summary = data.changes.map(({ path }) => repositoryPath(path, workDirOf(path))).join(" ");
    return { told: { tool: "apply_patch", summary }, result: { ok: isWell, output: "" } };
  }
  const { data } = otherCall.safeParse(one);
  if (data?.status == null) return null;
  const summary = toolSummary({ ...one, ...data.arguments }, null);
  return { told: { tool: data.tool ?? one.type, summary }, result: { ok: isWell, output: "" } };
}

/** Its events do not name the folder it works in: the runner's `porter-…/work`. */
const workDirOf = (path: string): string | null => /^.*?\/porter-[^/]+\/work(?=\/)/.exec(path)?.[0] ?? null;

/** `/bin/bash -lc 'npm test'`: what the agent ran stands in quotes behind its shell. */
function withoutShell(command: string): string {
  const [, quoted = command] = /^\S*sh -l?c ([\s\S]+)$/.exec(command) ?? [];
  if (/^'[\s\S]*'$/.test(quoted)) return quoted.slice(1, -1).replaceAll(`'"'"'`, "'").replaceAll(`'\\''`, "'");
  return /^"[\s\S]*"$/.test(quoted) ? quoted.slice(1, -1).replaceAll(/\\(["$`\\])/g, "$1") : quoted;
}
