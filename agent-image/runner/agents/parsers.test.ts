import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { AgentEvent } from "./agent.ts";
import { AGENT_RUNNERS } from "./index.ts";

const lines = (...objects: unknown[]): string[] => objects.map((object) => JSON.stringify(object));

function parse(id: keyof typeof AGENT_RUNNERS, output: string[]): AgentEvent[] {
  const parser = AGENT_RUNNERS[id].createParser();
  return output.flatMap((line) => parser.line("stdout", line));
}

const init = { type: "system", subtype: "init", cwd: "/w", session_id: "s", tools: ["Bash"], mcp_servers: [] };
const said = (content: unknown[], extra: Record<string, unknown> = {}): unknown => ({
  type: "assistant",
  message: { id: "m", role: "assistant", content, ...extra },
  parent_tool_use_id: null,
});
const answered = (content: unknown[], result?: unknown): unknown => ({
  type: "user",
  message: { role: "user", content },
  tool_use_result: result,
});
const uses = (name: string, input: unknown): unknown => said([{ type: "tool_use", id: "t1", name, input }]);
const result = (content: unknown, isError = false): unknown =>
  answered([{ type: "tool_result", tool_use_id: "t1", content, is_error: isError }]);

describe("stream JSON", () => {
  // The example of ampcode.com/news/streaming-json, in order.
  it("reads Amp's documented example", () => {
    const events = parse(
      "amp",
      lines(
        init,
        {
          type: "user",
          message: { role: "user", content: [{ type: "text", text: "what is 2+2?" }] },
          parent_tool_use_id: null,
          session_id: "T-1",
        },
        said([{ type: "text", text: "2 + 2 equals 4." }], {
          type: "message",
          stop_reason: "end_turn",
          id: undefined,
        }),
        {
          type: "result",
          subtype: "success",
          duration_ms: 2906,
          is_error: false,
          num_turns: 1,
          result: "2 + 2 equals 4.",
          session_id: "T-1",
        },
      ),
    );
    expect(events).toEqual([
      { kind: "message", text: "2 + 2 equals 4." },
      { kind: "final", text: "2 + 2 equals 4.", waiting: false },
    ]);
  });

  it("reads Amp's tools: files by their path in the repository, commands with their exit code", () => {
    expect(
      parse("amp", lines(init, uses("create_file", { path: "/w/src/a.ts", content: "one\n" }), result("ok"))),
    ).toEqual([
      { kind: "tool_call", id: "t1", tool: "create_file", summary: "src/a.ts" },
      { kind: "file_edit", id: "t1", path: "src/a.ts", patch: "--- /dev/null\n+++ b/src/a.ts\n@@ -0,0 +1 @@\n+one\n" },
      { kind: "tool_result", id: "t1", ok: true, output: "ok" },
    ]);
    const edit = parse(
      "amp",
      lines(init, uses("edit_file", { path: "a", old_str: "x\ny", new_str: "z" }), result("ok")),
    );
    expect(edit[1]).toMatchObject({ path: "a", patch: "--- a/a\n+++ b/a\n@@ -1,2 +1 @@\n-x\n-y\n+z\n" });
    const command = parse(
      "amp",
      lines(init, uses("Bash", { cmd: "npm test", cwd: "/w" }), result('{"output":"1 failed","exitCode":1}')),
    );
    expect(command).toEqual([
      { kind: "tool_call", id: "t1", tool: "Bash", summary: "npm test" },
      { kind: "tool_result", id: "t1", ok: false, output: "1 failed", exitCode: 1 },
    ]);
  });

  it("makes no edit of a call that failed", () => {
    const events = parse(
      "claude",
      lines(init, uses("Edit", { file_path: "a", old_string: "x", new_string: "y" }), result("String not found", true)),
    );
    expect(events.map((event) => event.kind)).toEqual(["tool_call", "tool_result"]);
    expect(events[1]).toEqual({ kind: "tool_result", id: "t1", ok: false, output: "String not found" });
  });

  it("is fatal at the first retry of a refused key, not at one of a busy provider", () => {
    const retry = (error_status: number): string[] =>
      lines({ type: "system", subtype: "api_retry", attempt: 1, max_retries: 6, error_status, error: "x" });
    for (const status of [401, 403])
      expect(parse("claude", retry(status))).toMatchObject([{ kind: "fatal", failureCode: "provider_auth" }]);
    for (const status of [429, 500, 529]) expect(parse("claude", retry(status))).toEqual([]);
  });

  it("believes is_error, not the subtype", () => {
    const end = {
      type: "result",
      subtype: "success",
      is_error: true,
      api_error_status: 401,
      result: "Invalid API key",
    };
    expect(parse("claude", lines(end))).toMatchObject([{ kind: "fatal", failureCode: "provider_auth" }]);
    const amp = {
      type: "result",
      subtype: "error_during_execution",
      is_error: true,
      error: "Out of credits: your credit balance is empty",
      num_turns: 1,
    };
    expect(parse("amp", lines(amp))).toMatchObject([{ kind: "fatal", failureCode: "provider_limit" }]);
  });

  it("takes what the CLI says by itself for no step of the agent", () => {
    const said = { model: "<synthetic>", content: [{ type: "text", text: "Credit balance is too low" }] };
    expect(parse("claude", lines({ type: "assistant", message: said }))).toEqual([]);
  });

  it("keeps the plan that Claude Code writes an item at a time, and nothing of a call that failed", () => {
    const call = (id: string, name: string, input: object, parent: string | null = null) => ({
      type: "assistant",
      parent_tool_use_id: parent,
      message: { content: [{ type: "tool_use", id, name, input }] },
    });
    const answer = (id: string, detail: unknown, failed = false) => ({
      type: "user",
      message: { content: [{ type: "tool_result", tool_use_id: id, content: "", is_error: failed }] },
      tool_use_result: detail,
    });
    const events = parse(
      "claude",
      lines(
        call("1", "TaskCreate", { subject: "Read", description: "Look around" }),
        answer("1", { task: { id: "1", subject: "Read" } }),
        call("2", "TaskCreate", { subject: "Write" }),
        answer("2", { task: { id: "2", subject: "Write" } }),
        call("3", "TaskUpdate", { taskId: "1", status: "completed" }),
        answer("3", "No such tool available", true),
        call("4", "TaskUpdate", { taskId: "1", status: "in_progress" }),
        answer("4", { success: true }),
        call("5", "TaskCreate", { subject: "A helper's" }, "p"),
        answer("5", { task: { id: "9", subject: "A helper's" } }),
        call("6", "TaskUpdate", { taskId: "1", status: "completed" }),
        answer("6", { success: true }),
        call("7", "TaskUpdate", { taskId: "2", status: "deleted" }),
        answer("7", { success: true }),
        call("8", "TaskList", {}),
        answer("8", { tasks: [{ id: "3", subject: "Other", status: "pending" }] }),
        call("9", "TodoWrite", { todos: [{ content: "a", status: "in_progress" }] }),
        answer("9", "disabled", true),
      ),
    );
    expect(events.flatMap((event) => (event.kind === "tool_result" ? [event.plan ?? null] : []))).toEqual([
      { at: 1, of: 1, item: "Read" },
      { at: 1, of: 2, item: "Read" },
      null,
      { at: 1, of: 2, item: "Read" },
      null,
      { at: 2, of: 2, item: "Write" },
      { at: 1, of: 1, item: "Read" },
      { at: 1, of: 1, item: "Other" },
      null,
    ]);
    const calls = events.flatMap((event) => (event.kind === "tool_call" ? [event] : []));
    expect(calls[5]?.summary).toBe("1 of 2 done, now: Write\n[x] Read\n[ ] Write");
    expect(calls.map(({ isPlan = false }) => isPlan)).toEqual([true, true, true, true, false, true, true, false, true]);
  });

  it("leaves out what a subagent says, not what it does", () => {
    const sub = {
      type: "assistant",
      parent_tool_use_id: "p",
      message: {
        content: [
          { type: "text", text: "x" },
          { type: "tool_use", id: "t", name: "Read", input: { file_path: "a" } },
        ],
      },
    };
    expect(parse("claude", lines(sub))).toEqual([{ kind: "tool_call", id: "t", tool: "Read", summary: "a" }]);
  });
});

