import { z } from "zod";
import { parseJson } from "../../../lib/json.ts";
import { clipBytes } from "../clip-bytes.ts";
import { modelFailure } from "./agent-failure.ts";
import type { AgentEvent, AgentParser } from "./agent.ts";
import { BackgroundTasks, backgroundLine } from "./background-tasks.ts";
import { PlanCalls } from "./plan-calls.ts";
import { hunksPatch, newFilePatch, replacementPatch, repositoryPath } from "./patch.ts";
import { shownTodos, stringOf, todosOf, todoSummary, toolInput, toolSummary } from "./tool-summary.ts";
import type { ToolInput } from "./tool-summary.ts";

/*
 * "Stream JSON", as `claude -p --output-format stream-json` prints it and `amp -x --stream-json` after it
 * (ampcode.com/manual/appendix; ampcode.com/news/streaming-json). One JSON object a line; unknown ones are skipped.
 */

const MAX_OUTPUT_BYTES = 8_000;
const status = z.number().nullish().catch(null);
const text = z.string().nullish().catch(null);

const block = z.looseObject({
  type: z.string(),
  text,
  id: text,
  name: text,
  input: toolInput,
  tool_use_id: text,
  is_error: z.boolean().nullish().catch(null),
});
const blocks = z.array(z.unknown()).catch([]);
const fileChange = z.object({
  filePath: z.string(),
  type: text,
  content: text,
  structuredPatch: z.array(
    z.object({
      oldStart: z.number(),
      oldLines: z.number(),
      newStart: z.number(),
      newLines: z.number(),
      lines: z.array(z.string()),
    }),
  ),
});
const message = z.object({ model: text, content: blocks });
/** Claude Code's name for the model of what it says itself, such as a provider's error: no step of the agent. */
const OF_THE_CLI = "<synthetic>";

const line = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("system"),
    subtype: text,
    cwd: text,
    error_status: status,
    error: text,
    ...backgroundLine,
  }),
  z.object({ type: z.literal("assistant"), message, parent_tool_use_id: text }),
  z.object({
    type: z.literal("user"),
    message,
    tool_use_result: z.unknown().optional(),
    parent_tool_use_id: text,
  }),
  z.object({
    type: z.literal("result"),
    is_error: z.boolean().catch(false),
    subtype: text,
    result: text,
    error: text,
    api_error_status: status,
  }),
]);
type Line = z.infer<typeof line>;

/** A parser for one run. Never throws: what it does not understand is no event. */
export function createStreamJsonParser(): AgentParser {
  const run = new StreamJsonRun();
  return {
    line(stream, content) {
      if (stream !== "stdout" || !content.startsWith("{")) return [];
      const parsed = line.safeParse(parseJson(content));
      return parsed.success ? run.events(parsed.data) : [];
    },
  };
}

/** `isOwn`: not a subagent's, whose plan is not the run's. */
type Call = { tool: string; input: ToolInput; isOwn: boolean };

class StreamJsonRun {
  #workDir: string | null = null;
  #calls = new Map<string, Call>();
  #plan = new PlanCalls();
  #background = new BackgroundTasks();
  #lastText = "";
  /** What the turn that has ended said; null while one is under way. */
  #ended: { text: string; waiting: boolean } | null = null;

  events(parsed: Line): AgentEvent[] {
    switch (parsed.type) {
      case "system":
        return this.#system(parsed);
      case "assistant":
        return this.#assistant(parsed);
      case "user":
        return [
          ...this.#resume(parsed.parent_tool_use_id),
          ...parsed.message.content.flatMap((content) => this.#toolResult(content, parsed.tool_use_result)),
        ];
      case "result":
        return this.#result(parsed);
    }
  }

  #system(parsed: Extract<Line, { type: "system" }>): AgentEvent[] {
    this.#background.take(parsed);
    if (parsed.subtype === "init") {
      this.#workDir = parsed.cwd ?? null;
      return this.#resume(null);
    }
    // The last of its helpers has ended. If it has more to say, it begins another turn.
    if (this.#ended?.waiting === true && !this.#background.isOpen) {
      this.#ended = { ...this.#ended, waiting: false };
      return [{ kind: "final", ...this.#ended }];
    }
    // The CLI would try ten times for three minutes; a refused key stays refused.
    if (parsed.subtype !== "api_retry" || (parsed.error_status !== 401 && parsed.error_status !== 403)) return [];
    const said = parsed.error ?? "";
    return [{ kind: "fatal", said, ...modelFailure({ status: parsed.error_status, text: said }) }];
  }

  #assistant(parsed: Extract<Line, { type: "assistant" }>): AgentEvent[] {
    const events: AgentEvent[] = [...this.#resume(parsed.parent_tool_use_id)];
    if (parsed.message.model === OF_THE_CLI) return events;
    for (const content of parsed.message.content) {
      const item = block.safeParse(content);
      if (!item.success) continue;
      // What a subagent says is its caller's business; what it does is not.
      if (item.data.type === "text" && item.data.text && !parsed.parent_tool_use_id) {
        events.push({ kind: "message", text: item.data.text });
        if (item.data.text.trim() !== "") this.#lastText = item.data.text;
      }
      if (item.data.type === "tool_use" && item.data.id)
        events.push(
          this.#toolCall(item.data.id, {
            tool: item.data.name ?? "tool",
            input: item.data.input,
            isOwn: !parsed.parent_tool_use_id,
          }),
        );
    }
    return events;
  }

