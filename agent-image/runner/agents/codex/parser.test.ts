import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { AgentEvent } from "../agent.ts";
import { createCodexParser } from "./parser.ts";

function parse(...lines: unknown[]): AgentEvent[] {
  const parser = createCodexParser();
  return lines.flatMap((line) => parser.line("stdout", JSON.stringify(line)));
}
const item = (moment: "started" | "updated" | "completed", fields: Record<string, unknown>): unknown => ({
  type: `item.${moment}`,
  item: { id: "i1", ...fields },
});
const ran = (command: string): AgentEvent | undefined =>
  parse(item("started", { type: "command_execution", command, status: "in_progress" }))[0];

describe("what Codex prints", () => {
  it.each([
    ["/bin/bash -lc 'npm test'", "npm test"],
    ["/usr/bin/zsh -c ls", "ls"],
    [`/bin/bash -lc 'echo '"'"'a'"'"''`, "echo 'a'"],
    [String.raw`bash -lc 'it'\''s'`, "it's"],
    [String.raw`/bin/sh -lc "echo \"\$HOME\" it's"`, `echo "$HOME" it's`],
    ["git status", "git status"],
  ])("a command without the shell around it: %s", (command, summary) => {
    expect(ran(command)).toMatchObject({ kind: "tool_call", tool: "exec_command", summary });
  });

  it("a call once, though its end is printed with all of it", () => {
    const end = { type: "command_execution", command: "ls", aggregated_output: "a\n", exit_code: 2, status: "failed" };
    const call = { kind: "tool_call", id: "i1", tool: "exec_command", summary: "ls" };
    const result = { kind: "tool_result", id: "i1", ok: false, output: "a\n", exitCode: 2 };
    expect(parse(item("started", end), item("updated", end), item("completed", end))).toEqual([call, result]);
    expect(parse(item("completed", end))).toEqual([call, result]);
  });

  it("changed files by their paths in the repository", () => {
    const changes = ["/w/porter-a1/work/src/a.ts", "/elsewhere/b"].map((path) => ({ path, kind: "update" }));
    expect(parse(item("completed", { type: "file_change", changes, status: "completed" }))).toEqual([
      { kind: "tool_call", id: "i1", tool: "apply_patch", summary: "src/a.ts /elsewhere/b" },
      { kind: "tool_result", id: "i1", ok: true, output: "" },
    ]);
  });

  it("a plan as often as it changes", () => {
    const list = (...done: boolean[]) => ({
      type: "todo_list",
      items: done.map((completed, index) => ({ text: `step ${index + 1}`, completed })),
    });
    const events = parse(
      item("started", list(false, false)),
      item("updated", list(true, false)),
      item("completed", list(true, false)),
    );
    expect(events.map((event) => (event.kind === "tool_result" ? event.plan : event.kind))).toEqual([
      "tool_call",
      { at: 1, of: 2, item: "step 1" },
      "tool_call",
      { at: 2, of: 2, item: "step 2" },
    ]);
  });

  it("its last word with the end of each turn", () => {
    const says = (text: string) => item("completed", { type: "agent_message", text });
    const ends = { type: "turn.completed", usage: { input_tokens: 10, output_tokens: 1 } };
    const events = parse({ type: "turn.started" }, says("One."), ends, { type: "turn.started" }, says(" "), ends);
    expect(events.map(({ kind }) => kind)).toEqual(["resumed", "message", "final", "resumed", "final"]);
    expect(events.at(-1)).toEqual({ kind: "final", text: "One.", waiting: false });
  });

  it("nothing of a try that is made again, and the end of the run where no more is made", () => {
    const message = "unexpected status 503 Service Unavailable: The engine is currently overloaded";
    expect(parse({ type: "error", message: `Reconnecting... 1/4 (${message})` })).toEqual([]);
    expect(parse({ type: "turn.failed", error: { message } })).toEqual([
      { kind: "fatal", said: message, failureCode: "agent_failed", message: "The model provider is overloaded." },
    ]);
  });

  it("nothing of other lines, whatever they are, and never throws", () => {
    const parser = createCodexParser();
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string()), (line) => {
        expect(Array.isArray(parser.line("stdout", line))).toBe(true);
        expect(parser.line("stderr", line)).toEqual([]);
      }),
      { seed: 20261130, numRuns: 300 },
    );
  });
});
