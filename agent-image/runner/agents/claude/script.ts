import type { AgentScript } from "../../../testing/agent-script.ts";
import { ANTHROPIC_REFUSALS } from "../../../testing/anthropic-refusals.ts";
import { CLAUDE_ENDINGS } from "./endings.ts";

export const claudeScript: AgentScript = {
  prints: {
    begins: () => [{ type: "system", subtype: "init", model: "scripted", tools: [], session_id: "s" }],
    says: (text) => [{ type: "assistant", message: { content: [{ type: "text", text }] } }],
    calls: (id, command) => [
      { type: "assistant", message: { content: [{ type: "tool_use", id, name: "Bash", input: { command } }] } },
    ],
    answers: ({ id, exitCode }) => [
      {
        type: "user",
        tool_use_result: {},
        message: {
          content: [
            {
              type: "tool_result",
              tool_use_id: id,
              is_error: exitCode !== 0,
              content: exitCode === 0 ? "fine" : `Exit code ${exitCode}`,
            },
          ],
        },
      },
    ],
    ends: ({ said, isWell }) =>
      isWell
        ? [
            {
              type: "result",
              subtype: "success",
              is_error: false,
              result: said,
              num_turns: 1,
              duration_ms: 5,
              total_cost_usd: 0.01,
              usage: { input_tokens: 10, output_tokens: 5 },
            },
          ]
        : [],
  },
  model: {
    marker: "Write",
    call(action) {
      switch (action.do) {
        case "read":
          return { name: "Read", input: { file_path: action.path } };
        case "write":
          return { name: "Write", input: { file_path: action.path, content: action.content } };
        case "edit":
          return { name: "Edit", input: { file_path: action.path, old_string: action.from, new_string: action.to } };
        case "run":
          return { name: "Bash", input: { command: action.command, description: action.why } };
      }
    },
    refusals: ANTHROPIC_REFUSALS,
    exitsBy: [],
  },
  endings: CLAUDE_ENDINGS,
};