  /** A turn has begun, unless a subagent (`parent`) speaks. */
  #resume(parent: string | null | undefined): AgentEvent[] {
    if (this.#ended === null || parent) return [];
    this.#ended = null;
    return [{ kind: "resumed" }];
  }

  #toolCall(id: string, call: Call): AgentEvent {
    this.#calls.set(id, call);
    const plan = call.isOwn ? this.#plan.list(call) : null;
    const called = { kind: "tool_call", id, tool: call.tool } as const;
    if (plan !== null) return { ...called, summary: todoSummary(plan), isPlan: true, todos: shownTodos(plan) };
    const other = todosOf(call.input);
    return {
      ...called,
      summary: toolSummary(call.input, this.#workDir),
      ...(other === null ? {} : { todos: shownTodos(other) }),
    };
  }

  #toolResult(content: unknown, detail: unknown): AgentEvent[] {
    const item = block.safeParse(content);
    if (!item.success || item.data.type !== "tool_result" || !item.data.tool_use_id) return [];
    const id = item.data.tool_use_id;
    const call = this.#calls.get(id);
    this.#calls.delete(id);
    const failed = item.data.is_error === true;
    const { output, exitCode } = commandResult(outputText(item.data["content"]), {
      isCommand: call?.tool === "Bash",
      failed,
    });
    const ok = !failed && (exitCode ?? 0) === 0;
    const plan = ok && call?.isOwn === true ? this.#plan.done(call, detail) : null;
    const result: AgentEvent = {
      kind: "tool_result",
      id,
      ok,
      output: clipBytes(output, { maxBytes: MAX_OUTPUT_BYTES, keep: "both" }),
      ...(exitCode === null ? {} : { exitCode }),
      ...(plan === null ? {} : { plan }),
    };
    const edit = failed || call === undefined ? null : this.#fileEdit(id, call, detail);
    return edit === null ? [result] : [edit, result];
  }

  #fileEdit(id: string, call: { tool: string; input: ToolInput }, detail: unknown): AgentEvent | null {
    const change = fileChange.safeParse(detail);
    if (change.success) {
      const path = repositoryPath(change.data.filePath, this.#workDir);
      const patch =
        change.data.type === "create"
          ? newFilePatch(path, change.data.content ?? "")
          : hunksPatch(path, change.data.structuredPatch);
      return { kind: "file_edit", id, path, patch };
    }
    const file = stringOf(call.input, "file_path", "path");
    if (file === null) return null;
    const path = repositoryPath(file, this.#workDir);
    const after = stringOf(call.input, "new_string", "new_str");
    if (after !== null)
      return {
        kind: "file_edit",
        id,
        path,
        patch: replacementPatch(path, { before: stringOf(call.input, "old_string", "old_str") ?? "", after }),
      };
    const whole = /^(?:write|create_file)$/i.test(call.tool) ? stringOf(call.input, "content") : null;
    return whole === null ? null : { kind: "file_edit", id, path, patch: newFilePatch(path, whole) };
  }

  #result(parsed: Extract<Line, { type: "result" }>): AgentEvent[] {
    const events: AgentEvent[] = [];
    // The subtype of a refused key is "success" as well: only `is_error` tells.
    if (parsed.is_error) {
      const said =
        parsed.error ?? parsed.result ?? (parsed.subtype === "error_max_turns" ? "it reached its limit of turns" : "");
      events.push({ kind: "fatal", said, ...modelFailure({ status: parsed.api_error_status ?? null, text: said }) });
    } else {
      const said = (parsed.result ?? "").trim() === "" ? this.#lastText : (parsed.result ?? "");
      this.#ended = { text: said, waiting: this.#background.isOpen };
      events.push({ kind: "final", ...this.#ended });
    }
    return events;
  }
}

function outputText(content: unknown): string {
  if (typeof content === "string") return content;
  const parts = z.array(z.looseObject({ type: z.string(), text })).safeParse(content);
  if (!parts.success) return "";
  return parts.data.map((part) => part.text ?? `[${part.type}]`).join("\n");
}

const ampCommandResult = z.object({ output: z.string(), exitCode: z.number().int() });

/** Claude puts "Exit code 3" before a failed command's output; Amp answers `{"output", "exitCode"}`. */
function commandResult(
  output: string,
  of: { isCommand: boolean; failed: boolean },
): { output: string; exitCode: number | null } {
  if (!of.isCommand) return { output, exitCode: null };
  const amp = output.startsWith("{") ? ampCommandResult.safeParse(parseJson(output)) : null;
  if (amp?.success) return amp.data;
  const claude = /^Exit code (\d{1,3})(?:\n|$)/.exec(output);
  if (of.failed && claude !== null) return { output: output.slice(claude[0].length), exitCode: Number(claude[1]) };
  return { output, exitCode: of.failed ? null : 0 };
}
