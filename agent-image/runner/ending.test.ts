import { describe, expect, it } from "vitest";
import { modelFailure } from "./agents/agent-failure.ts";
import { Activity } from "./activity.ts";
import type { AgentEvent } from "./agents/agent.ts";
import { AGENT_RUNNERS } from "./agents/index.ts";
import { type EndingFacts, judgeEnding } from "./ending.ts";

const well = { cause: "exited", exitCode: 0, signal: null, stderrTail: "", lastLine: "" } as const;
const SAID: AgentEvent = { kind: "final", text: "Done.", waiting: false };
const WAITING: AgentEvent = { kind: "final", text: "I wait.", waiting: true };
const RESUMED: AgentEvent = { kind: "resumed" };
const FATAL: AgentEvent = { kind: "fatal", failureCode: "agent_failed", message: "No." };
const OVERLOADED = { status: 529, text: "overloaded_error" };

function judge(
  events: AgentEvent[],
  change: Partial<EndingFacts["end"]> = {},
  more: Partial<EndingFacts> = {},
): string {
  const activity = new Activity();
  for (const event of events) activity.take(event, 0);
  const failure = judgeEnding({
    end: { ...well, ...change },
    activity,
    refusal: null,
    limit: null,
    denied: null,
    starved: false,
    ...more,
  });
  return failure === null ? "well" : `${failure.failureCode}: ${failure.message}`;
}

describe("how a run is judged", () => {
  it("counts as what it said once it has said its last word, however its process ends", () => {
    for (const change of [{}, { exitCode: 1 }, { exitCode: 143 }, { exitCode: null, signal: "SIGKILL" }])
      expect(judge([SAID], change)).toBe("well");
    for (const cause of ["over", "deadline", "stalled"] as const)
      expect(judge([SAID], { cause, exitCode: 143 })).toBe("well");
    expect(judge([SAID], {}, { refusal: OVERLOADED, starved: true })).toBe("well");
  });

  it("never quotes what others say: their words stand in the last lines", () => {
    const words = 'Overloaded {"request_id":"req_011CSHo"}';
    for (const status of [null, 400, 401, 402, 403, 404, 413, 418, 429, 500, 503, 529])
      expect(modelFailure({ status, text: words }).message).not.toMatch(/req_|[{}]/);
  });

  it("is no success without a last word, though the exit code is 0", () => {
    expect(judge([])).toBe("agent_failed: The agent ended without a last word.");
    expect(judge([{ kind: "message", text: "I begin." }])).toBe("agent_failed: The agent ended without a last word.");
    expect(judge([SAID, RESUMED])).toBe("agent_failed: The agent ended without a last word.");
    expect(judge([], { lastLine: "error: cannot open the store" })).toBe(
      "agent_failed: The agent ended without a last word.",
    );
    expect(judge([], { lastLine: "Error: 401 invalid api key" })).toContain("provider_auth");
  });

  it("waits for what the agent waits for, and no longer", () => {
    expect(judge([WAITING])).toBe("well");
    expect(judge([WAITING], { cause: "stalled", exitCode: 143 })).toBe("well");
    expect(judge([WAITING], { cause: "deadline", exitCode: 143 })).toContain("timed_out");
  });

  it("names Porter's own limit, whatever the agent made of it, unless it ended well or was killed", () => {
    const limits = [
      [{ kind: "requests", most: 400 }, "agent_failed: Porter's limit of 400 model requests for one run is reached."],
      [
        { kind: "budget", spentUsd: 2.004, budgetUsd: 2 },
        "budget_spent: The budget of this task is spent: $2.00 of $2.00.",
      ],
    ] as const;
    for (const [limit, sentence] of limits) {
      const credit: AgentEvent = { kind: "fatal", failureCode: "provider_limit", message: "No credit." };
      expect(judge([credit], { exitCode: 1 }, { limit })).toBe(sentence);
      expect(judge([], { exitCode: 1, stderrTail: "payment required" }, { limit })).toBe(sentence);
      expect(judge([], {}, { limit })).toBe(sentence);
      expect(judge([SAID], {}, { limit })).toBe("well");
      expect(judge([], { exitCode: null, signal: "SIGKILL" }, { limit })).toContain("out_of_memory");
    }
  });

  it("tells what the provider said rather than what the agent made of it", () => {
    const sentence = "agent_failed: The model provider is overloaded.";
    expect(judge([FATAL], { cause: "asked", exitCode: 143 }, { refusal: OVERLOADED })).toBe(sentence);
    expect(judge([], { exitCode: 1, stderrTail: "Unexpected server error" }, { refusal: OVERLOADED })).toBe(sentence);
    expect(judge([], {}, { refusal: OVERLOADED })).toBe(sentence);
    expect(judge([], { cause: "stalled" }, { refusal: OVERLOADED })).toBe(sentence);
    expect(judge([FATAL], { cause: "asked" })).toBe("agent_failed: No.");
  });

  it("says what Porter did not let through, where the agent ended of that", () => {
    const denied = 'Porter\'s key proxy does not let "container" of a model call through.';
    expect(judge([FATAL], { cause: "asked", exitCode: 143 }, { denied })).toBe(`agent_failed: ${denied}`);
    expect(judge([], { exitCode: 1 }, { denied })).toBe(`agent_failed: ${denied}`);
    expect(judge([SAID], {}, { denied })).toBe("well");
    expect(judge([FATAL], { cause: "asked" }, { denied, refusal: OVERLOADED })).toContain("overloaded");
  });

  it("knows an end of memory, a crash and silence apart", () => {
    expect(judge([], { exitCode: null, signal: "SIGKILL" }, { refusal: OVERLOADED })).toContain("out_of_memory");
    expect(judge([], { exitCode: 137 }, { starved: true })).toContain("out_of_memory: The machine ran out of memory");
    expect(judge([], { exitCode: 1, stderrTail: "a\nError: Couldn't start\n" })).toBe(
      "agent_failed: The agent ended with an error.",
    );
    expect(judge([], { exitCode: 1 })).toBe("agent_failed: The agent ended with exit code 1.");
    expect(judge([], { exitCode: null, signal: "SIGTERM" })).toBe("agent_failed: The agent ended on SIGTERM.");
    expect(judge([], { cause: "stalled" })).toContain("agent_stalled");
  });
});