describe("opencode's events", () => {
  const tool = (state: Record<string, unknown>, name = "bash"): string[] =>
    lines({ type: "tool_use", part: { tool: name, callID: "c", state: { status: "completed", input: {}, ...state } } });

  it("make one edit of each file of a patch", () => {
    const files = [
      {
        filePath: "/w/a.ts",
        relativePath: "a.ts",
        type: "update",
        patch: "Index: /w/a.ts\n===\n--- /w/a.ts\n+++ /w/a.ts\n@@ -1 +1 @@\n-x\n+y\n",
      },
      {
        filePath: "/w/b.ts",
        relativePath: "b.ts",
        type: "add",
        patch: "--- /w/b.ts\n+++ /w/b.ts\n@@ -0,0 +1 @@\n+z\n",
      },
    ];
    expect(
      parse(
        "opencode",
        tool({ input: { patchText: "…" }, metadata: { files, diff: "…" }, output: "ok" }, "apply_patch"),
      ).filter((event) => event.kind === "file_edit"),
    ).toEqual([
      { kind: "file_edit", id: "c", path: "a.ts", patch: "--- a/a.ts\n+++ b/a.ts\n@@ -1 +1 @@\n-x\n+y\n" },
      { kind: "file_edit", id: "c", path: "b.ts", patch: "--- a/b.ts\n+++ b/b.ts\n@@ -0,0 +1 @@\n+z\n" },
    ]);
  });

  it("show a list of things to do as a line, then the list", () => {
    const todos = [
      { content: "first", status: "completed" },
      { content: "second\nthing", status: "in_progress" },
      { content: "third", status: "pending" },
    ];
    expect(parse("opencode", tool({ input: { todos } }, "todowrite"))[0]).toMatchObject({
      tool: "todowrite",
      summary: "1 of 3 done, now: second thing\n[x] first\n[~] second thing\n[ ] third",
    });
  });

  it("show why a tool failed", () => {
    expect(
      parse(
        "opencode",
        tool({ status: "error", error: "File not found", input: { filePath: "/w/a" }, title: "" }, "edit"),
      ),
    ).toEqual([
      { kind: "tool_call", id: "c", tool: "edit", summary: "/w/a" },
      { kind: "tool_result", id: "c", ok: false, output: "File not found" },
    ]);
  });

  it("tell how long a tool ran, because they come when it has ended", () => {
    const events = parse("opencode", tool({ time: { start: 1000, end: 3500 }, metadata: { exit: 2 }, output: "no" }));
    expect(events[1]).toEqual({ kind: "tool_result", id: "c", ok: false, output: "no", exitCode: 2, ms: 2500 });
  });
  it("end the run at an error, except at one that opencode repairs", () => {
    const error = (name: string, data: object): string[] => lines({ type: "error", error: { name, data } });
    expect(parse("opencode", error("APIError", { message: "x", statusCode: 403 }))).toMatchObject([
      { kind: "fatal", failureCode: "provider_auth" },
    ]);
    expect(parse("opencode", error("ContextOverflowError", { message: "too long" }))).toEqual([
      { kind: "message", text: "too long" },
    ]);
  });
});