describe("Claude's last word", () => {
  const system = (subtype: string, fields: object): object => ({ type: "system", subtype, ...fields });
  const result = { type: "result", subtype: "success", is_error: false, result: "I wait." };
  const agent = { task_id: "a", task_type: "local_agent" };
  const shell = { task_id: "s", task_type: "local_bash" };
  const started = (task: object, more: object = {}): object => system("task_started", { ...task, ...more });
  const changed = (...tasks: object[]): object => system("background_tasks_changed", { tasks });
  const init = system("init", { cwd: "/w" });

  function standing(...lines: object[]): string {
    const parser = AGENT_RUNNERS.claude.createParser();
    const activity = new Activity();
    for (const line of lines) for (const event of parser.line("stdout", JSON.stringify(line))) activity.take(event, 0);
    return activity.standing;
  }

  it.each([
    ["nothing was started", [result], "last"],
    ["a shell runs", [started(shell, { is_backgrounded: true }), result], "last"],
    ["a shell is all that runs", [changed(shell), result], "last"],
    ["a subagent runs", [started(agent, { is_backgrounded: true }), result], "waiting"],
    ["a subagent runs beside a shell", [changed(shell, agent), result], "waiting"],
    ["a workflow runs", [started({ task_id: "w", task_type: "local_workflow" }), result], "waiting"],
    ["something unknown runs", [started({ task_id: "u" }), result], "waiting"],
    ["the CLI's own task runs", [started({ ...agent, ambient: true }), result], "last"],
    ["a subagent has ended before", [started(agent), system("task_notification", agent), result], "last"],
    [
      "a subagent was killed",
      [started(agent), system("task_updated", { ...agent, patch: { status: "killed" } }), result],
      "last",
    ],
    [
      "a subagent only reports",
      [started(agent), system("task_updated", { ...agent, patch: { status: "running" } }), result],
      "waiting",
    ],
    ["a subagent in the foreground", [started(agent, { is_backgrounded: false }), result], "last"],
    [
      "one that moved to the background",
      [
        started(agent, { is_backgrounded: false }),
        system("task_updated", { ...agent, patch: { is_backgrounded: true } }),
        result,
      ],
      "waiting",
    ],
    ["the subagent ends after it", [started(agent), result, system("task_notification", agent)], "last"],
    ["the list says that all have ended", [started(agent), result, changed()], "last"],
    [
      "one of two ends",
      [started(agent), started({ ...agent, task_id: "b" }), result, system("task_notification", agent)],
      "waiting",
    ],
    [
      "a subagent speaks after it",
      [started(agent), result, { type: "assistant", parent_tool_use_id: "p", message: { content: [] } }],
      "waiting",
    ],
    ["another turn begins", [started(agent), result, changed(), init], "no"],
    ["it speaks again", [result, { type: "assistant", message: { content: [{ type: "text", text: "More." }] } }], "no"],
    ["the other turn ends", [started(agent), result, changed(), init, { ...result, result: "Done." }], "last"],
  ])("when %s", (_case, lines, expected) => {
    expect(standing(...lines)).toBe(expected);
  });

  it("falls back to its last message when the result is empty", () => {
    const parser = AGENT_RUNNERS.claude.createParser();
    const said = { type: "assistant", message: { content: [{ type: "text", text: "That is all." }] } };
    const events = [said, { ...result, result: "" }].flatMap((line) => parser.line("stdout", JSON.stringify(line)));
    expect(events.at(-1)).toEqual({ kind: "final", text: "That is all.", waiting: false });
  });
});