describe.each(["opencode", "claude", "amp"] as const)("%s's parser", (id) => {
  it("bounds what a huge event holds", () => {
    const huge = "x".repeat(2_000_000);
    const outputs = [
      ...lines(init, uses("Write", { file_path: "a", content: huge }), result(huge)),
      ...lines({
        type: "tool_use",
        part: {
          tool: "write",
          callID: "c",
          state: { status: "completed", input: { filePath: "a", content: huge }, output: huge },
        },
      }),
    ];
    const events = parse(id, outputs);
    expect(events.some((event) => event.kind === "file_edit")).toBe(true);
    for (const event of events) expect(JSON.stringify(event).length).toBeLessThan(60_000);
  });

  it("understands nothing of other lines, whatever they are, and never throws", () => {
    const types = fc.constantFrom(
      "system",
      "assistant",
      "user",
      "result",
      "text",
      "tool_use",
      "step_finish",
      "error",
      "else",
    );
    const object = fc.oneof(
      fc.object(),
      fc.record(
        { type: types, message: fc.object(), part: fc.object(), error: fc.anything(), result: fc.anything() },
        { requiredKeys: ["type"] },
      ),
    );
    const line = fc.oneof(
      fc.string(),
      object.map((value) => JSON.stringify(value)),
      fc.json(),
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 20 }), (output) => {
        parse(id, output);
        const parser = AGENT_RUNNERS[id].createParser();
        expect(output.flatMap((text) => parser.line("stderr", text))).toEqual([]);
      }),
      { seed: 20261122, numRuns: 300 },
    );
  });
});
